"""Mail: which bytes of a match may be shown, and which are counted only."""

import pytest

from sakimori.selection import apps
from sakimori.selection.facts import Facts
from tests.selection import build
from tests.selection.letters import DIALOG, ENVELOPE, LETTER, ORDER, flow, names_only, row


def test_matches_inside_the_message_are_counted_only(run):
    assert row(run, DIALOG)["command_matches"] == [{"id": "k1", "count": 4, "first": []}]


def test_matches_outside_the_message_keep_their_bytes(run):
    found = row(run, b"EHLO EVIL.example.jp\r\n" + DIALOG[len(b"EHLO out.example.jp\r\n") :])
    assert found["command_matches"][0]["first"] == [{"offset": 5, "bytes": b"EVIL"}]
    assert found["command_matches"][0]["count"] == 5


@pytest.mark.parametrize(
    "line",
    [
        b"MAIL FROM:<EVIL@example.jp>\r\n",
        b"MAIL FROM:<x@example.jp> AUTH=<EVIL>\r\n",
        b"RCPT TO:<EVIL@example.jp>\r\n",
        b"RCPT TO:<EVIL>\r\n",
        b"AUTH PLAIN EVIL\r\n",
        b"EVILpassword\r\n",
        b"DATA\r\nEVIL",
        b"BDAT 8 LAST\r\nX: EVIL\r\n",
        b"DATA\r\nFrom: EVIL@example.jp\r\n\r\n.\r\n",
        b"DATA\r\nSubject: x\r\n EVIL\r\n\r\n.\r\n",
    ],
)
def test_what_identifies_or_is_content_is_withheld(run, line):
    (match,) = row(run, b"EHLO a.example\r\n" + line)["command_matches"]
    assert (match["count"], match["first"]) == (1, [])


def test_a_match_that_reaches_out_of_an_allowed_row_is_withheld(run):
    order = ORDER.replace('text: "EVIL"', r"regex: '7bit(\r\nSubj)?'")
    message = b"EHLO a.example\r\nDATA\r\nContent-Transfer-Encoding: 7bit\r\n%b\r\n.\r\n"
    (inside,) = run(order, flow(message % b"")).rows
    assert inside["command_matches"][0]["first"] == [{"offset": 49, "bytes": b"7bit"}]
    (outside,) = run(order, flow(message % b"Subject: x\r\n")).rows
    assert outside["command_matches"] == [{"id": "k1", "count": 1, "first": []}]


def test_matches_after_a_message_keep_their_bytes_again(run):
    found = row(run, DIALOG.replace(b"QUIT", b"NOOP EVIL") + b"QUIT\r\n")["command_matches"][0]
    assert (found["count"], [hit["bytes"] for hit in found["first"]]) == (5, [b"EVIL"])


def test_after_a_gap_in_a_message_everything_is_withheld(run):
    packets = build.side(
        "203.0.113.66",
        "192.0.2.25",
        4000,
        25,
        [ENVELOPE + b"DATA\r\nFrom: a@b.example\r\n", b"x" * 99, b"EVIL\r\n.\r\nEVIL"],
    )
    (found,) = run(ORDER, build.pcap(build.framed(packets[:2] + packets[3:]))).rows
    assert found["command_matches"] == [{"id": "k1", "count": 2, "first": []}]
    assert names_only(found["mail"][0]["from"][0]) == "b.example" if found["mail"][0]["from"] else True


def test_nothing_is_read_after_starttls(run):
    found = row(run, b"EHLO a.example\r\nSTARTTLS\r\n\x16\x03\x01EVIL")
    assert (found["app_protocol"], found["names"], found["mail"]) == ("smtp", ["a.example"], [])


@pytest.mark.parametrize("command", [b"STARTTLS\r\n", b"STARTTLS now\r\n", b"starttls\n"])
def test_who_is_refused_starttls_goes_on_in_clear_and_is_read(run, command):
    found = row(run, b"EHLO a.example\r\n" + command + LETTER)
    assert found["command_matches"] == [{"id": "k1", "count": 1, "first": []}]
    (mail,) = found["mail"]
    assert names_only(mail["envelope_from"]) == "b.example"


def test_behind_what_is_no_command_all_is_withheld_and_nothing_read(run):
    """XEXCH50 30 2 and a BDAT nobody understands announce text: lines that follow may be part of it."""
    for command in (b"XEXCH50 30 2", b"BDAT +60 LAST", b"\x16", b"HELLO"):
        start = b"EHLO a.example\r\nNOOP EVIL\r\n" + command + b"\r\n"
        found = row(run, start + b"NOOP EVIL\r\nMAIL FROM:<b@other.example>\r\nHELP EVIL\r\n")
        (match,) = found["command_matches"]
        assert (match["count"], [one["offset"] for one in match["first"]]) == (3, [21]), command
        assert found["names"] == ["a.example"], command


def test_what_is_hidden_and_yet_a_command_ends_nothing(run):
    for command in (
        b"AUTH LOGIN\r\nRVZJTA==\r\n*",
        b"VRFY EVIL",
        b"EXPN x",
        b"MAIL FROM:<>",
        b"RCPT TO:<",
        b"",
        b"AUTH",
    ):
        found = row(run, b"EHLO a.example\r\n" + command + b"\r\nMAIL FROM:<b@other.example>\r\nNOOP EVIL\r\n")
        (match,) = found["command_matches"]
        assert len(match["first"]) == 1, command
        assert found["names"] == ["a.example", "other.example"], command


@pytest.mark.parametrize(
    ("end", "dot"),
    [(b"\r\n", b"\n.\n"), (b"\r\n", b"\r\n.\n"), (b"\r\n", b"\n.\r\n"), (b"\n", b"\r\n.\r\n"), (b"\n", b"\r\n.\n")],
)
def test_a_dot_among_lines_that_end_otherwise_is_text(run, end, dot):
    """Servers that take it for the end see commands behind it; all others see the message."""
    dialog = end.join((b"EHLO a.example", b"MAIL FROM:<b@b.example>", b"DATA", b"Subject: x", b"", b"text"))
    inside = dot + b"HELP EVIL" + end + b"MAIL FROM:<c@inside.example>" + end
    after = b"." + end + b"NOOP EVIL" + end + b"MAIL FROM:<d@after.example>" + end
    found = row(run, dialog + inside + after)
    (match,) = found["command_matches"]
    assert (match["count"], len(match["first"])) == (2, 1)
    assert found["names"] == ["a.example", "after.example", "b.example"]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_dot_among_lines_that_end_alike_ends_the_message(run, end):
    found = row(run, end.join((b"EHLO a.example", b"DATA", b"", b"text EVIL", b".", b"NOOP EVIL", b"")))
    (match,) = found["command_matches"]
    assert (match["count"], len(match["first"])) == (2, 1)


def test_tls_after_starttls_is_passed_over_as_long_as_it_is_tls(run):
    hello = build.tls_records(build.client_hello())
    start = b"EHLO a.example\r\nSTARTTLS\r\n" + hello + b"\x17\x03\x03\0\x04EVIL"
    assert row(run, start)["command_matches"][0]["first"] == [{"offset": len(start) - 4, "bytes": b"EVIL"}]
    for end in (LETTER, b"EHLO a.example\r\n" + LETTER, b"\x17\x03\x03\xff\xff" + LETTER, b"Dear EVIL"):
        (match,) = row(run, start + end)["command_matches"]
        assert (match["count"], len(match["first"])) == (2, 1)


@pytest.mark.parametrize(
    "start",
    [
        b"NOOP\r\nEHLO a.example\r\n",
        b" EHLO a.example\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\nEHLO a.example\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + b"\xcb" * 12 + b"EHLO a.example\r\n",
        b"CONNECT mx.example:25 HTTP/1.1\r\n\r\nEHLO a.example\r\n",
        b"POST / HTTP/1.1\r\n\r\nEHLO a.example\r\n",
        b"220 a SMTP\r\nEHLO a.example\r\n",
        b"x" * 70_000 + b"\nehlo a.example\r\n",
        b"",
    ],
)
def test_a_mail_that_begins_late_is_not_read_but_withheld(run, start):
    for size in (500, 7) if len(start) < 1_000 else (1_000,):
        found = row(run, start + LETTER, size=size)
        assert found["command_matches"] == [{"id": "k1", "count": 1, "first": []}]
        assert found["mail"] == []
        assert "a@b" not in str(found)


@pytest.mark.parametrize("line", [b"EHLO a", b"MAIL FROM:<x>", b"rcpt to:<x>", b"\tHELO x", b"AUTH LOGIN x"])
def test_what_comes_before_a_late_mail_is_shown(line):
    for size in (99, 1, 2, 3):
        facts, data = Facts(), b"\0EVIL\r\n" + line + b"\r\nEVIL"
        app = apps.StreamApp(facts, dns=False)
        for at in range(0, len(data), size):
            app.data(data[at : at + size])
        app.gap()
        assert facts.withheld == [(7, None)]
        assert facts.may_show(1, 5)
        assert not facts.may_show(len(data) - 4, len(data))


def test_a_mail_after_a_gap_is_withheld(run):
    pieces = [b"x" * 10, b"y" * 10, b"EVIL\r\n" + LETTER[:40], LETTER[40:]]
    packets = build.side("203.0.113.66", "192.0.2.25", 4000, 25, pieces)
    (found,) = run(ORDER, build.pcap(build.framed(packets[:2] + packets[3:]))).rows
    assert found["command_matches"] == [{"id": "k1", "count": 2, "first": [{"offset": 20, "bytes": b"EVIL"}]}]


def test_behind_a_gap_a_line_may_begin():
    facts = Facts()
    app = apps.StreamApp(facts, dns=False)
    for at, data in ((0, b"\0x"), (50, b"y"), (90, b"MAIL FROM:<x>")):
        app.data(data, at)
        app.gap()
    assert facts.withheld == [(90, None)]


def test_words_of_mail_elsewhere_in_a_line_withhold_nothing(run):
    found = row(run, b"\0 EHLO x\r\nxMAIL FROM:\r\nEHLOx\r\nauth tls\r\nEVIL")
    assert found["command_matches"][0]["first"] == [{"offset": 40, "bytes": b"EVIL"}]


def test_mailboxes_asked_about_are_withheld(run):
    for line in (b"VRFY EVIL\r\n", b"EXPN EVIL\r\n"):
        assert row(run, b"EHLO a.example\r\n" + line)["command_matches"][0]["first"] == []
