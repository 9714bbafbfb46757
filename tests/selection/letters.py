"""A mail session with a message that fills every row of the government's table, and how it is run."""

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
LETTER = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: x\r\n\r\nEVIL\r\n.\r\n"


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
