"""No raw code reaches people: every coded value of a payload and every code of the law is put into words."""

import re

import pytest
from django.utils import translation

from sakimori import law
from sakimori.acts import registry
from sakimori.law.businesses import businesses
from sakimori.law.tables import table
from sakimori.pages.codes import meaning
from sakimori.pages.schema import coded_values
from sakimori.pages.words import choice
from sakimori.record import Handler
from sakimori.record.payload import Payload
from sakimori.web.contents import described
from tests.support.deployment import fixed, viewer

_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
PROPER = {"JPCERT/CC", "Webhook", "TLP:RED", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:GREEN", "TLP:CLEAR", "IPA"} | {
    "Microsoft Windows", "Microsoft Windows Server",
}  # fmt: skip
"""Names that are the same in Japanese."""

CODED = sorted(
    {
        (name, code)
        for kind, handler in registry.handlers().items()
        if not law.kind(kind).system
        for name, codes in coded_values(handler.payload).items()
        for code in codes
    }
)


def test_there_are_codes_to_look_at():
    assert ("tlp", "tlp:amber+strict") in CODED
    assert len(CODED) > 80


@pytest.mark.parametrize(("field", "code"), CODED)
def test_every_coded_value_has_words_in_both_languages(field, code):
    with translation.override("ja"):
        said = choice(code, field)
    assert _JAPANESE.search(said) or said in PROPER, (field, code, said)
    with translation.override("en"):
        said = choice(code, field)
    assert said != code or said in PROPER or said.isalpha(), (field, code)
    assert not _JAPANESE.search(said.replace("強化法", "")), (field, code, said)


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("clause", [key for key in table("kyokaho.scope").outcomes if "-" in key]),
        ("business_type", [one.key for one in businesses()]),
        ("kind", [kind.name for kind in law.kinds()]),
        ("rule", [rule.key for rule in law.rules()]),
        ("restriction", [one.key for one in law.restrictions()]),
        ("trigger_group", ["broad", "narrow"]),
    ],
)
def test_the_law_has_words_for_its_own_codes(field, codes):
    assert codes
    for code in codes:
        found = meaning(code, field)
        assert found is not None, (field, code)
        assert found.ja != code
        assert found.en != code


def test_a_marking_is_written_in_capitals():
    assert choice("tlp:amber+strict") == "TLP:AMBER+STRICT"


@pytest.mark.django_db
def test_contents_show_no_code_no_id_and_no_machine_date(parties):
    class _Row(Payload):
        clause: str
        product: str

    class _All(Payload):
        rows: list[_Row]

    payload = {
        "rows": [{"clause": "rei1-3-1", "product": "CENTUM VP"}],
        "outline": {"business_type": "electricity"},
        "trigger_group": "narrow",
        "tlp": "tlp:green",
        "kinds": ["assets.notification.file"],
        "organisation": str(fixed("power")),
        "present": [str(fixed("power.reporter"))],
        "begins_on": "2026-12-01",
        "aware_at": "2026-11-24T00:30:00+00:00",
    }
    with translation.override("ja"):
        lines = described(viewer("power", "reporter"), payload, Handler(_All, lambda _ctx, _payload: None))
    said = repr(lines)
    for raw in ("rei1-3-1", "electricity", "narrow", "tlp:green", "assets.notification.file", "T00:30"):
        assert raw not in said, raw
    assert str(fixed("power")) not in said
    for words in ("施行令1(3)(i)", "電気", "TLP:GREEN", "特定重要電子計算機の届出", "架空電力", "09:30"):
        assert words in said, words
