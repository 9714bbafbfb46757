"""Indicators of compromise as people write them, read into one normal form each.

Rules:
- defanged text is read as what it stands for (`hxxp`, `[.]`, `(dot)`, `[:]`, full-width letters, 。 as a dot);
- addresses: RFC 791 and RFC 4291 text, RFC 5952 as the normal form; IPv4-mapped IPv6 becomes IPv4; no zone ids;
- networks: host bits must be zero; a network so wide that it would touch everybody is refused (house rule);
- names: lower-case A-labels (RFC 5890, UTS 46), at least two labels, no trailing dot; `*.` in front is dropped, for an
  indicator name always stands for itself and everything below; a registry's name (co.jp) is no owner's and is refused;
- URLs: scheme and host normal, default port, user and fragment dropped (RFC 3986 §6.2); path and query stay;
- digests: hexadecimal, lower case, told apart by length.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

import idna

from sakimori.matching.errors import IndicatorError
from sakimori.text import Text

SIZE_LIMIT = 8 * 1024 * 1024  # bytes of one list; house rule
LENGTH_LIMIT = 2_048  # characters of one indicator; house rule
COUNT_LIMIT = 100_000  # indicators of one list; house rule
WIDEST_V4 = 8  # shortest prefix taken as an indicator; house rule
WIDEST_V6 = 19  # the widest block a registry gives one holder is about this; house rule
_DIGESTS = {32: "md5", 40: "sha1", 64: "sha256"}
_HEX = re.compile(r"[0-9a-f]+")
_DEFANGED = (
    (re.compile(r"[\[({<]\s*(?:\.|dot|ドット)\s*[\])}>]", re.IGNORECASE), "."),
    (re.compile(r"[\[({]\s*:\s*[\])}]"), ":"),
    (re.compile(r"[\[({]\s*://\s*[\])}]"), "://"),
    (re.compile(r"[\[({]\s*/\s*[\])}]"), "/"),
    (re.compile(r"^h(?:xx|\*\*|tt)p(s?)(?=\s*:)", re.IGNORECASE), r"http\1"),
    (re.compile(r"^fxp(?=\s*:)", re.IGNORECASE), "ftp"),
)
_DOTS = str.maketrans(dict.fromkeys("。．｡", "."))
_PORTS = {"http": 80, "https": 443, "ftp": 21}
_REGISTRY_NAMES = frozenset(
    {f"{kind}.jp" for kind in ("ac", "ad", "co", "ed", "go", "gr", "lg", "ne", "or")}
    | {f"{kind}.uk" for kind in ("ac", "co", "gov", "ltd", "me", "net", "org", "plc")}
    | {
        f"{kind}.{country}"
        for kind in ("com", "edu", "gov", "net", "org")
        for country in ("au", "br", "cn", "hk", "sg", "tw")
    }
    | {f"{kind}.kr" for kind in ("co", "go", "ne", "or", "re")}
)
_UNPRINTED = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")
_LABELS = 2  # fewest labels of a name that has an owner
_NAME_LENGTH = 253  # characters, RFC 1035 §2.3.4 in text form
_SEPARATORS = re.compile(r"[\s,;、，；]+")


class Kind(StrEnum):
    """What an indicator is."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    CIDR4 = "cidr4"
    CIDR6 = "cidr6"
    FQDN = "fqdn"
    URL = "url"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: `value` in normal form, `host` the normal host of a URL (address or name) and empty otherwise."""

    kind: Kind
    value: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class BadIndicator:
    """One text of a list that is not an indicator: line from 1, the text as given (cut at 80 characters), the error."""

    line: int
    text: str
    error: IndicatorError


def refang(text: str) -> str:
    """Return defanged text as what it stands for.

    >>> refang("hxxps://evil[.]example/a")
    'https://evil.example/a'
    """
    plain = unicodedata.normalize("NFKC", text.translate(_DOTS)).strip().strip("\"'`")
    for pattern, meant in _DEFANGED:
        plain = pattern.sub(meant, plain)
    return plain


def parse_indicator(text: str) -> Indicator:
    """Return the indicator a text stands for.

    Raises:
        IndicatorError: too long, not an indicator, ambiguous (leading zeros), or so wide that it would touch everybody.
    """
    if len(text) > LENGTH_LIMIT:
        raise _bad("長すぎます", "it is too long", f"{LENGTH_LIMIT} 字以内", f"at most {LENGTH_LIMIT} characters")
    plain = refang(text)
    if not plain or _UNPRINTED.search(plain):
        raise _bad(
            "空か、空白・制御文字を含みます", "it is empty or holds blanks", "一件ずつ記す", "write one at a time"
        )
    lower = plain.lower()
    if len(lower) in _DIGESTS and _HEX.fullmatch(lower):
        return Indicator(Kind(_DIGESTS[len(lower)]), lower)
    if "://" in plain:
        return _url(plain)
    bare = plain.strip("[]")
    if ":" in bare or re.fullmatch(r"[0-9./]+", bare):
        return _address(bare)
    return Indicator(Kind.FQDN, _name(plain))


def read_indicators(data: bytes) -> tuple[tuple[Indicator, ...], tuple[BadIndicator, ...]]:
    """Return the indicators of a list, each once in the order given, and every text that is none.

    One or several a line, separated by blanks or commas; what follows a text that begins with `#` is a comment.

    Raises:
        IndicatorError: the list is too large, holds too many, or is not UTF-8.
    """
    if len(data) > SIZE_LIMIT:
        raise _bad(
            "一覧が大きすぎます", "the list is too large", f"{SIZE_LIMIT} バイト以内", f"at most {SIZE_LIMIT} bytes"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad("UTF-8 として読めません", "it is not UTF-8", "UTF-8 で保存する", "save it as UTF-8") from error
    good: dict[Indicator, None] = {}
    wrong: list[BadIndicator] = []
    for count, (line, piece) in enumerate(_pieces(text)):
        if count >= COUNT_LIMIT:
            raise _bad(
                "件数が多すぎます",
                "there are too many",
                f"{COUNT_LIMIT} 件以内に分ける",
                f"at most {COUNT_LIMIT} a list",
            )
        try:
            good.setdefault(parse_indicator(piece))
        except IndicatorError as error:
            wrong.append(BadIndicator(line, piece[:80], error))
    return tuple(good), tuple(wrong)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        for piece in _SEPARATORS.split(line):
            if piece.startswith("#"):
                break
            if piece:
                yield number, piece


def _address(text: str) -> Indicator:
    try:
        if "/" in text:
            return _network(text)
        address = ipaddress.ip_address(text)
    except ValueError as error:
        raise _bad(
            "IP アドレスとして読めません",
            "it is not an IP address",
            "先頭の 0 や余分な文字を除く",
            "no leading zeros, nothing else",
        ) from error
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            raise _bad("ゾーン識別子が付いています", "it has a zone id", "% 以降を除く", "leave out what follows %")
        mapped = address.ipv4_mapped
        if mapped is None:
            return Indicator(Kind.IPV6, str(address))
        address = mapped
    return Indicator(Kind.IPV4, str(address))


def _network(text: str) -> Indicator:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise _bad(
            "ネットワークとして読めません",
            "it is not a network",
            "ホスト部を 0 にする(例 192.0.2.0/24)",
            "host bits zero",
        ) from error
    four = isinstance(network, ipaddress.IPv4Network)
    if network.prefixlen < (WIDEST_V4 if four else WIDEST_V6):
        raise _bad("範囲が広すぎます", "the network is too wide", "範囲を狭める", "name a narrower network")
    if network.prefixlen == network.max_prefixlen:
        return _address(str(network.network_address))
    return Indicator(Kind.CIDR4 if four else Kind.CIDR6, str(network))


def _name(text: str) -> str:
    name = text.removesuffix(".").removeprefix("*.")
    try:
        ascii_name = idna.encode(name, uts46=True).decode("ascii").lower() if not name.isascii() else _plain_name(name)
    except (idna.IDNAError, UnicodeError, IndexError) as error:
        raise _no_name() from error
    labels = ascii_name.split(".")
    if len(labels) < _LABELS or labels[-1].isdecimal():
        raise _no_name()
    if ascii_name in _REGISTRY_NAMES:
        raise _bad(
            "登録管理用の名前で、広すぎます",
            "it is a registry's name, too wide",
            "所有者の名前まで記す",
            "name the owner",
        )
    return ascii_name


def _plain_name(name: str) -> str:
    """Return an ASCII name in lower case; underscores are allowed, for malware uses them."""
    lower = name.lower()
    labels = lower.split(".")
    if len(lower) > _NAME_LENGTH or not all(re.fullmatch(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", label) for label in labels):
        raise _no_name()
    return lower


def _url(text: str) -> Indicator:
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname or ""
    except ValueError as error:
        raise _no_url() from error
    scheme = parts.scheme.lower()
    if not host or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
        raise _no_url()
    try:
        place = _address(host) if ":" in host or re.fullmatch(r"[0-9.]+", host) else Indicator(Kind.FQDN, _name(host))
    except IndicatorError as error:
        raise _no_url() from error
    return Indicator(Kind.URL, _joined(scheme, place, port, parts), place.value)


def _joined(scheme: str, place: Indicator, port: int | None, parts: SplitResult) -> str:
    host = f"[{place.value}]" if place.kind is Kind.IPV6 else place.value
    at = f":{port}" if port is not None and port != _PORTS.get(scheme) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{scheme}://{host}{at}{parts.path or '/'}{query}"


def _no_name() -> IndicatorError:
    return _bad(
        "ドメイン名・アドレス・URL・ハッシュ値のいずれでもありません",
        "it is neither a name, an address, a URL nor a digest",
        "例 evil.example、192.0.2.1、https://evil.example/、SHA-256",
        "such as evil.example, 192.0.2.1, https://evil.example/, a SHA-256",
    )


def _no_url() -> IndicatorError:
    return _bad(
        "URL として読めません", "it is not a URL", "https://名前/パス の形にする", "write it as https://name/path"
    )


def _bad(ja: str, en: str, mend_ja: str, mend_en: str) -> IndicatorError:
    return IndicatorError(
        Text(f"指標を読めません:{ja}", f"the indicator cannot be read: {en}"), mend=Text(mend_ja, mend_en)
    )
