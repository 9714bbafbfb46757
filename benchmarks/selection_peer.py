"""Suricata as a peer: the order's conditions as its rules, one thread, application layer on or off.

Its shipped configuration with three changes: no log but alerts; streams searched to their end (`depth: 0`), and behind
the TLS handshake (`encryption-handling: full`), as the order asks of both. Checksums are off, start-up is deducted.
"""

import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_PER_RULE = 500


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
    """Return rules that say the same: an address, a pattern, a port each set a flow bit; two bits alert."""
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
        add("ip any any -> any any", f'msg:"{one}{other}"; flowbits:isset,{one}; flowbits:isset,{other};')
    return "\n".join(lines) + "\n"


def configured(peer: Peer, folder: Path, *, application: bool) -> Path:
    """Write a configuration: the shipped one, alerts only, with or without the application layer."""
    text = peer.configuration.read_text()
    text = re.sub(r"(?m)^(  - (?:eve-log|stats):\n      enabled: )yes", r"\1no", text)
    text, depths = re.subn(r"(?m)^(    depth: )1mb", r"\g<1>0", text)  # the order asks for the whole stream
    text, bypasses = re.subn(r"(?m)^(      )#encryption-handling: default", r"\1encryption-handling: full", text)
    if (depths, bypasses) != (1, 1):
        raise RuntimeError("the shipped configuration is not the one this benchmark knows")
    if not application:
        begin = text.index("\napp-layer:")
        head, tail = text[:begin], text[begin:]
        tail = re.sub(r"(?m)^(      enabled: )(?:yes|detection-only)", r"\1no", tail)
        text = head + tail
    path = folder / f"suricata-{'app' if application else 'plain'}.yaml"
    path.write_text(text)
    return path


def run(peer: Peer, configuration: Path, rule_file: Path, capture: Path, out: Path, core: int) -> float:
    """Return the seconds of one run, one thread on one core."""
    out.mkdir(exist_ok=True)
    command = ["taskset", "-c", str(core), peer.program, "--runmode", "single", "-k", "none"]
    command += ["-c", str(configuration), "-S", str(rule_file), "-r", str(capture), "-l", str(out)]
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return seconds
