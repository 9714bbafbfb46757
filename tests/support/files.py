"""Small true files of every kind we take, and of many that we do not, made here byte by byte."""

import io
import struct
import zipfile
import zlib

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 16 + b"\xff\xd9"
EML = b"From: a@example.jp\r\nTo: b@example.jp\r\nDate: Fri, 20 Nov 2026 10:00:00 +0900\r\nSubject: x\r\n\r\nbody\r\n"


def chunk(kind, data=b""):
    """Return a PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png():
    """Return a picture of one dot."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND")


def archive(*names, encrypted=False):
    """Return a ZIP archive; `encrypted` sets the flag that every part needs a password."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, "x")
    data = bytearray(buffer.getvalue())
    if encrypted:
        place = 0
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            while (place := data.find(mark, place)) >= 0:
                data[place + offset] |= 1
                place += 4
            place = 0
    return bytes(data)


def xlsx(*more):
    """Return a workbook's outline."""
    return archive("[Content_Types].xml", "xl/workbook.xml", *more)


def docx():
    """Return a document's outline."""
    return archive("[Content_Types].xml", "word/document.xml")


TAKEN = {
    "a.pdf": PDF,
    "a.png": png(),
    "a.jpg": JPEG,
    "A.JPEG": JPEG,
    "a.txt": "届出書".encode(),
    "b.txt": "届出書".encode("cp932"),
    "a.csv": "\ufeffa,b\r\n1,2\r\n".encode(),
    "a.tsv": b"a\tb\n",
    "a.xlsx": xlsx(),
    "a.docx": docx(),
    "a.eml": EML,
}
"""name → content that is taken."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500
REFUSED = {
    "empty": ("a.pdf", b""),
    "extension": ("a.exe", b"MZ"),
    "no extension": ("letter", PDF),
    "double extension": ("a.pdf.exe", PDF),
    "html": ("a.html", b"<html>"),
    "svg": ("a.svg", b"<svg/>"),
    "program as pdf": ("a.pdf", b"MZ\x90\x00" + b"\x00" * 100),
    "elf as png": ("a.png", b"\x7fELF" + b"\x00" * 100),
    "script as text": ("a.txt", b"#!/bin/sh\nrm -r x\n"),
    "png as pdf": ("a.pdf", png()),
    "pdf as jpg": ("a.jpg", PDF),
    "html as text": ("a.txt", b"  <!DOCTYPE html><script>x</script>"),
    "svg as csv": ("a.csv", b'<svg xmlns="x"/>'),
    "nul in text": ("a.txt", b"a\x00b"),
    "utf-16 text": ("a.csv", "a,b".encode("utf-16")),
    "no text": ("a.txt", b"\x81"),
    "encrypted archive": ("a.pdf", archive("x", encrypted=True)),
    "archive": ("a.txt", archive("x")),
    "encrypted workbook in a zip": ("a.xlsx", archive("[Content_Types].xml", "xl/workbook.xml", encrypted=True)),
    "encrypted workbook": ("a.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le")),
    "old workbook": ("a.xlsx", _OLE),
    "old workbook as pdf": ("a.pdf", _OLE),
    "zip as workbook": ("a.xlsx", archive("x")),
    "macros": ("a.xlsx", xlsx("xl/vbaProject.bin")),
    "workbook as document": ("a.docx", xlsx()),
    "cut workbook": ("a.xlsx", xlsx()[:-9]),
    "workbook with a tail": ("a.xlsx", xlsx() + b"tail"),
    "workbook with a head": ("a.xlsx", b"head" + xlsx()),
    "encrypted pdf": ("a.pdf", PDF.replace(b"/Root", b"/Encrypt 5 0 R/Root")),
    "cut pdf": ("a.pdf", PDF[:-8]),
    "pdf with a tail": ("a.pdf", PDF + b"<script>"),
    "pdf and zip": ("a.pdf", PDF[:-6] + archive("x") + b"\n%%EOF\n"),
    "png with a tail": ("a.png", png() + b"x"),
    "png and zip": ("a.png", png() + archive("x")),
    "cut png": ("a.png", png()[:-3]),
    "changed png": ("a.png", png().replace(b"IHDR\x00", b"IHDR\x01")),
    "cut jpg": ("a.jpg", JPEG[:-1]),
    "jpg and zip": ("a.jpg", JPEG[:-2] + archive("x") + b"\xff\xd9"),
    "mail without a sender": ("a.eml", b"Subject: x\r\n\r\n"),
    "mail that is a picture": ("a.eml", png()),
    "gzip": ("a.csv", b"\x1f\x8b\x08" + b"\x00" * 30),
    "7z": ("a.pdf", b"7z\xbc\xaf\x27\x1c" + b"\x00" * 30),
    "path": ("../../etc/a.pdf", PDF),
    "windows path": ("C:\\x\\a.pdf", PDF),
    "nul in the name": ("a\x00.pdf", PDF),
    "bidi in the name": ("a\u202efdp.pdf", PDF),
    "no width in the name": ("a\u200b.pdf", PDF),
    "new line in the name": ("a\r\nSet-Cookie: x.pdf", PDF),
    "long name": ("a" * 300 + ".pdf", PDF),
    "reserved name": ("CON.pdf", PDF),
    "reserved name, two dots": ("lpt1.x.pdf", PDF),
    "hidden name": (".pdf", PDF),
    "only dots": ("..", PDF),
    "quote in the name": ('a".pdf', PDF),
    "blank at the end": ("a.pdf ", PDF),
    "no name": ("", PDF),
}
"""what → (name, content) that is not taken."""
