"""The words of the authorities' side: sorts and states of matters, hints, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from sakimori.assets import saying
from sakimori.assets.supervision import hints
from sakimori.text import Text

SORT: Mapping[str, Text] = {
    "question": Text("照会", "question"),
    "correction": Text("補正の求め", "request for correction"),
    "order": Text("命令（6条）", "order (Art 6)"),
    "demand": Text("報告・資料の求め（9条）", "demand of material (Art 9)"),
    "guidance": Text("指導・助言（10条）", "guidance (Art 10)"),
    "opinion": Text("総理の意見（7条）", "PM's opinion (Art 7)"),
}
STATE: Mapping[str, Text] = {
    "open": Text("回答・届出待ち", "awaited"),
    "late": Text("期日を過ぎた", "overdue"),
    "answered": Text("回答あり", "answered"),
    "met": Text("届いた", "met"),
    "met_late": Text("期日後に届いた", "met late"),
    "answered_late": Text("期日後に回答", "answered late"),
    "closed": Text("終了", "closed"),
    "withdrawn": Text("取消し", "withdrawn"),
    "given": Text("伝達済み", "given"),
}
ORDERED: Mapping[str, Text] = {
    "notify": Text("届出をすること", "to notify"),
    "notify_change": Text("変更の届出をすること", "to notify a change"),
    "correct": Text("届出を訂正すること", "to correct a notification"),
    "order": Text("届出の命令をすべき旨", "that an order be issued"),
    "other_measure": Text("その他の措置をとるべき旨", "that another measure be taken"),
}
HEARD: Mapping[str, Text] = {
    "in_writing": Text("書面により意見を聴いた", "heard in writing"),
    "orally": Text("口頭で意見を聴いた", "heard orally"),
    "not_held": Text("意見を聴いていない", "not heard"),
}
SERVED: Mapping[str, Text] = {
    "system": Text("当システム（受領の知らせあり）", "this system (acknowledged)"),
    "hand": Text("手渡し", "by hand"),
    "post": Text("郵便", "by post"),
    "electronic": Text("電子メールその他の電子的方法", "electronically"),
    "other": Text("その他の方法", "another way"),
    "refused": Text("相手の設置が受け取らなかった", "the addressee's deployment did not take it in"),
}


BY_HAND = ("hand", "post", "electronic", "other")
"""The ways of service that people record; this system's own is recorded by the addressee's acknowledgement."""


def say(words: Mapping[str, Text], code: object) -> str:
    """Return a code in the reader's language."""
    return saying.say(words, code)


def hint(row: Mapping[str, Any]) -> str:
    """Return what a hint says; nothing of what is withheld."""
    said = row["said"]
    if said is None:
        return ""
    told = dict(said)
    if told.pop("more", False):
        return hints.SAID["more"].pick(saying.language()).format(**told)
    if "clause" in told:
        told["clause"] = saying.clause(told["clause"])
    return hints.SAID[row["code"]].pick(saying.language()).format(**told)
