"""What coded values mean, by the field they stand in: clauses, businesses, act kinds, restrictions, markings.

The law book has the words for its own codes; the few others stand here. `words.choice` asks here first and otherwise
makes words from the name. A test walks every coded value of every payload and fails on one without both languages.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

from sakimori import law
from sakimori.law.businesses import business
from sakimori.law.tables import table, tables
from sakimori.text import Text

_TLP = "tlp:"
_ABOUT = re.compile(r"\([^、)]+、(.+)\)。$")
_OWN_LAYOUT = Text("当システムの様式（公式の様式は未公表）", "our own layout (the official one is not published)")
_WORDS: Mapping[str, Mapping[str, Text]] = {
    "layout": {"sakimori/1": _OWN_LAYOUT},
    "form": {
        "sakimori/1": _OWN_LAYOUT,
        "sakimori/change/1": _OWN_LAYOUT,
        "sakimori/substitute/1": _OWN_LAYOUT,
        "1": Text("共通様式1（DDoS）", "common form 1 (DDoS)"),
        "2": Text("共通様式2（ランサムウェア）", "common form 2 (ransomware)"),
        "3": Text("共通様式3（その他）", "common form 3 (others)"),
    },
    "ending": {
        "open": Text("継続中", "running"),
        "fulfilled": Text("履行済み", "fulfilled"),
        "not_reportable": Text("義務なし（報告を要しないと判断）", "no duty: judged not reportable"),
        "corrected": Text("終了（訂正により数え直し）", "ended: counted anew after a correction"),
        "withdrawn": Text("終了（取下げ）", "ended: withdrawn"),
        "same_as": Text("終了（同じものが提出済み）", "ended: the same was filed already"),
        "nothing_left": Text("義務なし（届け出るものがない）", "no duty: nothing is left to notify"),
        "changed_back": Text("終了（届け出る前に元へ戻った）", "ended: undone before it was notified"),
        "replaced": Text("終了（別の期限に置き換え）", "ended: another clock runs instead"),
    },
    "sides": {
        "source": Text("送信元", "source"),
        "destination": Text("送信先", "destination"),
        "either": Text("どちらか", "either"),
    },
    "unit": {
        "appliance": Text("アプライアンス", "appliance"),
        "os": Text("オペレーティングシステム", "operating system"),
        "middleware": Text("ミドルウェア", "middleware"),
        "application": Text("アプリケーション", "application"),
        "cloud": Text("クラウドサービス", "cloud service"),
    },
    "channel": {
        "envelope": Text("当システム", "this system"),
        "counter": Text("窓口へ持参（書面）", "handed in on paper"),
        "post": Text("郵送（書面）", "by post"),
        "email": Text("電子メール", "e-mail"),
        "portal": Text("官民連携基盤", "public-private portal"),
        "other": Text("その他の方法", "another way"),
    },
    "what": {
        "notification": Text("届出（強化法4条1項）", "notification (Art 4(1))"),
        "change": Text("変更の届出（強化法4条3項）", "notification of a change (Art 4(3))"),
        "substitute": Text("推進法の届出書による届出（命令2条4項）", "prior-review paper in place of the form"),
        "component_report": Text(
            "推進法54条4項の報告（命令3条3項）",
            "report under ESPA Art. 54(4) in place of a change notification (Order Art. 3(3))",
        ),
        "correction": Text("届出の訂正", "correction of a notification"),
        "none": Text("届け出るものがない旨の連絡（様式なし）", "statement of nothing to notify (no form in law)"),
        "first": Text("速報（最初の報告）", "first report"),
        "full": Text("詳報", "full report"),
        "supplement": Text("補充・訂正", "supplement or correction"),
        "notify": Text("届出をすること", "to notify"),
        "notify_change": Text("変更の届出をすること", "to notify a change"),
        "correct": Text("届出を訂正すること", "to correct a notification"),
        "order": Text("届出の命令", "an order to notify"),
        "other_measure": Text("その他の措置", "another measure"),
    },
    "way": {
        "in_writing": Text("書面により意見を聴いた", "heard in writing"),
        "orally": Text("口頭で意見を聴いた", "heard orally"),
        "not_held": Text("意見を聴いていない", "not heard"),
    },
    "how": {
        "system": Text("当システム", "this system"),
        "hand": Text("手渡し", "by hand"),
        "post": Text("郵便", "by post"),
        "electronic": Text("電子メールその他の電子的方法", "electronically"),
        "other": Text("その他の方法", "another way"),
    },
    "measure": {
        "transfer": Text("移管", "transfer to the archives"),
        "dispose": Text("廃棄", "disposal"),
        "unknown": Text("未定", "not set"),
    },
    "retention": {
        "unknown": Text("保存期間が未定", "retention unknown"),
        "permanent": Text("期限なし", "kept for good"),
        "kept": Text("保存中", "kept"),
        "due": Text("保存期間が満了", "retention over"),
    },
    "disclosure": {"filer": Text("届出・報告者", "the filer's"), "office": Text("行政機関", "the office's own")},
    "limbs": {
        "1": Text("5条1号（個人に関する情報）", "5(i) (individuals)"),
        "1-2": Text("5条1号の2（行政機関等匿名加工情報）", "5(i-2) (anonymised information)"),
        "2": Text("5条2号（法人等に関する情報）", "5(ii) (corporations)"),
        "3": Text("5条3号（国の安全等）", "5(iii) (national security)"),
        "4": Text("5条4号（公共の安全等）", "5(iv) (public safety)"),
        "5": Text("5条5号（審議・検討等）", "5(v) (deliberation)"),
        "6": Text("5条6号（事務・事業）", "5(vi) (affairs and business)"),
    },
    "paper": {
        "plan": Text("導入等計画書（推進法52条1項）", "introduction plan (Art 52(1))"),
        "emergency": Text("緊急導入等届出書（推進法52条11項）", "emergency introduction filing (Art 52(11))"),
    },
    "covers": {
        "waiting": Text("到達の時に届出を待っていたもの全部", "everything that waited to be notified when it arrived"),
        "unknown": Text(
            "一部又は不明（何も届出済みとしない）", "part of it, or unknown: nothing counts as notified by it"
        ),
    },
    "contents": {
        "typed": Text("内容を入力した", "contents typed in"),
        "paper": Text("内容は書面のまま（未入力）", "contents on paper, not transcribed"),
    },
    "status": {"recorded": Text("報告の要否は未判定", "not decided yet")},
    "outcome": {"refused": Text("承認せず", "not approved")},
    "source": {
        "CISA KEV": Text("CISA KEV（悪用が確認された脆弱性の一覧）", "CISA KEV (known exploited vulnerabilities)")
    },
}


@cache
def _clauses() -> Mapping[str, Text]:
    """Return, by identifier, the article of each clause and what it says: `meirei1-1-3` → 命令1(1)(iii) and more."""
    found = table("kyokaho.scope")
    articles = {row.outcome: str(row.values.get("article", row.article)) for row in found.rows}
    return {
        key: Text(f"{articles[key]} {_short(said.ja)}", f"{articles[key]} {said.en}") if key in articles else said
        for key, said in found.outcomes.items()
    }


def _short(said: str) -> str:
    """Return what a clause is about, out of the sentence of a decision: “…です(命令1条1項3号、〈this〉)。”."""
    inner = _ABOUT.search(said)
    return inner[1] if inner else said


@cache
def _answers() -> Mapping[tuple[str, str], Text]:
    """Return the answers the law's own questions allow, by the fact asked for and the answer's code."""
    found: dict[tuple[str, str], Text] = {}
    for one in tables():
        for name, spec in one.facts.items():
            for code, said in spec.allowed.items():
                found.setdefault((name, code), said)
    return found


def _clause(code: str) -> Text | None:
    return _clauses().get(code)


def _business(code: str) -> Text | None:
    found = business(code)
    return found.title if found else None


def _kind(code: str) -> Text | None:
    try:
        return law.kind(code).title
    except law.UnknownKindError:
        return None


def _restriction(code: str) -> Text | None:
    if code.startswith(_TLP):
        return Text(code.upper(), code.upper())
    try:
        return law.restriction(code).title
    except law.UnknownRestrictionError:
        return None


def _rule(code: str) -> Text | None:
    try:
        return law.rule(code).title
    except law.UnknownRuleError:
        return None


def _article(code: str) -> Text | None:
    """The committee's bases are named by the bare number of their article in 強化法."""
    if not code.isdecimal():
        return None
    try:
        found = law.article(f"強化法{code}")
    except law.UnknownArticleError:
        return None
    return Text(f"{found.ref}条（{found.title.ja}）", f"{found.ref} ({found.title.en})")


_SAYERS: Mapping[str, Callable[[str], Text | None]] = {
    "clause": _clause,
    "business_type": _business,
    "business": _business,
    "kind": _kind,
    "kinds": _kind,
    "restriction": _restriction,
    "releases": _restriction,
    "rule": _rule,
    "basis": _article,
}


def meaning(value: object, field: str = "") -> Text | None:
    """Return what a coded value means in the field it stands in; None where nobody has a word for it."""
    code = str(value)
    if code.startswith(_TLP):
        return Text(code.upper(), code.upper())
    sayer = _SAYERS.get(field)
    found = sayer(code) if sayer else None
    return found or _WORDS.get(field, {}).get(code) or _answers().get((field, code))
