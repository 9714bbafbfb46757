"""Articles as people read them: in Japanese by the short reference (強化法4(1)), in English as Act Art. 4(1)."""

from django.utils.translation import get_language, gettext

from sakimori import law


def cited(reference: str) -> str:
    """Return an article, or several joined by 、, in the reader's language, `house` in words.

    What is no article stays as it is.
    """
    if "、" in reference:
        parts = [cited(part) for part in reference.split("、")]
        return gettext(", ").join(parts)
    if reference == "house":
        return gettext("house rule")
    if not (get_language() or "ja").startswith("en"):
        return reference
    try:
        return law.cite(reference).en
    except law.UnknownArticleError:
        return reference
