"""Why an advisory touches a registered product, said in both languages.

Every reason ends with the version sentence: the version is not a notified item (命令2条5項); the operator must check.
"""

from sakimori.matching.advisory import Advisory
from sakimori.text import Text

_WHY: dict[str, Text] = {
    "same": Text("表記の違いを除いて製造者名・製品名が一致", "maker and product are the same but for spelling"),
    "version": Text(
        "届出名の末尾の版・エディションを除くと一致", "the same without the version or edition in the notified name"
    ),
    "bracket": Text("括弧内の略称・別名で一致", "the same by the abbreviation or other name in brackets"),
    "qualifier": Text(
        "「シリーズ」等の種別語を除くと一致", "the same without a word such as “series” that only tells the sort"
    ),
    "listed": Text("公表名に列挙された製品の一つ", "one of the products listed in the advisory's name"),
    "table": Text("別名表により同じ製品", "the same product by the table of names"),
    "series": Text(
        "別名表により、この機器又はエディションに含まれる製品",
        "by the table of names, the product inside this hardware or edition",
    ),
    "maker": Text("製造者名は別名表により同じ", "the maker is the same by the table of names"),
    "succession": Text("製造者は合併・分割により関係する", "the makers are related by a purchase or a split"),
    "ruling": Text("担当者が同じ製品と判断", "a person has decided that this is the same product"),
    "wildcard-named": Text(
        "公表名は製品を特定しないが、説明文にこの製品名がある",
        "the advisory names no single product, but its text names this one",
    ),
    "wildcard": Text(
        "公表名は製品を特定せず、製造者だけが一致", "the advisory names no single product; only the maker is the same"
    ),
    "inside": Text("公表された製品を内部に含む可能性がある", "it may contain the product of the advisory"),
    "similar": Text("製造者が同じで製品名が似ている", "same maker, similar product name"),
    "other-maker": Text(
        "製品名は一致又は酷似するが製造者名が異なる", "the product name is the same or nearly so, the maker differs"
    ),
}


def reason(rules: tuple[str, ...], advisory: Advisory, maker: str, product: str, *, by: str = "") -> Text:
    """Return the reason: by which rules, between which names, and that the version is for the operator to check."""
    why_ja = "、".join(_WHY[rule].ja for rule in rules)
    why_en = "; ".join(_WHY[rule].en for rule in rules)
    decided = Text(f"({by})", f" ({by})") if by else Text("", "")
    version = _version(advisory)
    return Text(
        f"{why_ja}{decided.ja}。公表:{advisory.vendor}「{advisory.product}」、届出:{maker}「{product}」。{version.ja}",
        f"{_capital(why_en)}{decided.en}. Advisory: {advisory.vendor} “{advisory.product}”; "
        f"notified: {maker} “{product}”. {version.en}",
    )


def _version(advisory: Advisory) -> Text:
    if advisory.versions:
        return Text(
            f"公表された対象版:{advisory.versions}。版は届出事項でないため(命令2条5項)、該当するかは事業者が確認する。",
            f"Affected versions as published: {advisory.versions}. The version is not notified (Order Art. 2(5)): "
            "the operator must check whether it applies.",
        )
    return Text(
        "版は届出事項でないため(命令2条5項)、対象の版かどうかは不明。事業者が確認する。",
        "The version is not notified (Order Art. 2(5)), so whether it is affected is unknown: the operator must check.",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
