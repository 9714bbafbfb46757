"""Say in words what an order selects, so that someone who decides about it needs to read no YAML."""

from sakimori.selection.conditions import (
    AddressCondition,
    CommandCondition,
    Condition,
    RangeCondition,
    ValueCondition,
)
from sakimori.selection.order import Order
from sakimori.text import Text

_DIRECTIONS = {
    "outside-to-inside": Text("国外から国内へ", "from outside to inside"),
    "inside-to-outside": Text("国内から国外へ", "from inside to outside"),
    "outside-to-outside": Text("国外から国外へ", "from outside to outside"),
}
_SIDES = {
    "source": Text("送信元", "the source"),
    "destination": Text("送信先", "the destination"),
    "either": Text("送信元か送信先", "source or destination"),
}
_FORMS = {"hex": Text("16進", "hex"), "text": Text("文字列", "text"), "regex": Text("型", "pattern")}
_SHOWN = 5


def explain(order: Order) -> list[Text]:
    """Return sentences: basis, direction, how many conditions, each condition, what is kept and erased."""
    basis, direction = order.basis, _DIRECTIONS.get(order.direction, Text(order.direction, order.direction))
    kinds = order.distinct_by == "kind"
    inside = ", ".join(sorted(order.domestic))
    return [
        Text(
            f"承認 {order.authority} に基づく選別です。根拠: {basis.title.ja}({basis.article})。",
            f"A selection under authority {order.authority}. Basis: {basis.title.en} ({basis.article}).",
        ),
        Text(
            f"{direction.ja}の通信だけが対象です(国内とは {inside})。どちらかの所在が確かでない通信は記録しません。",
            f"Only communications {direction.en} (inside is {inside}). None of which either end is uncertain.",
        ),
        Text(
            f"次の条件のうち{'種類の異なる' if kinds else '別々の'} {order.minimum_conditions} つ以上に当たる通信だけを"
            "記録します。",
            f"Kept is only what meets at least {order.minimum_conditions} of these conditions"
            f"{' of different kinds' if kinds else ''}:",
        ),
        *(_condition(item) for item in order.conditions),
        *(
            Text(f"アドレス {network} は {code} とみなします。", f"Addresses in {network} count as {code}.")
            for network, code in order.address_overrides
        ),
        Text(
            "記録するのは機械的情報だけです。件名、本文、添付、閲覧した内容は記録しません。"
            "残りはすべて直ちに消去します。",
            "Only machine information is recorded: no subject, body, attachment, page. All the rest is erased at once.",
        ),
    ]


def _condition(item: Condition) -> Text:
    if isinstance(item, AddressCondition):
        values = _listed([*(str(network) for network in item.networks), *item.names])
        side = _SIDES[item.side]
        name = Text("またはその名前" if item.names else "", " or a name it uses" if item.names else "")
        return Text(f"・{item.id}: {side.ja}{name.ja}が {values}", f"- {item.id}: {side.en}{name.en} is in {values}")
    if isinstance(item, CommandCondition):
        form = _FORMS[item.form]
        return Text(
            f"・{item.id}: 指令情報({item.ref})の{form.ja} {item.source} を含む",
            f"- {item.id}: contains command information ({item.ref}), {form.en} {item.source}",
        )
    if isinstance(item, ValueCondition):
        values = _listed(sorted(value.decode() for value in item.values))
        return Text(
            f"・{item.id}: {item.field} が {values} のいずれか", f"- {item.id}: {item.field} is one of {values}"
        )
    return _range(item)


def _range(item: RangeCondition) -> Text:
    low = item.minimum if item.minimum is not None else 0
    if item.maximum is None:
        return Text(f"・{item.id}: {item.field} が {low} 以上", f"- {item.id}: {item.field} is at least {low}")
    return Text(
        f"・{item.id}: {item.field} が {low} 以上 {item.maximum} 以下",
        f"- {item.id}: {item.field} is between {low} and {item.maximum}",
    )


def _listed(values: list[str]) -> str:
    rest = len(values) - _SHOWN
    return ", ".join(values[:_SHOWN]) + (f" … (+{rest})" if rest > 0 else "")
