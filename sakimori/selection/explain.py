"""Say in words what an order selects, so that someone who decides about it needs to read no YAML."""

from sakimori.selection.authority import Authority
from sakimori.selection.bases import DOMESTIC
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
_FIELDS = {
    "src_port": Text("送信元ポート番号", "source port"),
    "dst_port": Text("宛先ポート番号", "destination port"),
    "protocol": Text("プロトコル番号", "IP protocol number"),
    "http.method": Text("HTTP の要求の種類", "HTTP method"),
    "http.user_agent": Text("HTTP の User-Agent", "HTTP User-Agent"),
    "tls.ja4": Text("TLS の指紋(JA4)", "TLS fingerprint (JA4)"),
    "tls.alpn": Text("TLS の ALPN", "TLS ALPN"),
    "ssh.banner": Text("SSH の名乗り", "SSH banner"),
    "dns.qtype": Text("DNS の問い合わせの種類", "DNS query type"),
    "smtp.helo": Text("SMTP の HELO の名前", "SMTP HELO name"),
    "packets": Text("パケット数", "number of packets"),
    "bytes": Text("量(バイト)", "size in bytes"),
    "mean_packet_size": Text("平均のパケット長(バイト)", "mean packet size in bytes"),
}
_SHOWN = 5


def explain(order: Order, *, whole: bool = False) -> list[Text]:
    """Return sentences: basis, direction, how many conditions, each condition, what is kept and erased.

    Of long lists of values the first few are shown and how many follow; with `whole` all of them.
    """
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
            f"Only communications {direction.en} are looked at (inside: {inside}). Where the country of either end is "
            "uncertain, nothing is recorded.",
        ),
        Text(
            f"次の条件のうち{'種類の異なる' if kinds else '別々の'} {order.minimum_conditions} つ以上に当たる通信だけを"
            "記録します。",
            f"Recorded is only what meets at least {order.minimum_conditions} of these conditions"
            f"{' of different kinds' if kinds else ''}:",
        ),
        *(_condition(item, whole=whole) for item in order.conditions),
        *(_override(str(network), code, inside=code in order.domestic) for network, code in order.address_overrides),
        Text(
            "記録するのは、いつ、どの機器の間で、どれだけ通信したか(2条8項1号)と、見つかった指令情報(2号)です。"
            "通信に現れた名前や機器の種類など(3号)は、承認書に挙げられたものだけです。",
            "Recorded is when, between which machines and how much (2(8)i), and command information found (2(8)ii); "
            "names and kinds of software seen (2(8)iii) only as far as the authority lists them.",
        ),
        Text(
            "件名、本文、添付、閲覧した内容は記録しません。メールの相手の名前は仮名にします。"
            "残りはすべて直ちに消去します。",
            "No subject, body, attachment or page is recorded; names of mailboxes become pseudonyms. All the rest is "
            "erased at once.",
        ),
    ]


def explain_authority(authority: Authority) -> list[Text]:
    """Return sentences: what the authority fixes beside the order: equipment, period, border, conditions."""
    first, last = authority.valid_from.isoformat(), authority.valid_until.isoformat()
    other = ", ".join(authority.other_information)
    return [
        Text(
            f"承認 {authority.id}: 設備は {authority.equipment}、期間は {first} から {last} の前までです。",
            f"Authority {authority.id}: equipment {authority.equipment}, from {first} until before {last}.",
        ),
        *(
            _override(str(network), code, inside=code in DOMESTIC)
            for network, code in sorted(authority.overrides, key=str)
        ),
        *(
            Text(f"委員会の条件(18条): {words}", f"The committee's condition (18): {words}")
            for words in authority.committee_conditions
        ),
        Text(
            f"3号の情報として記録できるもの: {other}" if other else "3号の情報は記録しません。",
            f"Of 2(8)iii may be recorded: {other}" if other else "Nothing of 2(8)iii is recorded.",
        ),
    ]


def _override(network: str, code: str, *, inside: bool) -> Text:
    where = Text("国内", "inside") if inside else Text("国外", "outside")
    return Text(
        f"アドレス {network} は{where.ja}({code})とみなします。",
        f"Addresses in {network} count as {where.en} ({code}).",
    )


def _condition(item: Condition, *, whole: bool) -> Text:
    if isinstance(item, AddressCondition):
        values = _listed([*(str(network) for network in item.networks), *item.names], whole=whole)
        side = _SIDES[item.side]
        name = Text("またはその名前" if item.names else "", " or a name it uses" if item.names else "")
        return Text(
            f"・{item.id}(アドレス): {side.ja}{name.ja}が {values}",
            f"- {item.id} (address): {side.en}{name.en} is in {values}",
        )
    if isinstance(item, CommandCondition):
        form = _FORMS[item.form]
        read = f" ({_readable(item.source)})" if item.form == "hex" else ""
        return Text(
            f"・{item.id}(指令情報): 「{item.ref}」の{form.ja} {item.source}{read} を含む",
            f"- {item.id} (command information): contains {form.en} {item.source}{read} of “{item.ref}”",
        )
    if isinstance(item, ValueCondition):
        values = _listed(sorted(value.decode() for value in item.values), whole=whole)
        several = len(item.values) > 1
        field = _field(item.field)
        return Text(
            f"・{item.id}(探索的): {field.ja}が {values}{' のいずれか' if several else ''}",
            f"- {item.id} (exploratory): {field.en} is {'one of ' if several else ''}{values}",
        )
    return _range(item)


def _field(name: str) -> Text:
    words = _FIELDS[name]
    return Text(f"{words.ja}({name})", f"{words.en} ({name})")


def _readable(digits: str) -> str:
    """Return the bytes of hexadecimal digits as a person reads them: letters as such, the rest in hex."""
    return ascii(bytes.fromhex(digits).decode("latin-1"))


def _range(item: RangeCondition) -> Text:
    low, field = item.minimum if item.minimum is not None else 0, _field(item.field)
    if item.maximum is None:
        return Text(
            f"・{item.id}(探索的): {field.ja}が {low} 以上", f"- {item.id} (exploratory): {field.en} is at least {low}"
        )
    return Text(
        f"・{item.id}(探索的): {field.ja}が {low} 以上 {item.maximum} 以下",
        f"- {item.id} (exploratory): {field.en} is from {low} to {item.maximum}",
    )


def _listed(values: list[str], *, whole: bool) -> str:
    rest = 0 if whole else len(values) - _SHOWN
    return ", ".join(values if whole else values[:_SHOWN]) + (f" … (+{rest})" if rest > 0 else "")
