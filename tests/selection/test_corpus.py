"""The whole corpus of real captures: it runs, in time, every packet accounted for, and tshark sees the same."""

import shutil
import subprocess
from collections import defaultdict

import pytest

from sakimori.selection import Countries, load_order, select
from sakimori.selection.names import from_text
from tests.selection.conftest import NOW
from tests.support.absent import skip_absent
from tools.compare_engines import ORDERS

EVERYTHING, TYPICAL = load_order(ORDERS["everything"], wide=True), load_order(ORDERS["typical"], wide=True)


@pytest.fixture(scope="module")
def kept(corpus):
    return select(corpus, EVERYTHING, Countries(), now=NOW, rehearsal=True)


def test_a_typical_order_reads_the_whole_corpus(corpus, mmdb):
    result = select(corpus, TYPICAL, Countries([mmdb]), now=NOW, rehearsal=True)
    assert result.receipt["captures"]["read"] == len(corpus)
    assert result.receipt["kept_flows"] > 30


def test_every_packet_is_accounted_for_and_every_flow_kept_when_all_is_asked_for(kept):
    receipt = kept.receipt
    lost = receipt["undecodable"].values()
    for unit in ("packets", "bytes"):
        assert receipt["input"][unit] == receipt["decoded"][unit] + sum(amount[unit] for amount in lost)
    assert receipt["flows"] == {"outside-to-outside": receipt["kept_flows"]}
    assert sum(row["packets"] for row in kept.rows) == receipt["decoded"]["packets"]


# tshark as an independent witness. Fields: (occurrence=l takes the innermost header.)

FIELDS = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"]
WITNESSED = [
    "dns53.pcap",
    "http__get.pcap",
    "http__bro.org.pcap",
    "http-vlan-0.pcap",
    "http-qinq-0.pcap",
    "mixed-vlan-mpls.pcap",
    "mpls-in-vlan.pcap",
    "pppoe.pcap",
    "pppoe-over-qinq.pcap",
    "wikipedia.pcap",
    "workshop_2011_browse.pcap",
    "tls__tls1.2.pcap",
    "tls__chrome-34-google.pcap",
    "tls__chrome-1250-tls-x25519-kyber.pcap",
    "tls__tls13draft23-chrome67.0.3368.0-canary.pcap",
    "tls__ecdhe.pcap",
    "tunnels__4in4.pcap",
    "tunnels__6in6.pcap",
    "tunnels__6in4.pcap",
    "tunnels__6in6in6.pcap",
    "tunnels__gre-sample.pcap",
    "tunnels__gre-pptp.pcap",
    "tunnels__vxlan.pcap",
    "tunnels__vxlan-encapsulated-http.pcap",
    "tunnels__geneve.pcap",
    "tunnels__Teredo.pcap",
    "erspanII.pcap",
    "erspanIII.pcap",
    "linux_dlt_sll2.pcap",
    "nfs__nfs_base.pcap",
    "ipv6-hbh-routing0.pcap",
    "ntp.pcap",
    "communityid__sctp.pcap",
    "communityid__ipv6.pcap",
    "snap-tcp.pcap",
    "radiotap.pcap",
]


@pytest.fixture(scope="module")
def tshark():
    path = shutil.which("tshark")
    if path is None:
        skip_absent("tshark", "apt-get install tshark")

    def ask(file, fields, *options):
        command = [path, "-n", "-r", str(file), "-T", "fields", "-E", "separator=|", "-E", "aggregator= ", *options]
        for field in fields:
            command += ["-e", field]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return [line.split("|") for line in done.stdout.splitlines()]

    return ask


def alone(file):
    return select([file], EVERYTHING, Countries(), now=NOW, rehearsal=True).rows


def last(text):
    return text.split(" ")[-1] if text else ""


@pytest.mark.parametrize("name", WITNESSED)
def test_tshark_sees_the_same_ends(corpus, tshark, name):
    """Packets per (source, destination, ports) of the innermost header agree for TCP and UDP."""
    (path,) = [item for item in corpus if item.name == name]
    theirs: dict[tuple, int] = defaultdict(int)
    options = ["-o", "ip.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE", "-E", "occurrence=a"]
    for line in tshark(path, ["frame.protocols", *FIELDS], *options):
        protocols, src4, dst4, src6, dst6, *ports = line
        stack = protocols.split(":")
        inner = [layer for layer in stack if layer in ("ip", "ipv6", "tcp", "udp", "icmp", "icmpv6", "sctp", "igmp")]
        quoted = "icmp" in stack or "icmpv6" in stack  # what an ICMP error quotes is not entered
        if not inner or quoted or "arp" in stack or inner[-1] not in ("tcp", "udp"):
            continue  # ARP in a tunnel is no flow of the tunnel
        network = [layer for layer in inner if layer in ("ip", "ipv6")][-1]
        ends = (last(src4), last(dst4)) if network == "ip" else (last(src6), last(dst6))
        mine = ports[:2] if inner[-1] == "tcp" else ports[2:]
        theirs[(*ends, *(int(last(port)) for port in mine))] += 1
    ours: dict[tuple, int] = defaultdict(int)
    for row in alone(path):
        if row["protocol"] in (6, 17):
            ours[row["src"], row["dst"], row["src_port"], row["dst_port"]] += row["packets"]
    assert ours == theirs


def names_by_field(tshark, path, field, test):
    parts = [part for (text,) in tshark(path, [field], "-Y", test, "-2") for part in text.split(" ")]
    return {name for part in parts if (name := from_text(part.encode()))}


HOSTS = [name for name in WITNESSED if name.startswith(("http", "wiki", "work", "tls", "tunnels__vxlan-enc", "dns53"))]


@pytest.mark.parametrize("name", HOSTS)
def test_tshark_reads_the_same_names(corpus, tshark, name):
    (path,) = [item for item in corpus if item.name == name]
    rows = alone(path)
    for protocol, field, test in (
        ("http", "http.host", "http.request"),
        ("tls", "tls.handshake.extensions_server_name", "tls.handshake.type == 1"),
    ):
        ours = {found for row in rows if row["app_protocol"] == protocol for found in row["names"]}
        assert ours == names_by_field(tshark, path, field, test), protocol


@pytest.mark.parametrize("name", ["dns53.pcap", "wikipedia.pcap", "dns-two-responses.pcap", "dns-txt-multiple.pcap"])
def test_tshark_reads_the_same_dns_names(corpus, tshark, name):
    """Every question is found, and nothing but what tshark finds too (it also lists the authority sections)."""
    (path,) = [item for item in corpus if item.name == name]
    fields = ("dns.qry.name", "dns.resp.name", "dns.cname", "dns.ns", "dns.ptr.domain_name", "dns.mx.mail_exchange")
    theirs = [names_by_field(tshark, path, field, "dns and not mdns") for field in fields]
    ours = {found for row in alone(path) if row["app_protocol"] == "dns" for found in row["names"]}
    assert theirs[0] <= ours <= set().union(*theirs)
    assert ours
