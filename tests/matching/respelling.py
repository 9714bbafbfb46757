"""Other spellings of a name: case, width, punctuation, legal form. What they have in common must not change."""

import unicodedata

import jaconv
from hypothesis import strategies as st

FORMS_AFTER = (
    "株式会社",
    "㈱",
    "（株）",
    " Inc.",
    ", Inc.",
    " Co., Ltd.",
    " 合同会社",
    " Corporation",
    " GmbH",
    " K.K.",
)
FORMS_BEFORE = ("株式会社", "㈱", "(株)", "合同会社 ", "株式会社　")


def _wide(text):
    return jaconv.h2z(text, ascii=True, digit=True, kana=True)


def _narrow(text):
    return jaconv.z2h(text, ascii=True, digit=True, kana=True)


def _spaced(text):
    return text.replace(" ", "  ").replace("-", " - ")


def _composed(text):
    return unicodedata.normalize("NFD", text)


_CHANGES = (str.upper, str.lower, str.title, _wide, _narrow, _spaced, _composed)


def _apply(text, changes):
    for change in changes:
        text = change(text)
    return text


def respelt_products(product):
    """Spellings of one product name."""
    return st.lists(st.sampled_from(_CHANGES), max_size=3).map(lambda changes: _apply(product, changes))


def respelt_makers(maker):
    """Spellings of one maker's name, with or without a legal form."""
    forms = [maker, *(maker + form for form in FORMS_AFTER), *(form + maker for form in FORMS_BEFORE)]
    return st.sampled_from(forms).flatmap(respelt_products)
