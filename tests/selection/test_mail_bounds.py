"""Mail: what a flow may hold is bounded, and what a stranger writes does not choose how long it takes."""

import pytest

from sakimori.selection import apps
from sakimori.selection.facts import Facts
from tests.selection.letters import ORDER, flow


def read(data):
    facts = Facts()
    apps.StreamApp(facts, dns=False).data(data)
    return facts


def test_messages_of_a_flow_are_bounded_and_those_left_out_are_counted():
    facts = read(b"EHLO a.example\n" + b"DATA\n.\n" * 1_500 + b"MAIL FROM:<a@late.example>\n")
    assert (len(facts.mails), facts.left_out) == (1_000, 500)
    assert "late.example" in facts.names  # names are learnt all the same: a condition may ask for them


def test_recipients_of_a_message_are_bounded_and_not_copied():
    facts = read(b"EHLO a.example\n" + b"RCPT TO:<a@b.cd>\n" * 1_200 + b"DATA\n.\n" * 300)
    assert [len(mail.envelope_to) for mail in facts.mails] == [1_000] + [0] * 299
    assert facts.left_out == 200


def test_the_rows_of_all_messages_of_a_flow_are_bounded():
    header = b"".join(
        (b"From:" + b"a@b," * 2_000, b"\nReceived:x" * 500, b"\nAuthentication-Results:x" + b";a=b" * 500)
    )
    facts = read(b"EHLO a.example\n" + (b"DATA\n" + header + b"\n\n.\n") * 10)
    assert [len(mail.sender) for mail in facts.mails] == [2_000] * 6 + [2_000, 0, 0, 0]
    kept = sum(len(mail.sender) + len(mail.received) + len(mail.authentication) for mail in facts.mails)
    assert (kept, facts.left_out) == (20_000, 10_000)


def test_spans_are_joined_and_beyond_a_number_everything_is_withheld():
    assert read(b"EHLO a.example\n" + b"\n\n" * 30_000).withheld == [(15, 60_015), (60_015, None)]
    start = b"EHLO a.example\n" + b"NOOP\n\n" * 20_000
    facts = read(start + b"NOOP EVIL\n" + b"DATA\n" + b"Date:\n" * 9_000 + b".\n")
    assert len(facts.withheld) <= 16_384
    assert facts.may_show(15, 19)
    assert not facts.may_show(len(start) + 5, len(start) + 9)
    assert len(read(b"EHLO a.example\n" + (b"DATA\n" + b"Date:\n" * 9_000 + b".\n") * 3).allowed) == 16_384


def test_a_flow_that_leaves_something_out_makes_the_receipt_say_so(run):
    result = run(ORDER, flow(b"EHLO a.example\n" + b"DATA\n.\n" * 1_001))
    assert len(result.rows[0]["mail"]) == 1_000
    assert (result.receipt["overflows"]["facts"], result.receipt["degraded"]) == (1, True)


# What a stranger writes must not choose how long it takes: read by steps that grow with its square or cube, these
# would take hours.


_LONG = 60_000


@pytest.mark.parametrize(
    "line",
    [
        b"EHLO" + b" " * _LONG + b"\rx\n",
        b"HELO x" + b" \t" * (_LONG // 2) + b"\rx\n",
        b"220 " + b"SMTP" * (_LONG // 4) + b"\rx\n",
        b"MAIL FROM:" + b" " * _LONG + b"\n",
        b"MAIL FROM:" + b"<" * _LONG + b"\n",
        b"BDAT 0" + b" " * _LONG + b"x\n",
        b"BDAT 1" + b" " * _LONG + b"LAS\n",
    ],
)
def test_a_line_of_any_form_is_read_at_once(line):
    for data in (line, (b"EHLO a.example\r\n" + line) * 20):
        facts = Facts()
        apps.StreamApp(facts, dns=False).data(data)
        assert facts.mails == []


@pytest.mark.parametrize(
    "row",
    [
        b"From: " + b"a" * _LONG,
        b"From: " + b"@" * _LONG,
        b"From: " + b"<" * _LONG,
        b'From: "' + b'\\"' * (_LONG // 2),
        b'From: "' + b"\\\\" * (_LONG // 2),
        b"From: " + b"(" * _LONG,
        b"From: x\r\n" + b" \r\n " * (_LONG // 4),
        b"Received:" + b" from (" * (_LONG // 7),
        b"Received:" + b" from <" * (_LONG // 7),
        b"Received: from" + b" " * _LONG + b"(",
        b"Received: from x" + b" " * _LONG + b"y",
        b"Received: from x (" + b"a" * _LONG + b")",
        b"Authentication-Results: x;" + b"a" * _LONG,
        b"Authentication-Results: " + b'"\\' * (_LONG // 2),
        b"Content-Type: a/b" + b';charset="' * (_LONG // 10),
        b"Content-Type: a/b; charset" + b" " * _LONG + b"=",
        b"MIME-Version: " + b" " * _LONG + b"x",
        b"Date: " + b"1" * _LONG,
        b"x" * _LONG + b" " * 4_000,
    ],
)
def test_a_header_row_of_any_form_is_read_at_once(row):
    facts = Facts()
    apps.StreamApp(facts, dns=False).data(b"EHLO a.example\r\n" + (b"DATA\r\n" + row + b"\r\n\r\n.\r\n") * 3)
    assert len(facts.mails) == 3
    assert all(not mail.sender for mail in facts.mails)


def test_a_header_in_the_smallest_pieces_is_not_copied_for_each():
    """65,536 chunks of one byte, in one line and in folded ones."""
    for text in (b"x", b" \r\n"):
        facts, size = Facts(), 65_536
        header = text * (size // len(text))
        data = b"EHLO a.example\r\n" + b"".join(b"BDAT 1\n" + header[at : at + 1] for at in range(len(header)))
        apps.StreamApp(facts, dns=False).data(data)
        assert len(facts.mails) == 1
