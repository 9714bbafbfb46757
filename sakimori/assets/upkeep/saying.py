"""The upkeep's codes in words: states, outcomes and events of changes, states of stocktakes and lists."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from sakimori.assets import saying
from sakimori.text import Text

STATE: Mapping[str, Text] = {
    "waiting": Text("届出待ち", "to be notified"),
    "filed": Text("変更届を出した（到達待ち）", "change filed, not arrived yet"),
    "notified": Text("変更届が到達", "change notified"),
    "recorded": Text("記録のみ", "recorded only"),
    "wrong": Text("届け出た内容の誤り（訂正待ち）", "notified wrongly, to be corrected"),
    "correcting": Text("訂正を出した（到達待ち）", "correction filed, not arrived yet"),
    "corrected": Text("訂正が到達", "corrected"),
}
PROPOSED = Text("届出待ち（提案済み、確認待ち）", "to be notified; its filing waits to be confirmed")
"""The state of a change that waits and stands in a filing somebody has proposed."""
OUTCOME: Mapping[str, Text] = {
    "change": Text("変更の届出が必要", "must be notified"),
    "substituted": Text("推進法の報告が代わる", "a report under the ESPA stands in"),
    "minor": Text("軽微な変更", "minor change"),
    "returned": Text("届け出る前に元へ戻った", "undone before it was notified"),
    "late_return": Text("期限を過ぎてから元へ戻った", "undone after its due day"),
    "none": Text("届出事項に変更なし", "nothing notified changed"),
    "mended": Text("変更ではない（初めからの誤り）", "no change: it was wrong from the start"),
    "told_wrong": Text(
        "変更の届出で届け出た値の誤り（訂正の様式がないので、所管の官署に申し出る）",
        "a change was notified wrongly (no form corrects that: tell the office)",
    ),
    "open": Text("未確定（質問あり）", "open (questions)"),
}
EVENT: Mapping[str, Text] = {
    "changed": Text("変更", "changed"),
    "retired": Text("廃止", "retired"),
    "rederived": Text("法令・指定の変更", "law or designation changed"),
    "mended": Text("誤りを直した", "mistake mended"),
}
ANSWER: Mapping[str, Text] = {
    **OUTCOME,
    "undone": Text(
        "届け出る前に元へ戻った（届け出るかは未確定）", "undone before it was notified (open whether to notify)"
    ),
}
"""The law's answer about a change; of one that was undone, that it was."""
LIST: Mapping[str, Text] = {
    "waiting": Text("回答待ち", "waiting for an answer"),
    "answered": Text("回答済み", "answered"),
}
STOCKTAKE: Mapping[str, Text] = {"open": Text("実施中", "under way"), "closed": Text("終了", "closed")}
FIELD: Mapping[str, Text] = {
    **saying.FIELD,
    "category": Text("特定重要設備の区分", "Facility category"),
    "facts": Text("判定の事実", "Facts for the law"),
    "support_end": Text("サポート終了日", "End of support"),
    "asset_tag": Text("資産番号", "Asset tag"),
    "position": Text("設置場所", "Position"),
    "asset_owner": Text("所有者", "Owner"),
    "host": Text("ホスト", "Host"),
    "notify": Text("届出の要否", "Must it be notified?"),
}


def told(fields: Mapping[str, Any] | None) -> str:
    """Return what changed, field by field: `Product: FortiOS → FortiOS NG`."""
    parts = []
    for name, pair in (fields or {}).items():
        label = saying.say(FIELD, name)
        old, new = (_value(name, value) for value in pair)
        parts.append(label if name in ("facts", "facility") else f"{label}: {old or '–'} → {new or '–'}")
    return gettext("; ").join(parts)


def _value(name: str, value: Any) -> str:
    if name == "clause":
        return saying.clause(value)
    if name == "status":
        return saying.say(saying.STATUS, value)
    if name == "unit":
        return saying.say(saying.UNIT, value)
    return str(value or "")


def reasons(decision: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the reasons of a kept decision: sentence, article, what would change it."""
    return [
        (saying.both(one["text"]), str(one["article"]), saying.both(one["would_change"]))
        for one in decision.get("reasons", [])
    ]


def questions(decision: Mapping[str, Any]) -> list[str]:
    """Return what is open about a kept decision."""
    return [saying.both(one["text"]) for one in decision.get("open_questions", [])]
