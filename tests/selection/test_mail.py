"""Mail: the government's table row by row, and what must never come out."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sakimori.selection import Countries, SealError, apps, load_order, unseal
from sakimori.selection.facts import Facts
from sakimori.selection.records import canonical
from tests.selection import build

ORDER = """
authority: A-1
basis: agreement
direction: outside-to-inside
address_overrides: {"192.0.2.0/24": JP, "203.0.113.0/24": ZZ}
conditions:
  - {id: a1, kind: address, side: source, values: ["203.0.113.0/24"]}
  - {id: k1, kind: command, ref: R-1, text: "EVIL"}
  - {id: x1, kind: exploratory, field: dst_port, values: [25]}
"""
TABLE = """From: "はなこ (secret-name)" <hanako1@example.jp> (secret-comment)
To: Taro Secret <taro2@cas.go.jp>, "a, b" <jiro3@cas.go.jp>
Cc: secret-cc@cas.go.jp
Subject: secret-subject EVIL
Date: Sun, 25 Mar 2012 10:37:03 +0900 (secret-zone)
Return-Path: <mail-system@example.jp>
Received: from mail.cas.go.jp ([198.51.100.3]) by aa00bb01.cas.go.jp
\tid <20120325103715817.60@aa00bb01.cas.go.jp>; Sun, 25 Mar 2012 10:37:15 +0900
Authentication-Results: cas.go.jp; spf=pass reason=policy smtp.mailfrom=hanako1@example.jp; sender-id=pass reason=policy
Received: from example.jp (mail.example.jp [203.0.113.1]) by cas.go.jp with ESMTP id D098B19
 for <taro2@cas.go.jp>; Sun, 25 Mar 2012 10:37:15 +0900 (JST)
Received: from hnkwinpc ([192.0.2.6]) by mail.example.jp with ESMTP id D098A05; Sun, 25 Mar 2012 10:37:03 +0900 (JST)
Message-ID: <IMTw1f0Iffff0KsJ@example.jp>
X-Mailer: secret-mailer EVIL
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="_Part_28873_0A61"; name="secret-name.docx"
Content-Transfer-Encoding: 7bit

secret-body EVIL
From: body-secret@example.jp
--_Part_28873_0A61
Content-Disposition: attachment; filename="secret-file.docx"

EVIL
..dots
"""
BODY = TABLE.replace("\n", "\r\n").encode()
ENVELOPE = b"EHLO out.example.jp\r\nMAIL FROM:<hanako1@example.jp> SIZE=9\r\nRCPT TO:<taro2@cas.go.jp>\r\n"
DIALOG = ENVELOPE + b"DATA\r\n" + BODY + b".\r\nQUIT\r\n"


def flow(data, size=500):
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return build.pcap(build.framed(build.side("203.0.113.66", "192.0.2.25", 4000, 25, pieces)))


def row(run, data, **options):
    (found,) = run(ORDER, flow(data, **options)).rows
    return found


def names_only(mailbox):
    """A mailbox with its pseudonym checked and replaced."""
    assert mailbox["pseudonym"].startswith("p-")
    assert len(mailbox["pseudonym"]) == 34
    return mailbox["domain"]


def test_the_table_row_by_row(run):
    (mail,) = row(run, DIALOG)["mail"]
    assert [names_only(mailbox) for mailbox in mail["from"]] == ["example.jp"]  # 1
    assert [names_only(mailbox) for mailbox in mail["to"]] == ["cas.go.jp", "cas.go.jp"]  # 2
    assert mail["date"] == "2012-03-25T10:37:03+09:00"  # 4
    assert names_only(mail["return_path"]) == "example.jp"  # 5
    inner, between, outer = mail["received"]
    assert names_only(inner.pop("id_mailbox")) == "aa00bb01.cas.go.jp"  # 6
    assert inner == {
        "from_name": "mail.cas.go.jp",
        "from_host": None,
        "from_address": "198.51.100.3",
        "by": "aa00bb01.cas.go.jp",
        "with": None,
        "id": None,
        "for": None,
        "date": "2012-03-25T10:37:15+09:00",
    }
    assert mail["authentication_host"] == "cas.go.jp"  # 7
    assert mail["authentication"] == [{"method": "spf", "result": "pass"}, {"method": "sender-id", "result": "pass"}]
    assert names_only(between.pop("for")) == "cas.go.jp"  # 8
    assert between == {
        "from_name": "example.jp",
        "from_host": "mail.example.jp",
        "from_address": "203.0.113.1",
        "by": "cas.go.jp",
        "with": "ESMTP",
        "id": "D098B19",
        "id_mailbox": None,
        "date": "2012-03-25T10:37:15+09:00",
    }
    assert (outer["from_name"], outer["from_address"], outer["by"]) == ("hnkwinpc", "192.0.2.6", "mail.example.jp")  # 9
    assert names_only(mail["message_id"]) == "example.jp"  # 10
    assert mail["mime"] == {
        "version": "1.0",
        "type": "multipart/alternative",
        "charset": None,
        "boundary": "_Part_28873_0A61",
        "encoding": "7bit",
    }  # 11
    assert names_only(mail["envelope_from"]) == "example.jp"
    assert [names_only(mailbox) for mailbox in mail["envelope_to"]] == ["cas.go.jp"]


def test_the_same_mailbox_has_the_same_pseudonym_and_others_another(run):
    (mail,) = row(run, DIALOG)["mail"]
    assert mail["from"][0] == mail["envelope_from"] != mail["return_path"]
    assert mail["to"][0] == mail["envelope_to"][0] == mail["received"][1]["for"]
    assert mail["to"][0]["pseudonym"] != mail["to"][1]["pseudonym"]


@pytest.mark.parametrize("size", [1, 7, 500, 5000])
def test_segments_do_not_matter(run, size):
    first, other = row(run, DIALOG), row(run, DIALOG, size=size)
    for name in ("mail", "names", "command_matches", "app_protocol"):
        assert first[name] == other[name]


def test_nothing_of_rows_3_and_12_to_14_nor_any_local_part(run):
    text = canonical(row(run, DIALOG)).decode()
    for secret in (
        "secret",
        "はなこ",
        "hanako1",
        "taro2",
        "jiro3",
        "mail-system",
        "IMTw1f0I",
        "20120325103715817",
        "EVIL",
        ".docx",
    ):
        assert secret not in text, secret
    assert b"EVIL".hex() not in text


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


def test_an_address_in_a_display_name_or_comment_is_no_address(run):
    message = b'EHLO a.example\r\nDATA\r\nFrom: "x@fake.example" (y@fake.example) <a@b.example>\r\n\r\n.\r\n'
    found = row(run, message)
    assert [names_only(mailbox) for mailbox in found["mail"][0]["from"]] == ["b.example"]
    assert found["names"] == ["a.example", "b.example"]


def test_the_same_local_part_elsewhere_is_another_pseudonym(run):
    message = b"EHLO a.example\r\nDATA\r\nFrom: x@b.example\r\nTo: x@c.example\r\n\r\n.\r\n"
    (mail,) = row(run, message)["mail"]
    assert mail["from"][0]["pseudonym"] != mail["to"][0]["pseudonym"]


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


def test_chunked_messages(run):
    header, rest = BODY[:300], BODY[300:]
    data = ENVELOPE + b"BDAT 300\r\n" + header + b"BDAT %d LAST\r\n" % len(rest) + rest + b"QUIT\r\n"
    found, plain = row(run, data), row(run, DIALOG)
    assert found["mail"] == plain["mail"]
    assert found["command_matches"] == plain["command_matches"]


def test_two_messages_in_one_session(run):
    second = b"MAIL FROM:<x@second.example>\r\nRCPT TO:<y@third.example>\r\nDATA\r\nFrom: z@fourth.example\r\n\r\n.\r\n"
    first, other = row(run, DIALOG[:-6] + second)["mail"]
    assert names_only(first["envelope_from"]) == "example.jp"
    assert [names_only(other["envelope_from"]), names_only(other["from"][0])] == ["second.example", "fourth.example"]


def test_names_of_a_mail(run):
    assert row(run, DIALOG)["names"] == sorted(
        {
            "aa00bb01.cas.go.jp", "cas.go.jp", "example.jp", "hnkwinpc", "mail.cas.go.jp",
            "mail.example.jp", "out.example.jp",
        }
    )  # fmt: skip


def test_nothing_is_read_after_starttls(run):
    found = row(run, b"EHLO a.example\r\nSTARTTLS\r\n\x16\x03\x01EVIL")
    assert (found["app_protocol"], found["names"], found["mail"]) == ("smtp", ["a.example"], [])


LETTER = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: x\r\n\r\nEVIL\r\n.\r\n"


@pytest.mark.parametrize("command", [b"STARTTLS\r\n", b"STARTTLS now\r\n", b"starttls\n", b"STARTTLS\r\n\x16\r\n"])
def test_who_is_refused_starttls_goes_on_in_clear_and_is_read(run, command):
    found = row(run, b"EHLO a.example\r\n" + command + LETTER)
    assert found["command_matches"] == [{"id": "k1", "count": 1, "first": []}]
    (mail,) = found["mail"]
    assert names_only(mail["envelope_from"]) == "b.example"


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


# The envelope of a message ends with it (RFC 5321 4.1.1.4), and what a flow may hold is bounded

ANOTHER = b"DATA\r\nX: y\r\n\r\n.\r\n"


@pytest.mark.parametrize(
    "between",
    [b"", b"RSET\r\n", b"EHLO b.example\r\n", b"HELO b.example\r\n", b"MAIL FROM:<>\r\n"],
)
def test_recipients_belong_to_one_message(run, between):
    first, other = row(run, ENVELOPE + ANOTHER + between + ANOTHER)["mail"]
    assert [names_only(mailbox) for mailbox in first["envelope_to"]] == ["cas.go.jp"]
    assert (other["envelope_from"], other["envelope_to"]) == (None, [])
    if between:
        (only,) = row(run, ENVELOPE + between + ANOTHER)["mail"]
        assert (only["envelope_from"], only["envelope_to"]) == (None, [])


def test_recipients_of_a_message_in_chunks_end_with_it(run):
    first, other = row(run, ENVELOPE + b"BDAT 2\r\nX:BDAT 2 LAST\r\n\r\n" + ANOTHER)["mail"]
    assert (len(first["envelope_to"]), len(other["envelope_to"])) == (1, 0)


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
    assert read(b"EHLO a.example\n" + b"x\n" * 30_000).withheld == [(15, 60_015), (60_015, None)]
    start = b"EHLO a.example\n" + b"NOOP\nx\n" * 20_000
    facts = read(start + b"NOOP EVIL\n" + b"DATA\n" + b"Date:\n" * 9_000 + b".\n")
    assert len(facts.withheld) <= 16_384
    assert facts.may_show(15, 19)
    assert not facts.may_show(len(start) + 5, len(start) + 9)
    assert len(read(b"EHLO a.example\n" + (b"DATA\n" + b"Date:\n" * 9_000 + b".\n") * 3).allowed) == 16_384


def test_a_flow_that_leaves_something_out_makes_the_receipt_say_so(run):
    result = run(ORDER, flow(b"EHLO a.example\n" + b"DATA\n.\n" * 1_001))
    assert len(result.rows[0]["mail"]) == 1_000
    assert (result.receipt["overflows"]["facts"], result.receipt["degraded"]) == (1, True)


def test_the_server_side_tells_only_the_protocol(run):
    packets = build.side("203.0.113.66", "192.0.2.25", 25, 25, [b"220 mx.example ESMTP\r\n250 ok\r\n"])
    (found,) = run(ORDER, build.pcap(build.framed(packets))).rows
    assert (found["app_protocol"], found["names"]) == ("smtp", [])


def test_a_name_condition_meets_the_mail(run):
    order = ORDER.replace('"203.0.113.0/24"]}', '"hnkwinpc"]}', 1)
    assert load_order(order)
    (found,) = run(order, flow(DIALOG)).rows
    assert "a1" in found["conditions"]


def test_identities_are_sealed_to_custody(run, authority, custody):
    result = run(ORDER, flow(DIALOG), countries=Countries(), **authority(ORDER))
    text = json.dumps(result.rows, default=str, ensure_ascii=False)
    assert "hanako1" not in text
    assert b"hanako1" not in result.sealed
    opened = unseal(result.sealed, custody, "A-1")
    sender = result.rows[0]["mail"][0]["from"][0]
    assert opened[sender["pseudonym"]].local == b"hanako1"
    assert opened[sender["pseudonym"]].domain == "example.jp"
    assert {mailbox.local for mailbox in opened.values()} >= {b"taro2", b"jiro3", b"mail-system", b"IMTw1f0Iffff0KsJ"}
    for sealed, private, name in (
        (result.sealed, X25519PrivateKey.generate(), "A-1"),
        (result.sealed, custody, "A-2"),
        (result.sealed[:-1] + b"x", custody, "A-1"),
        (result.sealed[:20], custody, "A-1"),
    ):
        with pytest.raises(SealError):
            unseal(sealed, private, name)


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


@pytest.mark.parametrize(
    ("value", "domains"),
    [
        (b'"x <a@b.example>', ["b.example"]),
        (b'"x\\" <a@b.example>', ["b.example"]),
        (b'"x" "\\"y@c.example <a@b.example>', ["c.example", "b.example"]),  # a quote that nothing closes is text
        (b'"x\\"y@c.example" z@b.example', ["b.example"]),
        (b"x@y@b.example, @c.example, d@, <@>, <<e@f.example>", ["b.example", "f.example"]),
    ],
)
def test_addresses_in_odd_rows(run, value, domains):
    found = row(run, b"EHLO a.example\r\nDATA\r\nFrom: " + value + b"\r\n\r\n.\r\n")
    assert [names_only(mailbox) for mailbox in found["mail"][0]["from"]] == domains
