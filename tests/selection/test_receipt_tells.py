"""What a receipt tells of communications that were not kept: counts the README lists, and nothing of conditions."""

from sakimori.selection import sample
from tests.selection import build
from tests.selection.build import ACK, TCP, UDP, ip, tcp, udp

ATTACKER, OTHER, SERVER = sample.ATTACKER, "198.51.100.7", sample.SERVER
QUIC = b"\xc3\0\0\0\1\x08" + b"d" * 50
OVER_ALL = {"input", "decoded", "undecodable", "timestamps_going_back", "captures", "flows", "evictions"}
OVER_THE_DIRECTION = {"not_decoded", "stream_bytes_before_start", "overflows", "degraded"}
OF_THE_RUN = {
    "form", "stamp", "engine", "confinement", "spool", "authority", "order", "country_data", "special_ranges", "start",
    "end", "reading", "clock", "erasure", "signature",
}  # fmt: skip
OF_WHAT_WAS_KEPT = {"by_condition", "kept_flows", "output"}


def unkept(source):
    """A QUIC datagram and a stream with bytes before its start, neither of which meets two conditions."""
    return build.pcap(
        build.framed(
            [
                (build.at(0), ip(source, SERVER, UDP, udp(5, 443, QUIC))),
                (build.at(1), ip(source, SERVER, TCP, tcp(40_000, 80, 5_000, ACK, b"zz"))),
                (build.at(2), ip(source, SERVER, TCP, tcp(40_000, 80, 4_000, ACK, b"abc"))),
            ]
        )
    )


def test_every_field_of_the_receipt_is_accounted_for(run):
    """The README says over what each count is; a new field must be said there too."""
    receipt = run(sample.ORDER, unkept(OTHER)).receipt
    assert set(receipt) == OVER_ALL | OVER_THE_DIRECTION | OF_THE_RUN | OF_WHAT_WAS_KEPT


def test_what_is_not_read_is_counted_over_the_orders_direction_kept_or_not(run):
    receipt = run(sample.ORDER, unkept(ATTACKER)).receipt
    assert receipt["kept_flows"] == 0
    assert (receipt["not_decoded"], receipt["stream_bytes_before_start"]) == ({"quic": 1}, 3)


def test_nothing_is_counted_of_the_payload_of_other_directions(run):
    order = sample.ORDER.replace('"198.51.100.0/24": ZZ', '"198.51.100.0/24": JP')  # inside to inside
    receipt = run(order, unkept(OTHER)).receipt
    assert receipt["flows"] == {"inside-to-inside": 2}
    assert (receipt["not_decoded"], receipt["stream_bytes_before_start"]) == ({}, 0)


def test_conditions_that_held_for_what_was_not_kept_are_not_counted(run):
    """Both flows meet the address condition; nobody is told."""
    receipt = run(sample.ORDER, unkept(ATTACKER)).receipt
    assert receipt["by_condition"] == {"a1": 0, "k1": 0, "x1": 0}
