"""Spelling of maker and product names: what stays the same when case, width, punctuation or legal form change.

Pure text work, no knowledge of the world (that is `book`). Two names are *spelt the same* when their keys are equal:

- Unicode NFKC, case folded, hiragana read as katakana; trade mark signs dropped;
- a hyphen between katakana is a long vowel sign; the one at a word's end is dropped (サーバー = サーバ, JIS Z 8301);
- everything that is neither letter nor digit separates words, and the key is the words joined;
- for makers also: legal forms (株式会社, ㈱, Inc., GmbH, …) at either end are dropped.
"""

import re
import unicodedata
from functools import lru_cache

import jaconv

_MARKS = str.maketrans(dict.fromkeys("™®©℠", " "))
_KANA_DASH = re.compile(r"(?<=[ァ-ヺー])[-\u2010-\u2015\u2212\u2500](?=[ァ-ヺ]|$|[^\w])")
_FINAL_LONG = re.compile(r"(?<=[ァ-ヺ])ー+(?![ァ-ヺー])")
_WORD = re.compile(r"\d+|[ァ-ヺー-ヿ]+|[\u3400-\u9fff々]+|[^\W\d_ァ-ヿ\u3400-\u9fff々]+")
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")

_FORMS_JA = "株式会社|有限会社|合同会社|合資会社|合名会社|一般社団法人|一般財団法人|公益財団法人|国立研究開発法人"
_SHORT_JA = "株|有|同|資|名|一社|一財"
_LEGAL_JA = re.compile(rf"^(?:(?:{_FORMS_JA}|\((?:{_SHORT_JA})\))\s*)+|(?:\s*(?:{_FORMS_JA}|\((?:{_SHORT_JA})\)))+$")
_LEGAL_EN = (
    *[("inc",), ("incorporated",), ("corp",), ("corporation",), ("co",), ("company",), ("ltd",), ("limited",)],
    *[("llc",), ("l", "l", "c"), ("llp",), ("plc",), ("p", "l", "c"), ("gmbh",), ("ag",), ("kg",), ("kgaa",), ("se",)],
    *[("sa",), ("s", "a"), ("sas",), ("s", "a", "s"), ("spa",), ("s", "p", "a"), ("srl",), ("s", "r", "l")],
    *[("nv",), ("n", "v"), ("bv",), ("b", "v"), ("ab",), ("asa",), ("a", "s"), ("oy",), ("oyj",)],
    *[("kk",), ("k", "k"), ("gk",), ("g", "k"), ("pty",), ("pte",), ("bhd",), ("sdn",), ("pvt",)],
)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Return the text with case, width, kana script and long vowel signs made uniform; punctuation is kept.

    >>> fold("ＦｏｒｔｉＯＳ™"), fold("ｻｰﾊﾞｰ")
    ('fortios', 'サーバ')
    """
    plain = unicodedata.normalize("NFKC", text.translate(_MARKS)).casefold()
    kana = jaconv.hira2kata(unicodedata.normalize("NFKC", plain))
    return _FINAL_LONG.sub("", _KANA_DASH.sub("ー", kana)).strip()


def words(text: str) -> tuple[str, ...]:
    """Return the words of a name, folded: runs of digits, of katakana, of kanji, of other letters.

    >>> words("FortiGate-100F")
    ('fortigate', '100', 'f')
    """
    return tuple(_WORD.findall(fold(text)))


def key(text: str) -> str:
    """Return what two spellings of one product name have in common; empty when the text has no letter or digit.

    >>> key("BIG-IP") == key("ＢｉｇＩＰ")
    True
    """
    return "".join(words(text))


def without_legal_form(text: str) -> str:
    """Return a maker's name, folded, without its legal form; a name that is nothing but legal form is kept.

    >>> without_legal_form("㈱日立製作所"), without_legal_form("Cisco Systems, Inc.")
    ('日立製作所', 'cisco systems')
    """
    bare = fold(text)
    while (shorter := _one_form_less(bare)) != bare:
        bare = shorter
    return bare


def maker_key(text: str) -> str:
    """Return what two spellings of one maker's name have in common.

    >>> maker_key("富士通株式会社") == maker_key("（株）富士通")
    True
    """
    return "".join(_WORD.findall(without_legal_form(text)))


def bracketed(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text outside brackets and the texts inside them, folded; NFKC has made all round brackets one.

    >>> bracketed("Adaptive Security Appliance（ASA）")
    ('adaptive security appliance', ('asa',))
    """
    folded = fold(text)
    inner = tuple(part.strip() for part in _BRACKETS.findall(folded) if part.strip())
    outer = " ".join(_BRACKETS.sub(" ", folded).split())
    return outer, inner


def _one_form_less(bare: str) -> str:
    """Return a folded name without one more legal form, or the name itself when there is none or nothing else."""
    shorter = _LEGAL_JA.sub("", bare).strip()
    if shorter != bare and shorter:
        return shorter
    parts = _WORD.findall(bare)
    form = max((len(form) for form in _LEGAL_EN if tuple(parts[-len(form) :]) == form), default=0)
    return " ".join(parts[:-form]) if 0 < form < len(parts) else bare
