"""The kept record, built field by field from an allow-list; each field names its limb of 強化法2(8).

Limb i: 通信履歴 (addresses, times, amounts); ii: 指令情報; iii: other information an ordinance names, off in real
mode until then. `mark` is no information about a communication but our stamp. Nothing else of a flow ever leaves
the engine.
"""

import ipaddress
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa

from sakimori.selection.conditions import CommandCondition, Condition
from sakimori.selection.facts import Mail, Mailbox, Received
from sakimori.selection.flows import Flow
from sakimori.selection.pseudonym import Pseudonyms

Row = dict[str, Any]
REHEARSAL = "REHEARSAL / 訓練"
_NANOSECONDS = 1_000_000_000
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))

_SORTED_BY = itemgetter("first", "src", "dst", "protocol", "src_port", "dst_port")

_TEXT = pa.string()
_MIME = ("version", "type", "charset", "boundary", "encoding")
_MAILBOX = pa.struct([("pseudonym", _TEXT), ("domain", _TEXT)])
_RECEIVED = pa.struct(
    [
        *((name, _TEXT) for name in ("from_name", "from_host", "from_address", "by", "with", "id")),
        ("id_mailbox", _MAILBOX),
        ("for", _MAILBOX),
        ("date", _TEXT),
    ]
)
_MAIL = pa.struct(
    [
        ("envelope_from", _MAILBOX),
        ("envelope_to", pa.list_(_MAILBOX)),
        ("from", pa.list_(_MAILBOX)),
        ("to", pa.list_(_MAILBOX)),
        ("date", _TEXT),
        ("return_path", _MAILBOX),
        ("received", pa.list_(_RECEIVED)),
        ("authentication_host", _TEXT),
        ("authentication", pa.list_(pa.struct([("method", _TEXT), ("result", _TEXT)]))),
        ("message_id", _MAILBOX),
        ("mime", pa.struct([(name, _TEXT) for name in _MIME])),
    ]
)
_MATCHES = pa.struct(
    [
        ("id", _TEXT),
        ("count", pa.int64()),
        ("first", pa.list_(pa.struct([("offset", pa.int64()), ("bytes", pa.binary())]))),
    ]
)
_TEXTS = pa.list_(_TEXT)


@dataclass(frozen=True, slots=True)
class Field:
    """One allowed field: its name, its limb of 2(8) (`i`, `ii`, `iii`, or `mark`), its Arrow type, what it is."""

    name: str
    limb: str
    type: Any
    meaning: str


FIELDS = (
    Field("first", "i", pa.timestamp("ns", tz="UTC"), "earliest packet"),
    Field("last", "i", pa.timestamp("ns", tz="UTC"), "latest packet"),
    Field("src", "i", _TEXT, "source address"),
    Field("dst", "i", _TEXT, "destination address"),
    Field("src_port", "i", pa.int32(), "source port; ICMP: type"),
    Field("dst_port", "i", pa.int32(), "destination port; ICMP: code"),
    Field("protocol", "i", pa.int32(), "IP protocol number"),
    Field("packets", "i", pa.int64(), "captured IP packets, each fragment one"),
    Field("bytes", "i", pa.int64(), "sum of IP total lengths"),
    Field("direction", "i", _TEXT, "direction by address-to-country data"),
    Field("src_country", "i", _TEXT, "country of the source address"),
    Field("dst_country", "i", _TEXT, "country of the destination address"),
    Field("conditions", "i", _TEXTS, "ids of the order's conditions that hold"),
    Field("command_matches", "ii", pa.list_(_MATCHES), "per command condition: count, first matches"),
    Field("app_protocol", "iii", _TEXT, "application protocol"),
    Field("names", "iii", _TEXTS, "host names"),
    Field("fingerprints", "iii", _TEXTS, "JA4 of TLS clients"),
    Field("user_agent", "iii", _TEXTS, "HTTP User-Agent"),
    Field("http_method", "iii", _TEXTS, "HTTP methods"),
    Field("http_status", "iii", pa.list_(pa.int32()), "HTTP status codes"),
    Field("http_version", "iii", _TEXTS, "HTTP versions"),
    Field("mail", "iii", pa.list_(_MAIL), "rows 1, 2, 4-11 of the government's table on e-mail"),
    Field("stamp", "mark", _TEXT, "set where this was no real selection"),
)
LIMB_III = tuple(field.name for field in FIELDS if field.limb == "iii")


def schema() -> Any:
    """Return the Arrow schema; every field carries its limb of 2(8) as metadata."""
    return pa.schema(
        [
            pa.field(field.name, field.type, metadata={"kyokaho_2_8": field.limb, "meaning": field.meaning})
            for field in FIELDS
        ],
        metadata={"law": "強化法2(8)", "form": "sakimori-selection-records/1"},
    )


class RecordBuilder:
    """Builds rows of kept flows; `limb_iii` names the fields of limb iii that are on."""

    def __init__(self, pseudonyms: Pseudonyms, limb_iii: Sequence[str], stamp: str | None) -> None:
        self._pseudonyms = pseudonyms
        self._limb_iii = frozenset(limb_iii)
        self._stamp = stamp

    def row(self, flow: Flow, holding: Sequence[Condition], countries: tuple[str | None, str | None]) -> Row:
        """Return the record of a kept flow; times in ns, addresses as text."""
        src, dst, protocol, src_port, dst_port = flow.key
        row: Row = dict.fromkeys(field.name for field in FIELDS)
        row.update(
            first=flow.first,
            last=flow.last,
            src=str(ipaddress.ip_address(src)),
            dst=str(ipaddress.ip_address(dst)),
            src_port=src_port,
            dst_port=dst_port,
            protocol=protocol,
            packets=flow.packets,
            bytes=flow.bytes,
            direction=flow.direction,
            src_country=countries[0],
            dst_country=countries[1],
            conditions=sorted(condition.id for condition in holding),
            command_matches=_matches(flow, holding),
            stamp=self._stamp,
        )
        for name in LIMB_III:
            if name in self._limb_iii:
                row[name] = self._other(name, flow)
        return row

    def _other(self, name: str, flow: Flow) -> Any:
        facts = flow.facts
        if name == "app_protocol":
            return facts.protocol
        if name == "names":
            return sorted(facts.names)
        if name == "mail":
            return [self._mail(mail) for mail in facts.mails]
        if name == "fingerprints":
            return [f"ja4:{text}" for text in _texts(flow, "tls.ja4")]
        texts = _texts(flow, {"user_agent": "http.user_agent"}.get(name, name.replace("_", ".")))
        return [int(text) for text in texts] if name == "http_status" else texts

    def _mailbox(self, mailbox: Mailbox | None) -> Row | None:
        if mailbox is None:
            return None
        return {"pseudonym": self._pseudonyms.of(mailbox), "domain": mailbox.domain}

    def _received(self, row: Received) -> Row:
        return {
            "from_name": row.from_name,
            "from_host": row.from_host,
            "from_address": row.from_address,
            "by": row.by,
            "with": row.protocol,
            "id": row.id,
            "id_mailbox": self._mailbox(row.id_mailbox),
            "for": self._mailbox(row.recipient),
            "date": row.date,
        }

    def _mail(self, mail: Mail) -> Row:
        return {
            "envelope_from": self._mailbox(mail.envelope_from),
            "envelope_to": [self._mailbox(mailbox) for mailbox in mail.envelope_to],
            "from": [self._mailbox(mailbox) for mailbox in mail.sender],
            "to": [self._mailbox(mailbox) for mailbox in mail.to],
            "date": mail.date,
            "return_path": self._mailbox(mail.return_path),
            "received": [self._received(row) for row in mail.received],
            "authentication_host": mail.authentication_host,
            "authentication": [{"method": method, "result": result} for method, result in mail.authentication],
            "message_id": self._mailbox(mail.message_id),
            "mime": {name: mail.mime.get(name) for name in _MIME},
        }


def _texts(flow: Flow, name: str) -> list[str]:
    """Return a field's values in order; bytes that are not UTF-8 are written as backslash, x, two digits."""
    return [value.decode("utf-8", "backslashreplace") for value in sorted(flow.facts.fields.get(name, ()))]


def _matches(flow: Flow, holding: Sequence[Condition]) -> list[Row]:
    """Return per command condition count and first matches; inside a message's content only id and count."""
    if flow.scanner is None:
        return []
    ids = sorted(condition.id for condition in holding if isinstance(condition, CommandCondition))
    return [
        {
            "id": key,
            "count": flow.scanner.found[key].count,
            "first": [
                {"offset": offset, "bytes": matched}
                for offset, matched in flow.scanner.found[key].first
                if flow.facts.may_show(offset, offset + len(matched))
            ],
        }
        for key in ids
    ]


def canonical(row: Row) -> bytes:
    """Return a row as RFC 8785 JSON: times as RFC 3339 with nine decimals, bytes as hex; independent of Parquet.

    Rows hold text, whole numbers of 53 bits at most, truth values and nothing, under ASCII names: what Python's own
    encoder, which is compiled, writes for those is RFC 8785 (3.2.2.2 on text, 3.2.3 on the order of names).
    """
    shown = {**row, "first": _time(row["first"]), "last": _time(row["last"])}
    shown["command_matches"] = [
        {**match, "first": [{"offset": hit["offset"], "bytes": hit["bytes"].hex()} for hit in match["first"]]}
        for match in row["command_matches"]
    ]
    return _ENCODER.encode(shown).encode()


def _time(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, _NANOSECONDS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows by the order of selection-semantics §8; the canonical bytes decide between rows otherwise equal."""
    sorted_rows = sorted(rows, key=_SORTED_BY)
    alike = (tuple(group) for _, group in groupby(sorted_rows, key=_SORTED_BY))
    return tuple(chain.from_iterable(group if len(group) == 1 else sorted(group, key=canonical) for group in alike))
