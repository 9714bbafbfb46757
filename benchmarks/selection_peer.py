"""Suricata as a peer: the order's conditions as its rules, one thread, under settings that are named beside each ratio.

`same, application layer on | off`: the shipped configuration made to search what the order asks both for. Without each
of these it leaves bytes out that the engine reads, without a word but in its counters:
- streams to their end (shipped: 1 MB), and behind the TLS handshake (shipped: given up);
- 8 GiB for reassembly and 4 GiB for sessions (shipped: 256 and 64 MB, full in these captures: segments fall away);
- streams whose beginning is missing, and those of which one side is seen (`midstream`, `async-oneside`).
`as shipped`: its configuration untouched but for logs. Everywhere: one thread, no log but alerts, one alert a flow,
checksums not looked at (`-k none`). Start-up (compiling the rules) is measured on a capture of one packet and deducted.
Still not the same: it judges both sides of a connection together, searches only what was acknowledged, and gives up
SSH behind its handshake; the engine looks up the country of each address.
"""

import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_PER_RULE = 500
SAME_ON, SAME_OFF, SHIPPED = "same, application layer on", "same, application layer off", "as shipped"
SETTINGS = (SAME_ON, SAME_OFF, SHIPPED)
Ends = tuple[str, str, int, int]


@dataclass(frozen=True)
class Peer:
    """How to call Suricata: its program, its version, its shipped configuration."""

    program: str
    version: str
    configuration: Path


def find() -> Peer | str:
    """Return the peer, or the reason why there is none."""
    program = shutil.which("suricata")
    if program is None:
        return "suricata is not installed (Debian: apt-get install -t bookworm-backports suricata)"
    configuration = Path("/etc/suricata/suricata.yaml")
    if not configuration.exists():
        return f"{configuration} is missing"
    version = subprocess.run([program, "-V"], capture_output=True, text=True, check=True).stdout.split()[4]
    return Peer(program, version, configuration)


def rules(addresses: list[str], patterns: list[bytes], ports: list[int]) -> str:
    """Return rules that say the same: address, pattern and port each set a flow bit; two bits alert, once a flow."""
    lines = []
    number = 1

    def add(condition: str, body: str) -> None:
        nonlocal number
        lines.append(f"alert {condition} ({body} sid:{number}; rev:1;)")
        number += 1

    for place in range(0, len(addresses), _PER_RULE):
        group = ",".join(addresses[place : place + _PER_RULE])
        add(f"ip [{group}] any -> any any", 'msg:"a"; flowbits:set,a; flowbits:noalert;')
    for pattern in patterns:
        content = pattern.hex(" ")
        add("ip any any -> any any", f'msg:"k"; content:"|{content}|"; flowbits:set,k; flowbits:noalert;')
    for protocol in ("tcp", "udp"):
        listed = ",".join(map(str, ports))
        add(f"{protocol} any any -> any [{listed}]", 'msg:"x"; flowbits:set,x; flowbits:noalert;')
    for one, other in (("a", "k"), ("a", "x"), ("k", "x")):
        two = f"flowbits:isset,{one}; flowbits:isset,{other}; flowbits:isnotset,told; flowbits:set,told;"
        add("ip any any -> any any", f'msg:"{one}{other}"; {two}')
    return "\n".join(lines) + "\n"


def configured(peer: Peer, folder: Path, setting: str) -> Path:
    """Write the configuration of one of SETTINGS."""
    text = peer.configuration.read_text()
    text = re.sub(r"(?m)^(  - eve-log:\n      enabled: )yes", r"\1no", text)
    if setting != SHIPPED:
        for old, new in (
            (r"(?m)^(    depth: )1mb", r"\g<1>0"),
            (r"(?m)^(      )#encryption-handling: default", r"\1encryption-handling: full"),
            (r"(?m)^(  memcap: )64mb", r"\g<1>4gb\n  midstream: true\n  async-oneside: true"),
            (r"(?m)^(    memcap: )256mb", r"\g<1>8gb"),
        ):
            text, count = re.subn(old, new, text)
            if count != 1:
                raise RuntimeError(f"the shipped configuration is not the one this benchmark knows: {old}")
    if setting == SAME_OFF:
        begin = text.index("\napp-layer:")
        head, tail = text[:begin], text[begin:]
        tail = re.sub(r"(?m)^(      enabled: )(?:yes|detection-only)", r"\1no", tail)
        text = head + tail
    path = folder / f"suricata-{SETTINGS.index(setting)}.yaml"
    path.write_text(text)
    return path


def run(peer: Peer, configuration: Path, rule_file: Path, capture: Path, out: Path, core: int) -> float:
    """Return the seconds of one run, one thread on one core."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    command = ["taskset", "-c", str(core), peer.program, "--runmode", "single", "-k", "none"]
    command += ["-c", str(configuration), "-S", str(rule_file), "-r", str(capture), "-l", str(out)]
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return seconds


def lost(out: Path) -> int:
    """Return how many segments the last run did not reassemble for want of memory."""
    text = (out / "stats.log").read_text().rsplit("Date:", 1)[-1]
    counts = re.findall(r"(?m)^tcp\.(?:segment_memcap_drop|insert_data_normal_fail) .*\| (\d+)$", text)
    return sum(map(int, counts))


def alerted(out: Path) -> set[Ends]:
    """Return the flows the last run alerted about, named from both sides: a flow bit is of the whole connection."""
    found = set()
    for line in (out / "fast.log").read_text().splitlines():
        match = re.search(r"\} (\S+):(\d+) -> (\S+):(\d+)$", line)
        if match:
            source, source_port, target, target_port = match.groups()
            found.add((source, target, int(source_port), int(target_port)))
            found.add((target, source, int(target_port), int(source_port)))
    return found
