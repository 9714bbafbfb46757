"""Mail: the government's table row by row, what is sealed, and what must never come out."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sakimori.selection import Countries, SealError, load_order, unseal
from sakimori.selection.records import canonical
from tests.selection import build
from tests.selection.letters import BODY, DIALOG, ENVELOPE, ORDER, flow, names_only, row


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


def test_an_address_in_a_display_name_or_comment_is_no_address(run):
    message = b'EHLO a.example\r\nDATA\r\nFrom: "x@fake.example" (y@fake.example) <a@b.example>\r\n\r\n.\r\n'
    found = row(run, message)
    assert [names_only(mailbox) for mailbox in found["mail"][0]["from"]] == ["b.example"]
    assert found["names"] == ["a.example", "b.example"]


def test_the_same_local_part_elsewhere_is_another_pseudonym(run):
    message = b"EHLO a.example\r\nDATA\r\nFrom: x@b.example\r\nTo: x@c.example\r\n\r\n.\r\n"
    (mail,) = row(run, message)["mail"]
    assert mail["from"][0]["pseudonym"] != mail["to"][0]["pseudonym"]


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


# The envelope of a message ends with it (RFC 5321 4.1.1.4)


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
