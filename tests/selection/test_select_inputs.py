"""`sakimori select` given what nobody meant to give it: words in both languages, no traceback, no silence, no hang."""

import gzip
import io
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from sakimori.cli.select import select_group
from sakimori.cli.selecting import warned
from sakimori.selection import Countries, load_order, sample, select
from sakimori.selection.errors import CaptureChangedError
from sakimori.selection.fast import mapped
from sakimori.selection.fast import source as sources
from tests.selection import build, test_held
from tests.selection.conftest import NOW

HEADER = build.pcap([])


@pytest.fixture
def order(tmp_path):
    (tmp_path / "order.yaml").write_text(sample.ORDER, encoding="utf-8")
    return tmp_path


def call(folder, *captures, code=0, more=()):
    options = ["--order", folder / "order.yaml", "--out", folder / "out", "--rehearsal", *more]
    done = CliRunner().invoke(select_group, [*map(str, captures), *map(str, options)])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done


@pytest.mark.parametrize(
    ("content", "empty"),
    [
        (b"", True),
        (HEADER, False),
        (build.pcapng([]), False),
        (gzip.compress(HEADER, mtime=0), False),
        (gzip.compress(b"", mtime=0), False),
    ],
)
@pytest.mark.parametrize("engine", ["reference", "fast"])
def test_a_capture_without_packets_is_said_to_be_one(order, content, empty, engine):
    (order / "none.pcap").write_bytes(content)
    said = call(order, order / "none.pcap", more=["--engine", engine]).stderr
    assert "パケットが一つもありませんでした" in said
    assert "not a single packet in the input (empty, or headers only)" in said
    assert ("none.pcap" in said and "0 bytes" in said) is empty


def test_a_file_whose_size_is_told_as_nothing_is_not_called_empty(order):
    """The system's own files have a size of 0, and something in them."""
    said = call(order, Path("/proc/version")).stderr
    assert "not_a_capture" in said
    assert "0 bytes" not in said


def test_an_empty_file_among_others_is_named(order):
    (order / "empty\x1b[31m.pcap").write_bytes(b"")
    (order / "full.pcap").write_bytes(sample.capture())
    said = call(order, order / "full.pcap", order / "empty\x1b[31m.pcap", more=["--json"])
    assert "\x1b" not in said.output
    assert "空のファイルです" in said.stderr
    assert "single packet" not in said.stderr
    assert json.loads(said.stdout)["warnings"] == []


def test_a_pipe_given_by_name_is_told_to_be_given_as_standard_input(order):
    os.mkfifo(order / "tap")
    (order / "folder").mkdir()
    for name in ("tap", "folder"):
        said = call(order, order / name, code=1).output
        assert "no such file" not in said
        assert "select - … < NAME" in said
        assert "名前でなく - を指定し" in said
        assert "name the files" in said
    assert "there is no such file" in call(order, order / "tab", code=1).output


def test_a_file_that_grew_is_not_said_to_be_damaged():
    said = list(warned(["a\x1b.pcap: grew_while_read", "b.pcap: record_length"]))
    assert said[0].endswith(r"grew while it was read: a\x1b.pcap: grew_while_read")
    assert "読む間に大きくなりました" in said[0]
    assert said[1].endswith("damaged capture: b.pcap: record_length")


def test_what_is_damaged_before_the_first_packet_is_said_too(order):
    (order / "broken.pcap").write_bytes(HEADER + b"\0" * 7)
    said = call(order, order / "broken.pcap").stderr
    assert "broken.pcap: capture_truncated" in said
    assert "not a single packet in the input." in said


@pytest.mark.parametrize(
    ("option", "value", "main"),
    [
        ("--spool-limit", "5", "--spool"),
        ("--spool-memory", "5", "--spool"),
        ("--cluster-ca", "order.yaml", "--cluster"),
    ],
)
def test_an_option_without_the_one_it_belongs_to(order, option, value, main):
    (order / "full.pcap").write_bytes(sample.capture())
    given = order / value if value.endswith("yaml") else value
    said = call(order, order / "full.pcap", code=1, more=[option, given]).output
    assert f"{option} は {main} とともに使います。" in said
    assert f"Give {main} too, or leave {option} out." in said


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1:8786",
        "scheduler",
        "http://127.0.0.1:8786",
        "tls:127.0.0.1:1",
        "tls://",
        "tcp://127.0.0.1:x",
        "tls://host",
    ],
)
def test_a_cluster_named_without_its_scheme(order, address):
    (order / "full.pcap").write_bytes(sample.capture())
    said = call(order, order / "full.pcap", more=["--cluster", address], code=1).output
    assert "tls://HOST:PORT" in said
    assert "tls://ホスト:ポート" in said


# names that somebody reads on a screen


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: a1", 'id: "a\\e[2J1"'), ("id: a1", 'id: "a\\n1"'), ("id: a1", f"id: {'a' * 65}"),
        ("id: a1", 'id: "\\u202Ea1"'), ("id: a1", 'id: " a1"'),
        ("ref: ", 'ref: "\\e]0;x\\a", id: k1, hex: "4d5a9000"}\n#'),
        ("authority: ", f"authority: {'x' * 201}\n#"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_shown_is_refused_and_not_shown(tmp_path, old, new):
    text = sample.ORDER.replace("{id: k1, kind: command,", "{kind: command,") if old == "ref: " else sample.ORDER
    assert old in text
    (tmp_path / "order.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    for command in (["check"], ["explain"]):
        done = CliRunner().invoke(select_group, [*command, str(tmp_path / "order.yaml")])
        assert done.exit_code == 1
        assert "selection.label" in done.output
        assert "\x1b" not in done.output
        assert "\u202e" not in done.output


def test_names_in_japanese_are_names(tmp_path):
    """With a full-width space too."""
    text = sample.ORDER.replace("id: a1", "id: 発信元　一").replace("authority: ", "authority: 承認　第一号 #")
    (tmp_path / "order.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(select_group, ["explain", str(tmp_path / "order.yaml")])
    assert done.exit_code == 0, done.output
    assert "発信元　一" in done.output
    assert "承認　第一号" in done.output


def test_an_unknown_key_is_shown_without_its_control_characters(tmp_path):
    (tmp_path / "order.yaml").write_text(sample.ORDER + '"\\e[2J' + "k" * 500 + '": 1\n', encoding="utf-8")
    done = CliRunner().invoke(select_group, ["check", str(tmp_path / "order.yaml")])
    assert "selection.unknown_key" in done.output
    assert "\x1b" not in done.output
    assert r"\x1b[2J" in done.output
    assert "k" * 201 not in done.output


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("{id: z, kind: adress, values: [a.example]}", "Write one of: address, command, exploratory"),
        ("{id: z, kind: address, side: src, values: [a.example]}", "Write one of: source, destination, either"),
        ('{id: z, kind: address, values: ["192.0.2.1/24"]}', "Write 192.0.2.0/24, or 192.0.2.1/32."),
        ("{id: z, kind: address, values: 192.0.2.9}", "Write a list: [value, value]."),
        ("{id: z, kind: exploratory, field: port, values: [1]}", "src_port, dst_port, protocol"),
        ("{id: z, kind: exploratory, field: dst_port, values: [http]}", "Write a number from 0 to 65535."),
        ("{id: z, kind: exploratory, field: bytes, min: 10, max: 5}", "Let min be max at most."),
        ("{id: z, kind: exploratory, field: bytes, min: -1}", "Write a whole number, zero or more."),
    ],
)
def test_check_says_what_to_write_instead(tmp_path, condition, said):
    (tmp_path / "order.yaml").write_text(sample.ORDER + f"  - {condition}\n", encoding="utf-8")
    done = CliRunner().invoke(select_group, ["check", str(tmp_path / "order.yaml")])
    assert done.exit_code == 1
    assert said in done.output


@pytest.mark.parametrize("value", ["9" * 10_000, "\u00fc" * 60_000, "\u202e" * 5_000])
@pytest.mark.parametrize("condition", ["kind: address", "kind: exploratory, field: dst_port"])
def test_a_long_value_is_not_echoed_whole(tmp_path, value, condition):
    text = sample.ORDER + f"  - {{id: z, {condition}, values: [{value}]}}\n"
    (tmp_path / "order.yaml").write_text(text, encoding="utf-8")
    said = CliRunner().invoke(select_group, ["check", str(tmp_path / "order.yaml")]).output
    assert "values" in said
    assert "…" in said
    assert max(map(len, said.splitlines())) < 300


@pytest.mark.parametrize(("text", "place"), [("a: b\n\tc: d\n", "order: 2:1"), ("a: &x 1\nb: *x\n", "order: 2:4")])
def test_check_says_where_it_is_no_yaml(tmp_path, text, place):
    (tmp_path / "order.yaml").write_text(text, encoding="utf-8")
    assert place in CliRunner().invoke(select_group, ["check", str(tmp_path / "order.yaml")]).output


def test_a_misspelt_command_is_not_taken_for_a_capture(order):
    done = CliRunner().invoke(select_group, ["chek", str(order / "order.yaml")])
    assert done.exit_code == 2
    assert "did you mean check?" in done.output
    assert "命令もファイルもありません" in done.output


def test_help_shows_each_way_on_its_own_line():
    lines = [line.strip() for line in CliRunner().invoke(select_group, ["--help"]).output.splitlines()]
    assert "sakimori select explain ORDER.yaml" in lines
    assert any("sakimori select run --help" in line for line in lines)


# a capture that changes while it is read


def many(number=4000):
    frame = test_held.segment(0, bytes(1000))
    return build.pcap([(build.at(at, 1e-6), frame) for at in range(number)])


@pytest.mark.parametrize(("engine", "workers"), [("reference", 1), ("fast", 1), ("fast", 3)])
@pytest.mark.parametrize("change", ["shorter", "empty", "other", "gone"])
def test_a_file_that_changes_during_the_run_ends_it_with_words(tmp_path, monkeypatch, engine, workers, change):
    monkeypatch.setattr(sources, "BLOCK", 1 << 18)
    monkeypatch.setattr(sources, "SHARED_BLOCK", 1 << 18)
    monkeypatch.setattr(sources, "SMALL", 0)
    monkeypatch.setattr(mapped, "SMALL", 0)
    path = tmp_path / "a.pcap"
    path.write_bytes(many())

    def disturb(_progress):
        if change == "other":
            (tmp_path / "b").write_bytes(many(4000))
            (tmp_path / "b").replace(path)
        elif change == "gone":
            path.unlink(missing_ok=True)
        else:
            os.truncate(path, 0 if change == "empty" else 1_000_000)

    with pytest.raises(CaptureChangedError, match=r"a\.pcap") as refused:
        select(
            [path], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, engine=engine, workers=workers,
            progress=disturb,
        )  # fmt: skip
    assert "短くなったか" in refused.value.explain("ja")
    assert "copy of it" in refused.value.explain("en")


@pytest.mark.parametrize(("engine", "workers"), [("reference", 1), ("fast", 1), ("fast", 3)])
def test_a_file_written_over_in_place_is_noticed_whatever_its_times_say(tmp_path, engine, workers):
    """Who writes may set the time of the last writing back, but not that of the last change."""
    path = tmp_path / "a.pcap"
    path.write_bytes(many(50))
    was = path.stat()

    def write_over(_progress):
        with path.open("r+b") as over:
            over.seek(500)
            over.write(b"other")
        os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))

    with pytest.raises(CaptureChangedError, match=r"a\.pcap"):
        select(
            [path], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, engine=engine, workers=workers,
            progress=write_over,
        )  # fmt: skip
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (was.st_size, was.st_mtime_ns)


@pytest.mark.parametrize(("engine", "workers"), [("reference", 1), ("fast", 1), ("fast", 3)])
def test_a_file_that_only_grows_is_read_and_that_is_said(tmp_path, engine, workers):
    path, still = tmp_path / "a.pcap", tmp_path / "b.pcap"
    path.write_bytes(many(50))
    still.write_bytes(many(50))

    def grow(_progress):
        with path.open("ab") as more:
            more.write(b"\0" * 7)

    found = select(
        [path, still], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, engine=engine, workers=workers,
        progress=grow,
    )  # fmt: skip
    assert found.receipt["input"]["packets"] == 100
    assert found.receipt["captures"]["grown"] == 1
    assert found.warnings[-1] == "a.pcap: grew_while_read"
    again = select([path, still], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True, engine=engine)
    assert again.receipt["captures"]["grown"] == 0


def test_streams_are_not_looked_at(tmp_path):
    found = select([io.BytesIO(many(5))], load_order(sample.ORDER), Countries(), now=NOW, rehearsal=True)
    assert found.receipt["input"]["packets"] == 5
