"""Receipt and files: complete or absent, signed, reproducible, telling nothing of what was erased."""

import json
import stat

import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.selection import (
    FIELDS,
    EngineFaultError,
    OutputError,
    key_id,
    load_order,
    read,
    sample,
    schema,
    verify_receipt,
    write,
)
from sakimori.selection.decode import Decoder
from sakimori.selection.receipt import output_digest
from tests.selection import build

KEY = Ed25519PrivateKey.from_private_bytes(b"e" * 32)
EXPECTED = """first i|last i|src i|dst i|src_port i|dst_port i|protocol i|packets i|bytes i|direction i|
src_country i|dst_country i|
conditions i|command_matches ii|app_protocol iii|names iii|fingerprints iii|user_agent iii|http_method iii|
http_status iii|http_version iii|mail iii|stamp mark"""


def test_every_field_names_its_limb():
    assert [f"{field.name} {field.limb}" for field in FIELDS] == EXPECTED.replace("\n", "").split("|")
    for field in schema():
        assert field.metadata[b"kyokaho_2_8"] in (b"i", b"ii", b"iii", b"mark")


def test_files(run, tmp_path):
    result = run(sample.ORDER, sample.capture(), signing_key=KEY)
    folder = tmp_path / "out" / "first"
    receipt_path = write(result, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["receipt.json", "records.parquet"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    receipt = json.loads(receipt_path.read_text())
    assert receipt == result.receipt
    assert verify_receipt(receipt, KEY.public_key())
    table = pq.read_table(folder / "records.parquet")
    assert table.schema.equals(schema(), check_metadata=False)
    rows = table.to_pylist()
    assert [row["src"] for row in rows] == [row["src"] for row in result.rows]
    assert [row["command_matches"] for row in rows] == [row["command_matches"] for row in result.rows]
    assert [row["mail"] for row in rows] == [row["mail"] for row in result.rows]
    assert table.column("first").cast("int64").to_pylist() == [row["first"] for row in result.rows]


def test_an_earlier_selection_is_not_overwritten(run, tmp_path):
    result = run(sample.ORDER, sample.capture())
    write(result, tmp_path)
    with pytest.raises(OutputError):
        write(result, tmp_path)


def test_an_empty_selection_is_written_too(run, tmp_path):
    write(run(sample.ORDER), tmp_path)
    assert pq.read_table(tmp_path / "records.parquet").num_rows == 0


def test_any_change_of_the_receipt_breaks_the_signature(run):
    receipt = run(sample.ORDER, sample.capture(), signing_key=KEY).receipt
    assert verify_receipt(receipt, KEY.public_key())
    for name, value in receipt.items():
        if name != "signature":
            changed = {**receipt, name: {**value, "x": 1} if isinstance(value, dict) else f"{value}x"}
            assert not verify_receipt(changed, KEY.public_key()), name
    assert not verify_receipt({**receipt, "signature": None}, KEY.public_key())


def test_the_digest_covers_every_row_and_field(run):
    rows = list(run(sample.ORDER, sample.capture()).rows)
    whole = output_digest(rows)
    assert run(sample.ORDER, sample.capture()).receipt["output"]["digest"] == whole
    assert output_digest(rows[:1]) != whole
    for name in rows[0]:
        changed = {**rows[0], name: None} if name not in ("first", "last", "command_matches") else None
        if changed and rows[0][name] is not None:
            assert output_digest([changed, rows[1]]) != whole, name


def test_the_receipt_counts_everything_once(run, corpus):
    receipt = run(sample.ORDER, *corpus[:200], b"\x89PNG not a capture").receipt
    lost = receipt["undecodable"].values()
    for unit in ("packets", "bytes"):
        assert receipt["input"][unit] == receipt["decoded"][unit] + sum(amount[unit] for amount in lost)
    assert receipt["captures"] == {"read": 201, "damaged": {"not_a_capture": 1}, "grown": 0, "unfinished": 0}


def test_by_condition_tells_of_kept_flows_only(run):
    receipt = run(sample.ORDER, sample.capture()).receipt
    # x1 and k1 also hold for a flow of undetermined direction, a1 for a DNS answer that is not kept
    assert receipt["by_condition"] == {"a1": 2, "k1": 2, "x1": 1}
    assert receipt["kept_flows"] == 2


def test_a_file_that_is_no_capture_is_named_and_the_run_completes(run, tmp_path):
    bad = tmp_path / "picture.pcap"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n")
    result = run(sample.ORDER, bad, sample.capture(), tmp_path / "absent.pcap")
    assert len(result.rows) == 2
    assert result.warnings == ("picture.pcap: not_a_capture", "absent.pcap: os_2")


def test_a_fault_of_the_engine_tells_no_data(run, monkeypatch):
    def broken(self, link, data, time):
        raise ValueError(data)

    monkeypatch.setattr(Decoder, "datagram", broken)
    with pytest.raises(EngineFaultError) as caught:
        run(sample.ORDER, sample.capture())
    text = f"{caught.value} {caught.value.explain('ja')} {caught.value.__cause__} {caught.value.__context__}"
    assert "ValueError" in text
    assert "Host" not in text
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_timestamps_going_back_are_counted_and_end_nothing(run):
    packets = build.side("203.0.113.66", "192.0.2.10", 1, 80, [b"MZ\x90\0" + b"x" * 9, b"y"])
    packets = [packets[0], packets[2], packets[1]]
    result = run(sample.ORDER, build.pcap(build.framed(packets)))
    assert result.receipt["timestamps_going_back"] == 1
    assert (result.rows[0]["packets"], result.rows[0]["last"]) == (3, build.at(2))


def test_a_lost_window_degrades_the_receipt(run):
    pieces = [b"lost", *[b"z" * 1000] * 66]
    packets = build.side("203.0.113.66", "192.0.2.10", 1, 80, pieces)
    receipt = run(sample.ORDER, build.pcap(build.framed(packets[:1] + packets[2:]))).receipt
    assert receipt["overflows"] == {"stream_window": 1, "facts": 0}
    assert receipt["degraded"] is True
    assert run(sample.ORDER, sample.capture()).receipt["degraded"] is False


def test_order_digest_follows_the_order():
    one, same, other = (
        load_order(text)
        for text in (sample.ORDER, "# comment\n" + sample.ORDER, sample.ORDER.replace("SampleBot", "Other"))
    )
    assert one.digest == same.digest != other.digest


KEYS = {key_id(KEY.public_key()): KEY.public_key()}


def test_read_gives_back_what_was_written_to_the_nanosecond(run, tmp_path, authority):
    options = authority(sample.ORDER)
    packets = build.side("203.0.113.66", "192.0.2.10", 1, 80, [b"MZ\x90\0"])
    odd = build.pcap([(time + 123_456_789, build.eth(data)) for time, data in packets], nano=True)
    result = run(sample.ORDER, sample.capture(), odd, **options)
    write(result, tmp_path)
    stored = read(tmp_path, KEYS)
    assert stored.rows == result.rows
    assert stored.rows[0]["first"] % 1000 == 789
    assert (stored.receipt, stored.sealed) == (result.receipt, result.sealed)


def refused(folder, keys=KEYS):
    with pytest.raises(OutputError) as caught:
        read(folder, keys)
    return caught.value.what.en


def test_read_refuses_what_is_incomplete_or_changed(run, tmp_path, authority):
    options = authority(sample.ORDER)
    one, other = tmp_path / "one", tmp_path / "other"
    write(run(sample.ORDER, sample.capture(), **options), one)
    write(run(sample.ORDER, **options), other)
    assert refused(tmp_path) == "this is no complete selection."
    assert "signature" in refused(one, {})
    receipt, records, identities = (one / name for name in ("receipt.json", "records.parquet", "identities.sealed"))
    original = records.read_bytes()
    records.write_bytes((other / "records.parquet").read_bytes())
    assert "not what the receipt says" in refused(one)
    records.write_bytes(original[:-20])
    assert refused(one) == "this is no complete selection."
    records.write_bytes(original)
    kept = identities.read_bytes()
    identities.write_bytes(kept + b"x")
    assert "not what the receipt says" in refused(one)
    identities.unlink()
    assert "not what the receipt says" in refused(one)
    identities.write_bytes(kept)
    text = receipt.read_text()
    receipt.write_text(text.replace('"kept_flows": 2', '"kept_flows": 3'))
    assert "signature" in refused(one)
    receipt.write_text("[]")
    assert refused(one) == "this is no complete selection."
    receipt.write_text(text)
    assert len(read(one, KEYS).rows) == 2


def test_an_unsigned_rehearsal_is_read_only_without_keys(run, tmp_path):
    write(run(sample.ORDER, sample.capture()), tmp_path)
    assert len(read(tmp_path).rows) == 2
    assert "signature" in refused(tmp_path)
