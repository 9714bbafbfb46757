"""The sample: what it keeps, and that nothing it may not keep comes out anywhere."""

import json

import pyarrow.parquet as pq

from sakimori.selection import sample, write
from sakimori.selection.records import canonical


def test_keeps_the_attack_and_the_malicious_mail_and_nothing_else(run):
    result = run(sample.ORDER, sample.capture())
    assert [(row["dst"], row["conditions"]) for row in result.rows] == [
        ("192.0.2.10", ["a1", "k1", "x1"]),
        ("192.0.2.25", ["a1", "k1"]),
    ]
    assert result.receipt["flows"] == {
        "inside-to-outside": 1,
        "outside-to-inside": 5,
        "outside-to-outside": 1,
        "undetermined": 1,
    }


def test_is_the_same_every_time():
    assert sample.capture() == sample.capture()


def test_nothing_essential_is_in_any_output(run, tmp_path):
    result = run(sample.ORDER, sample.capture())
    write(result, tmp_path)
    table = pq.read_table(tmp_path / "records.parquet").to_pylist()
    shown = "".join(json.dumps(row, default=str, ensure_ascii=False) for row in table)
    shown += b"".join(canonical(row) for row in result.rows).decode() + (tmp_path / "receipt.json").read_text()
    for secret in (
        "subject",
        "body",
        "hanako1",
        "taro2",
        "IMTw1f0Iffff0KsJ",
        "Sample Hanako",
        "/gate",
        "/news",
        "BEACON",
    ):
        assert secret not in shown, secret
    assert "www.evil.example" in shown


def test_a_match_in_a_mail_body_is_only_counted(run):
    mail = run(sample.ORDER, sample.capture()).rows[1]
    assert mail["command_matches"] == [{"id": "k1", "count": 1, "first": []}]
    assert mail["mail"][0]["from"] == [mail["mail"][0]["envelope_from"]]


def test_a_match_in_a_request_keeps_its_bytes(run):
    attack = run(sample.ORDER, sample.capture()).rows[0]
    assert attack["command_matches"][0]["first"] == [{"offset": 94, "bytes": b"MZ\x90\x00"}]
