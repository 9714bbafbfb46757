"""Secrets planted in payloads of every kind are found nowhere but in records where a condition names them."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq

from sakimori.selection import sample
from tests.selection import build
from tests.selection.build import UDP, ip4, udp
from tests.support.run import REPOSITORY

OUT, IN = "203.0.113.66", "192.0.2.10"


def planted(rng):
    """A capture full of secrets (24 letters each), and the secrets; one of them is named by the order."""
    secrets = ["".join(rng.choices("bcdfghjklmnpqrstvwxz", k=24)) for _ in range(400)]
    packets = []
    for number, secret in enumerate(secrets):
        text = secret.encode()
        source = OUT if number % 3 else "10.0.0.9"
        begin = number * 50
        kinds = [
            [b"GET /" + text + b" HTTP/1.1\r\nHost: www.evil.example\r\nCookie: x\r\n\r\n"],
            [b"POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 28\r\n\r\nMZ\x90\0" + text],
            [
                b"EHLO evil.example\r\nMAIL FROM:<" + text + b"@evil.example>\r\nDATA\r\nFrom: ",
                text + b" <",
                text + b"@b.example>\r\n",
            ],
            [b"EHLO evil.example\r\nDATA\r\nSubject: " + text + b"\r\n\r\nMZ\x90\0" + text + b"\r\n.\r\n"],
            [b"EHLO evil.example\r\nAUTH LOGIN\r\n" + text + b"\r\n"],
            [text[:9], text[9:]],
            [b"MZ\x90\0", text],
        ]
        pieces = kinds[number % (len(kinds) + 1) - 1]
        port = 20_000 + number
        if number % (len(kinds) + 1) == len(kinds):
            packets.append((build.at(begin), ip4(source, IN, UDP, udp(port, 9, b"MZ\x90\0" + text))))
        else:
            packets += build.side(source, IN, port, rng.choice([25, 80, 9999]), pieces, start=begin)
    return secrets, build.pcap(build.framed(packets))


def test_secrets_are_nowhere(tmp_path):
    secrets, capture = planted(random.Random(7))  # noqa: S311  a fixed order, no secret
    named = secrets[1]
    order = sample.ORDER.replace('hex: "4d5a9000"', f"regex: '(MZ\\x90\\x00|{named})'")
    (tmp_path / "order.yaml").write_text(order, encoding="utf-8")
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    command = [
        sys.executable,
        "-c",
        "from sakimori.cli.select import select_group; select_group()",
        "-",
        "--rehearsal",
        "--json",
    ]
    command += ["--order", str(tmp_path / "order.yaml"), "--out", str(inside / "out")]
    environment = {**os.environ, "TMPDIR": str(outside), "HOME": str(outside), "PYTHONPATH": str(REPOSITORY)}
    environment.setdefault("NUMBA_CACHE_DIR", str(Path.home() / ".cache"))  # compiled kernels, made before any traffic
    done = subprocess.run(command, input=capture, capture_output=True, cwd=outside, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode()
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "order.yaml"}
    assert {path.name for path in written} == {"records.parquet", "receipt.json"}
    shown = done.stdout + done.stderr + b"".join(written.values())
    rows = pq.read_table(inside / "out" / "records.parquet").to_pylist()
    assert len(rows) > 100
    shown += str(rows).encode()
    for secret in secrets:
        found = secret.encode() in shown or secret.encode().hex().encode() in shown
        assert found is (secret == named), secret
