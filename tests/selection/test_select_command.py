"""`sakimori select`: run, check, explain, from the command line."""

import json
import subprocess
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sakimori.cli.select import select_group
from sakimori.selection import sample, verify_receipt
from tests.support.machine import select_at
from tests.support.run import REPOSITORY

BEGIN = datetime(2028, 1, 15, tzinfo=UTC)  # Art 22 is in force by then: its outer limit is 2027-11-22


@pytest.fixture
def files(tmp_path, authority, issuer):
    options = authority(sample.ORDER, valid_from=BEGIN, valid_until=BEGIN + timedelta(days=90))
    (tmp_path / "order.yaml").write_text(sample.ORDER, encoding="utf-8")
    (tmp_path / "capture.pcap").write_bytes(sample.capture())
    (tmp_path / "authority.json").write_bytes(options["authority"].dumps())
    public = issuer.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "issuer.pem").write_bytes(public)
    private = options["signing_key"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "engine.pem").write_bytes(private)
    (tmp_path / "master.hex").write_text((b"m" * 32).hex())
    return tmp_path


def call(*arguments, code=0):
    done = CliRunner().invoke(select_group, [str(argument) for argument in arguments])
    assert done.exit_code == code, done.output
    return done.output


def test_a_rehearsal(files):
    text = call(files / "capture.pcap", "--order", files / "order.yaml", "--out", files / "out", "--rehearsal")
    assert "REHEARSAL" in text
    assert "2 の通信を記録しました" in text
    assert "kept 2 flows" in text
    assert pq.read_table(files / "out" / "records.parquet").num_rows == 2


def test_options_may_come_first_and_json_is_one_object(files):
    text = call(
        "--rehearsal", "--json", "--order", files / "order.yaml", "--out", files / "out", files / "capture.pcap"
    )
    answer = json.loads(text)
    assert answer["receipt"]["kept_flows"] == 2
    assert answer["receipt"] == json.loads((files / "out" / "receipt.json").read_text())


def test_a_folder_that_cannot_take_the_result_is_refused_before_anything_is_read(files, monkeypatch):
    """A stream cannot be read again: what was selected would be lost at the end."""
    monkeypatch.setattr("sakimori.cli.select.select", lambda *_, **__: pytest.fail("the capture was read"))
    (files / "full").mkdir()
    (files / "full" / "x").write_text("")
    (files / "file").write_text("")
    options = ["--order", files / "order.yaml", "--rehearsal", "--out"]
    for folder in (files / "full", files / "file" / "below", "/proc/here"):
        assert "出力先" in call(files / "capture.pcap", *options, folder, code=1)


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+09:00", "2027", "soon"])
def test_a_moment_that_is_none_is_refused(files, when):
    options = ["--order", files / "order.yaml", "--out", files / "out", "--rehearsal", "--now", when]
    assert "not a moment" in call(files / "capture.pcap", *options, code=2)


def test_standard_input_is_named_once(files):
    options = ["--order", files / "order.yaml", "--out", files / "out", "--rehearsal"]
    assert "標準入力" in call("-", "-", *options, code=1)


def test_without_rehearsal_a_file_is_refused(files):
    command = select_at(datetime.fromisoformat("2028-01-16T09:00:00+09:00"))
    command += [files / "capture.pcap", "--order", files / "order.yaml", "--out", files / "out"]
    done = subprocess.run(command, capture_output=True, cwd=REPOSITORY, check=False)
    assert done.returncode == 1
    assert "訓練" in done.stderr.decode()
    assert "only a rehearsal is possible" in done.stderr.decode()
    assert not (files / "out").exists()


def real(files, *more, at="2028-01-16T09:00:00+09:00"):
    command = [
        *select_at(datetime.fromisoformat(at)),
        "-",
        "--order",
        files / "order.yaml",
        "--out",
        files / "out",
        "--authority",
        files / "authority.json",
        "--trust",
        files / "issuer.pem",
    ]
    command += ["--signing-key", files / "engine.pem", "--pseudonym-key", files / "master.hex", *more]
    return subprocess.run(command, input=sample.capture(), capture_output=True, cwd=REPOSITORY, check=False)


def test_a_real_selection_from_a_pipe(files, authority):
    done = real(files)
    assert done.returncode == 0, done.stderr.decode()
    receipt = json.loads((files / "out" / "receipt.json").read_text())
    assert receipt["stamp"] is None
    assert receipt["clock"] == "machine"
    assert receipt["start"] == "2028-01-16T00:00:00+00:00"
    assert verify_receipt(receipt, authority(sample.ORDER)["signing_key"].public_key())
    assert sorted(path.name for path in (files / "out").iterdir()) == [
        "identities.sealed",
        "receipt.json",
        "records.parquet",
    ]


def test_before_the_article_is_in_force_only_rehearsals_run(files):
    done = real(files, at="2026-11-20T09:00:00+09:00")
    assert done.returncode == 1
    assert "強化法22 is not yet in force" in done.stderr.decode()
    assert not (files / "out").exists()
    told = real(files, "--rehearsal", "--now", "2028-01-16T09:00:00+09:00", at="2026-11-20T09:00:00+09:00")
    assert told.returncode == 0
    assert json.loads((files / "out" / "receipt.json").read_text())["clock"] == "told"


def test_the_time_of_a_real_selection_cannot_be_told(files):
    """An expired authority, or one not yet good, could be run under another date; even the right time is not taken."""
    for at, told in (("2028-05-15T09:00:00+09:00", "2028-01-16"), ("2028-01-16T09:00:00+09:00", "2028-01-16")):
        done = real(files, "--now", told, at=at)
        assert done.returncode == 1
        assert "the time of a real selection cannot be told" in done.stderr.decode()
        assert "時計" in done.stderr.decode()
        assert not (files / "out").exists()


def test_an_expired_authority_is_refused(files):
    done = real(files, at="2028-05-15T09:00:00+09:00")
    assert done.returncode == 1
    assert "authority has expired" in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert not (files / "out").exists()


def test_check(files):
    assert "実行できます" in call("check", files / "order.yaml")
    bad = files / "bad.yaml"
    bad.write_text(sample.ORDER.replace('hex: "4d5a9000"', "regex: '.*'"), encoding="utf-8")
    text = call("check", bad, code=1)
    assert "selection.open_repeat" in text
    assert "繰り返し" in text
    assert "open repeats" in text
    answer = json.loads(call("check", "--json", bad, code=1))
    assert (answer["accepted"], answer["refusals"][0]["code"]) == (False, "selection.open_repeat")


def test_check_against_an_authority(files):
    options = ["--authority", files / "authority.json", "--trust", files / "issuer.pem"]
    assert "実行できます" in call("check", files / "order.yaml", *options, "--now", "2028-01-16T00:00:00+00:00")
    assert "authority_expired" in call("check", files / "order.yaml", *options, "--now", "2029-01-15", code=1)
    other = files / "other.yaml"
    other.write_text(
        sample.ORDER.replace("basis: agreement", 'basis: "17"').replace("outside-to-inside", "outside-to-outside"),
        encoding="utf-8",
    )
    text = call("check", other, *options, "--now", "2028-01-16T00:00:00+00:00", code=1)
    assert "authority_basis" in text


def test_explain_says_every_value_kind_and_field_in_words(files):
    path = files / "many.yaml"
    many = ", ".join(f'"203.0.113.{number}"' for number in range(9))
    text = sample.ORDER + "  - {id: x7, kind: exploratory, field: mean_packet_size, min: 100, max: 2000}\n"
    text += f"  - {{id: a7, kind: address, side: source, values: [{many}]}}\n"
    path.write_text(text, encoding="utf-8")
    short, whole = call("explain", path), call("explain", "--all", path)
    assert "(+4)" in short
    assert "203.0.113.8/32" not in short
    assert "(+" not in whole
    assert "203.0.113.8/32" in whole
    assert "平均のパケット長(バイト)(mean_packet_size)が 100 以上 2000 以下" in short
    assert "x7 (exploratory): mean packet size in bytes (mean_packet_size) is from 100 to 2000" in short
    assert r"4d5a9000 ('MZ\x90\x00')" in short
    assert "2条8項1号" in short
    assert "Where the country of either end is uncertain, nothing is recorded." in short


def test_explain_tells_what_the_authority_fixes(files):
    text = call("explain", files / "order.yaml", "--authority", files / "authority.json")
    assert "設備は" in text
    assert "from 2028-01-15" in text
    assert "Nothing of 2(8)iii is recorded." in text


def test_a_check_without_an_authority_says_that_none_was_looked_at(files):
    assert "give it with --authority" in call("check", files / "order.yaml")
    options = ["--authority", files / "authority.json", "--trust", files / "issuer.pem", "--now", "2028-01-16"]
    assert "give it with --authority" not in call("check", files / "order.yaml", *options)


def test_explain(files):
    text = call("explain", files / "order.yaml")
    assert "国外から国内へ" in text
    assert "from outside to inside" in text
    assert "国外" not in call("explain", "--lang", "en", files / "order.yaml")


@pytest.mark.parametrize("content", ["", "x", "\x00", "conditions: 7"])
def test_what_is_no_order_is_explained_without_a_traceback(files, content):
    path = files / "none.yaml"
    path.write_text(content)
    for command in (
        ["check", path],
        ["explain", path],
        [files / "capture.pcap", "--order", path, "--out", files / "o", "--rehearsal"],
    ):
        assert "Traceback" not in call(*command, code=1)


def test_a_capture_that_is_absent_is_named(files):
    text = call(files / "nothing.pcap", "--order", files / "order.yaml", "--out", files / "out", "--rehearsal", code=1)
    assert "nothing.pcap" in text


def test_a_damaged_capture_is_named_and_the_run_completes(files):
    (files / "cut.pcap").write_bytes(sample.capture()[:-3])
    text = call(files / "cut.pcap", "--order", files / "order.yaml", "--out", files / "out", "--rehearsal")
    assert "cut.pcap: capture_truncated" in text
    assert (files / "out" / "receipt.json").exists()


@pytest.mark.parametrize(
    ("option", "file"),
    [
        ("--signing-key", "issuer.pem"),
        ("--pseudonym-key", "issuer.pem"),
        ("--trust", "order.yaml"),
        ("--authority", "order.yaml"),
        ("--country", "order.yaml"),
    ],
)
def test_a_wrong_key_file_is_explained(files, option, file):
    text = call(
        files / "capture.pcap",
        "--order",
        files / "order.yaml",
        "--out",
        files / "o",
        "--rehearsal",
        option,
        files / file,
        code=1,
    )
    assert "Traceback" not in text
    assert any(ord(character) > 0x3000 for character in text)
