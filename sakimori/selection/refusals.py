"""Every reason for which an order is refused, in both languages, with how to mend it and the rule behind it."""

from typing import NamedTuple

from sakimori.selection.errors import Refusal
from sakimori.selection.showing import shown
from sakimori.text import Text


class _Reason(NamedTuple):
    what: Text
    mend: Text
    article: str | None = None


_LONGEST_PLACE = 120
_A22 = "強化法22(2)"
_A35 = "強化法35(2)"
_REASONS: dict[str, _Reason] = {
    "not_yaml": _Reason(
        Text("YAML として読めません。", "this is not readable as YAML."),
        Text("書式を確かめてください(別名 & * は使えません)。", "Check the syntax (aliases & and * are not allowed)."),
    ),
    "not_mapping": _Reason(
        Text("項目と値の組が必要です。", "a mapping of keys to values is needed here."),
        Text("README の例に合わせてください。", "Follow the example in the README."),
    ),
    "duplicate_key": _Reason(
        Text("同じ項目が二度書かれています。", "the same key is written twice."),
        Text("一つだけ残してください。", "Keep one of them."),
    ),
    "unknown_key": _Reason(
        Text("知らない項目です。", "this key is not known."),
        Text("綴りを確かめてください。", "Check the spelling."),
    ),
    "missing": _Reason(
        Text("必要な項目がありません。", "a required key is missing."),
        Text("項目を加えてください。", "Add it."),
    ),
    "value": _Reason(
        Text("値の形が正しくありません。", "the value has the wrong form."),
        Text("README の一覧にある値を書いてください。", "Write one of the values the README lists."),
    ),
    "basis": _Reason(
        Text("根拠は agreement、17、32、33 のいずれかです。", "the basis is one of agreement, 17, 32, 33."),
        Text("承認の根拠と同じものを書いてください。", "Write the basis of the authority."),
        "強化法15、17、32、33",
    ),
    "direction": _Reason(
        Text("通信の方向が根拠と合いません。", "the direction does not agree with the basis."),
        Text(
            "agreement と 32 は outside-to-inside、17 は outside-to-outside、33 は inside-to-outside です。",
            "agreement and 32: outside-to-inside; 17: outside-to-outside; 33: inside-to-outside.",
        ),
        "強化法22(1)、32、33",
    ),
    "minimum": _Reason(
        Text("条件の数が法の求める数より少なくなっています。", "fewer conditions are asked for than the law demands."),
        Text(
            "agreement と 17 は 2 以上、32 と 33 は 1 以上です。",
            "agreement and 17: at least 2; 32 and 33: at least 1.",
        ),
        "強化法22(2)、35(2)",
    ),
    "never_met": _Reason(
        Text(
            "この条件の組では、求める数の条件がそろうことがありません。",
            "these conditions can never reach the number asked for.",
        ),
        Text("別の種類の条件を加えてください。", "Add a condition of another kind."),
        _A22,
    ),
    "label": _Reason(
        Text(
            "名前が長すぎるか、制御文字や前後の空白を含んでいます(id は 64 字、ref と authority は 200 字まで)。",
            "this name is too long, or holds control characters or outer spaces (id: 64 characters at most; ref, "
            "authority: 200).",
        ),
        Text("画面と証明に現れる短い名前にしてください。", "Choose a short name: screens and receipts show it."),
    ),
    "no_conditions": _Reason(
        Text("条件がありません。", "there are no conditions."),
        Text("条件を書いてください。", "Write conditions."),
        _A22,
    ),
    "duplicate_id": _Reason(
        Text("条件の番号(id)が重複しています。", "two conditions have the same id."),
        Text("条件ごとに別の id を付けてください。", "Give each condition its own id."),
    ),
    "overlap": _Reason(
        Text(
            "同じ種類の二つの条件の値が重なっています(一つの事実が二つに数えられます)。",
            "values of two conditions of one kind overlap (they would make two facts of one).",
        ),
        Text("値を一つの条件にまとめてください。", "Put the values into one condition."),
        _A22,
    ),
    "overlap_unknown": _Reason(
        Text(
            "二つの型が重なるかどうかを確かめきれません(繰り返しの組合せが多すぎます)。",
            "it would take too long to find out whether these two patterns overlap: their repeats combine too freely.",
        ),
        Text(
            "繰り返しの幅を狭める、回数を {n} と定める、または二つを | で一つの条件にまとめてください。",
            "Narrow the repeats, fix their number as {n}, or put both into one condition with |.",
        ),
        _A22,
    ),
    "network_wide": _Reason(
        Text(
            "アドレスの範囲が広すぎます(当システムの定め: /8(IPv4)、/16(IPv6)まで、合わせて全体の半分未満)。",
            "this is too wide (house rule: wider than /8 of IPv4 or /16 of IPv6, or together half of all addresses).",
        ),
        Text("攻撃に関わる設備の範囲に絞ってください。", "Narrow it to the equipment that has to do with the attack."),
        _A22,
    ),
    "name_wide": _Reason(
        Text(
            "名前が広すぎます(当システムの定め: jp や co.jp のような登録の単位の下すべてに当たります)。",
            "this name is too wide (house rule): it holds for everything registered below it, like jp or co.jp.",
        ),
        Text("登録された名前を書いてください: evil.example。", "Write a registered name: evil.example."),
        _A22,
    ),
    "wildcard": _Reason(
        Text(
            "名前の中の * は文字どおりの * で、何にも当たりません。",
            "* in a name means a literal *: it would match nothing.",
        ),
        Text("* を除いてください。名前はその下すべてに当たります。", "Leave * out: a name holds for all below it."),
    ),
    "always": _Reason(
        Text("どの通信もこの条件に当たります。", "every communication meets this condition."),
        Text("通信を分ける値を書いてください。", "Write values that tell communications apart."),
        _A22,
    ),
    "never": _Reason(
        Text("どの通信もこの条件に当たりません。", "no communication can meet this condition."),
        Text("値を確かめてください。", "Check the numbers."),
    ),
    "network": _Reason(
        Text("アドレスでも範囲でもホスト名でもありません。", "this is neither an address, a network nor a host name."),
        Text(
            "192.0.2.0/24、2001:db8::1、evil.example のように書いてください。",
            "Write it like 192.0.2.0/24, 2001:db8::1, evil.example.",
        ),
    ),
    "exploratory_here": _Reason(
        Text("32・33 では探索的な条件は使えません。", "exploratory conditions are not allowed under 32 and 33."),
        Text(
            "承認された設備の address か、承認された command を使ってください。",
            "Use address of the approved device, or an approved command.",
        ),
        _A35,
    ),
    "side_here": _Reason(
        Text(
            "32 の address は side: source、33 は side: destination に限ります。",
            "under 32 address needs side: source, under 33 side: destination.",
        ),
        Text("side を直してください。", "Mend the side."),
        _A35,
    ),
    "name_here": _Reason(
        Text(
            "32・33 の address にホスト名は使えません(side が及ばず、承認された設備に限れません)。",
            "host names are not allowed in address under 32 and 33 (side does not apply to them).",
        ),
        Text("承認された設備の IP アドレスを書いてください。", "Write the IP address of the approved device."),
        _A35,
    ),
    "ref_missing": _Reason(
        Text(
            "command には承認の参照(ref)が必要です。", "a command condition needs ref, the reference that approves it."
        ),
        Text("指令情報の承認番号を ref に書いてください。", "Write the approval of the command information as ref."),
        "強化法2(8)二、22(2)二",
    ),
    "natural_language": _Reason(
        Text(
            "自然言語の文字列は、承認された参照(ref)なしには使えません。",
            "text in natural language is not allowed without an approved ref.",
        ),
        Text(
            "指令情報であることを示す承認番号を ref に書くか、バイト列(hex)にしてください。",
            "Name the approval that it is command information as ref, or write the bytes of the command.",
        ),
        "強化法2(8)、22(1)",
    ),
    "one_form": _Reason(
        Text("hex、text、regex のうち一つだけを書いてください。", "write exactly one of hex, text, regex."),
        Text("一つだけ残してください。", "Keep one."),
    ),
    "hex": _Reason(
        Text("hex は 16 進数の偶数桁です。", "hex is an even number of hexadecimal digits."),
        Text('hex: "4d5a9000" のように書いてください。', 'Write it like hex: "4d5a9000".'),
    ),
    "too_short": _Reason(
        Text("型が 4 バイトより短い列に一致します。", "the pattern can match fewer than 4 bytes."),
        Text("4 バイト以上にしてください。", "Make it at least 4 bytes."),
        _A22,
    ),
    "too_long": _Reason(
        Text("型が 256 バイトより長い列に一致します。", "the pattern can match more than 256 bytes."),
        Text("256 バイト以下にしてください。", "Make it at most 256 bytes."),
        "強化法2(8)",
    ),
    "matches_anything": _Reason(
        Text(
            "型がどのような文にも一致し得ます(特定のバイトが 4 つ未満)。",
            "the pattern can match text of any kind (fewer than 4 specific bytes).",
        ),
        Text("特定のバイトを 4 つ以上含めてください。", "Include at least 4 specific bytes."),
        "強化法2(8)、22(1)",
    ),
    "open_repeat": _Reason(
        Text("上限のない繰り返し(*、+、{m,})は使えません。", "open repeats (*, +, {m,}) are not allowed."),
        Text("{m,n} のように上限を書いてください。", "Give an upper bound, {m,n}."),
        "強化法22(1)",
    ),
    "anchor": _Reason(
        Text("位置の指定(^、$、\\b など)は使えません。", "anchors (^, $, \\b and the like) are not allowed."),
        Text("バイトの並びだけで書いてください。", "Write bytes only."),
    ),
    "look_around": _Reason(
        Text("(? で始まる構文は使えません。", "constructs beginning with (? are not allowed."),
        Text("( ) と | だけを使ってください。", "Use only ( ) and |."),
    ),
    "pattern": _Reason(
        Text("型(regex)の文法に合いません。", "the pattern does not follow the grammar."),
        Text("README の文法を見てください。", "See the grammar in the README."),
    ),
    "authority_id": _Reason(
        Text("命令の authority が承認の番号と違います。", "the order names another authority."),
        Text("承認の番号を書いてください。", "Write the id of the authority."),
        "強化法17、18、32、33",
    ),
    "authority_basis": _Reason(
        Text("命令の根拠が承認の根拠と違います。", "the order's basis is not that of the authority."),
        Text(
            "ある根拠で取得した通信情報を別の根拠で選別することはできません。",
            "Data acquired on one basis cannot be selected on another.",
        ),
        "強化法22(1)、23(1)",
    ),
    "authority_early": _Reason(
        Text("承認の期間がまだ始まっていません。", "the authority's period has not begun."),
        Text("期間の初日を待ってください。", "Wait for its first day."),
        "強化法17(3)、18",
    ),
    "authority_expired": _Reason(
        Text("承認の期間が終わっています。", "the authority has expired."),
        Text("延長の承認を得てください。", "Obtain an extension."),
        "強化法17(3)、19、32(2)、33(2)",
    ),
    "authority_direction": _Reason(
        Text("命令の方向が承認の方向と違います。", "the order's direction is not that of the authority."),
        Text("承認の方向を書いてください。", "Write the direction of the authority."),
        "強化法22(1)",
    ),
    "authority_minimum": _Reason(
        Text("承認の条件より緩い選別になっています。", "the order is looser than the authority's conditions."),
        Text(
            "承認の minimum_conditions と distinct_by に合わせてください。",
            "Follow the authority's minimum_conditions and distinct_by.",
        ),
        "強化法18",
    ),
    "authority_condition": _Reason(
        Text("承認で許されていない条件です。", "this condition is not allowed by the authority."),
        Text(
            "承認された条件の範囲で書くか、承認を得てください。",
            "Stay within the allowed conditions, or obtain an approval.",
        ),
        "強化法18、22(2)、35(2)",
    ),
    "authority_bytes": _Reason(
        Text(
            "承認はこの番号(ref)の下に別の型を定めています。",
            "under this ref the authority approves other bytes.",
        ),
        Text("承認された型をそのまま書いてください。", "Write the pattern as approved."),
        "強化法2(8)二、22(2)二、35(2)",
    ),
    "authority_value": _Reason(
        Text("承認はこの項目(field)に別の値を定めています。", "the authority approves other values of this field."),
        Text("承認された値か範囲の中で書いてください。", "Stay within the values or ranges approved."),
        "強化法18、22(2)三",
    ),
    "authority_domestic": _Reason(
        Text("法のいう国内は日本です。", "inside (国内) means Japan in the law."),
        Text(
            "domestic を [JP] にするか、項目を外してください。承認のない訓練でだけ変えられます。",
            "Write domestic: [JP], or leave it out; only a rehearsal without an authority may change it.",
        ),
        "強化法2、22(1)",
    ),
    "authority_border": _Reason(
        Text(
            "address_overrides が承認の定めるものと違います(国内と国外の境を動かします)。",
            "address_overrides are not those of the authority (they move the border between inside and outside).",
        ),
        Text("承認のとおりに書いてください。", "Write them as approved: all of them, and no other."),
        "強化法18、22(1)",
    ),
    "authority_law": _Reason(
        Text(
            "承認の方向または条件数が根拠条文と合いません。",
            "the authority's direction or minimum contradicts its legal basis.",
        ),
        Text("承認そのものを確かめてください。", "Check the authority itself."),
        "強化法22(1)、22(2)、35(2)",
    ),
}


def refusal(key: str, where: str, mend: Text | None = None) -> Refusal:
    """Return the refusal of this kind at this place of the order; unknown keys are a fault of the caller (KeyError).

    `mend` says what to write there, where that is known better than for the kind.
    """
    reason = _REASONS[key]
    return Refusal(
        reason.what,
        code=f"selection.{key}",
        where=_shown(where),
        mend=mend or reason.mend,
        article=reason.article,
    )


def _shown(where: str) -> str:
    """Return a place of a document as it can be shown on any screen, and not endless."""
    text = shown(where[: _LONGEST_PLACE + 1])  # what is written out is longer
    return text if len(text) <= _LONGEST_PLACE else f"{text[:_LONGEST_PLACE]}…"
