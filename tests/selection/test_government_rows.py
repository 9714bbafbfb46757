"""The government's table on mail and its list on traffic (seed 003), row by row, by both engines.

`government_rows.yaml` says of each row what carries it, what is kept, and what may never be. Every test runs both
engines (the fixture `run` compares them).
"""

import base64
import json
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from sakimori.selection.records import canonical
from tests.selection import build

ROWS = yaml.safe_load(Path(__file__).with_name("government_rows.yaml").read_text("utf-8"))
MAIL, TRAFFIC = ROWS["mail"], ROWS["traffic"]
ORDER = r"""
authority: A-1
basis: agreement
direction: outside-to-inside
address_overrides: {"192.0.2.0/24": JP, "103.23.145.0/24": ZZ}
conditions:
  - {id: a1, kind: address, side: source, values: ["103.23.145.84"]}
  - {id: k1, kind: command, ref: R-1, hex: "84a7f39b61c10899271d44"}
  - {id: k2, kind: command, ref: R-2, regex: "POST /A3fee[0-9A-F]{19}"}
  - {id: x1, kind: exploratory, field: dst_port, values: [25, 80]}
"""
SOURCE, TARGET = "103.23.145.84", "192.0.2.1"
ENVELOPE = b"EHLO out.example.jp\r\nMAIL FROM:<>\r\nDATA\r\n"


def names(rows):
    return [str(row["row"]) for row in rows]


def raw(text):
    return text.encode("latin-1") if max(text, default="") < "\u0100" else text.encode()


def message(*rows):
    """A session that sends one message with the headers and bodies of these rows."""
    lines = [line for row in rows for line in row["header"]]
    body = [line for row in rows for line in row.get("body", ())]
    return ENVELOPE + b"".join(raw(line) + b"\r\n" for line in (*lines, "", *body)) + b".\r\nQUIT\r\n"


def kept(run, data, *, port=25, size=400, start=0):
    pieces = [data[place : place + size] for place in range(0, len(data), size)]
    packets = build.side(SOURCE, TARGET, 40_000, port, pieces, start=start)
    (row,) = run(ORDER, build.pcap(build.framed(packets))).rows
    return row


def masked(value):
    """The same with every pseudonym checked and written as `p`."""
    if isinstance(value, list):
        return [masked(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: masked(item) for key, item in value.items()}
    if "pseudonym" in found:
        assert found["pseudonym"].startswith("p-")
        assert len(found["pseudonym"]) == 34
        found["pseudonym"] = "p"
    return found


def says_nothing_of(row, secrets):
    text = canonical(row)
    for secret in map(raw, secrets):
        for form in (secret, secret.hex().encode(), base64.b64encode(secret).rstrip(b"=")):
            assert form not in text, secret


@pytest.mark.parametrize("asked", MAIL, ids=names(MAIL))
def test_a_row_of_the_table_on_mail(run, asked):
    """A message that carries this row alone is kept as one without it, but for what the row allows."""
    row = kept(run, message(asked))
    (without,) = kept(run, message({"header": []}))["mail"]
    (mail,) = row["mail"]
    assert masked(mail) == {**masked(without), **asked["kept"]}
    assert row["command_matches"] == asked.get("matches", [])
    says_nothing_of(row, asked["never"])


def test_the_whole_table_on_mail(run):
    """One message with every row, in segments of several sizes."""
    rows = [row for row in MAIL if isinstance(row["row"], int) or "malicious" in row["row"]]
    expected = {}
    for row in rows:
        for name, value in row["kept"].items():
            expected[name] = expected.get(name, []) + value if isinstance(value, list) else value
    for size in (7, 400, 1448):
        found = kept(run, message(*rows), size=size)
        (mail,) = found["mail"]
        told = masked(mail)
        assert {name: told[name] for name in expected} == expected
        assert found["command_matches"] == [{"id": "k1", "count": 1, "first": []}]
        for row in rows:
            says_nothing_of(found, row["never"])


def test_every_row_of_the_table_is_here():
    assert {int(str(row["row"]).split(",")[0]) for row in MAIL} == set(range(1, 15))
    content = {int(str(row["row"]).split(",")[0]) for row in MAIL if "content" in row["is"]["en"]}
    assert content == {3, 12, 13, 14}
    assert not any(row["kept"] for row in MAIL if int(str(row["row"]).split(",")[0]) in content)
    assert all(all(row["is"].values()) for row in (*MAIL, *TRAFFIC))


def packets_of(asked):
    """The packets that carry a row of the list; `volume` fills the flow up to so many bytes of IP packets."""
    data = build.tls_records(build.client_hello(asked["tls"].encode())) if "tls" in asked else None
    if "datagram" in asked:
        packet = build.ip(SOURCE, TARGET, build.UDP, build.udp(40_000, 80, raw(asked["datagram"])))
        return [(build.at(0), packet)]
    pieces = [raw(asked["stream"])] if data is None else [data]
    if "volume" in asked:
        rest = asked["volume"] - 40 - (40 + len(pieces[0]))
        while rest:
            size = min(rest, 1488)
            pieces.append(b"x" * (size - 40))
            rest -= size
    packets = build.side(SOURCE, TARGET, 40_000, 80, pieces, syn=True)
    if "time" in asked:
        packets = [(int(datetime.fromisoformat(asked["time"]).timestamp()) * build.NS, data) for _, data in packets]
    return packets


@pytest.mark.parametrize("asked", TRAFFIC, ids=names(TRAFFIC))
def test_a_row_of_the_list_on_traffic(run, asked):
    """A flow that carries this row is kept with what the row allows, as it is written out."""
    (row,) = run(ORDER, build.pcap(build.framed(packets_of(asked)))).rows
    written = json.loads(canonical(row))
    assert {name: written[name] for name in asked["kept"]} == asked["kept"]
    expected = [
        {**match, "first": [{**hit, "bytes": raw(hit["bytes"])} for hit in match["first"]]}
        for match in asked.get("matches", [])
    ]
    assert row["command_matches"] == expected
    says_nothing_of(row, asked["never"])


def test_a_mail_address_is_kept_so_that_nobody_can_tell_whose(run):
    (asked,) = [row for row in TRAFFIC if row["row"] == "mail address"]
    (row,) = run(ORDER, build.pcap(build.framed(packets_of(asked)))).rows
    assert masked(row["mail"][0]["envelope_from"]) == {"pseudonym": "p", "domain": "example.com"}
    assert masked(row["mail"][0]["envelope_to"]) == [{"pseudonym": "p", "domain": "cas.go.jp"}]
