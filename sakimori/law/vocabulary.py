"""How the fixed words of the law data (organisation types, roles, addressees, units) are said in both languages."""

from datetime import date

from sakimori.law import sentences
from sakimori.text import Text

ORGANISATION_WORDS = {
    "operator": Text("特別社会基盤事業者", "operator"),
    "vendor": Text("供給者", "vendor"),
    "contractor": Text("受託者", "contractor"),
    "ministry": Text("所管省庁", "ministry"),
    "regional_bureau": Text("地方支分部局", "regional bureau"),
    "cabinet_office": Text("内閣府", "Cabinet Office"),
    "committee": Text("監理委員会", "oversight committee"),
    "ppc": Text("個人情報保護委員会", "PPC"),
    "police": Text("警察", "police"),
    "defence": Text("防衛省", "defence ministry"),
    "sector_body": Text("セプター", "sector body"),
    "carrier": Text("電気通信事業者", "carrier"),
    "ipa": Text("IPA", "IPA"),
    "nict": Text("NICT", "NICT"),
    "jpcert": Text("JPCERT/CC", "JPCERT/CC"),
    "council_associate": Text("協議会の準構成員", "council associate"),
    "foreign_government": Text("外国の政府等", "foreign government"),
    "any": Text("すべての組織", "any organisation"),
    "system": Text("システム", "the system"),
}
ROLE_WORDS = {
    "reporter": Text("報告担当", "reporter"),
    "approver": Text("承認者", "approver"),
    "viewer": Text("閲覧者", "viewer"),
    "vendor_contact": Text("供給者の窓口", "vendor contact"),
    "intake": Text("受付", "intake"),
    "officer": Text("担当官", "officer"),
    "decider": Text("決裁者", "decider"),
    "analyst": Text("分析官", "analyst"),
    "chair": Text("委員長", "chair"),
    "member": Text("委員", "member"),
    "secretariat": Text("事務局", "secretariat"),
    "inspector": Text("検査官", "inspector"),
    "liaison": Text("連絡担当", "liaison"),
    "administrator": Text("管理者", "administrator"),
    "any": Text("だれでも", "anybody"),
    "system": Text("自動", "by itself"),
}
ADDRESSEE_WORDS = {
    **ORGANISATION_WORDS,
    "minister": Text("所管大臣", "the minister"),
    "prime_minister": Text("内閣総理大臣", "the Prime Minister"),
    "recipient": Text("受け手", "the recipient"),
    "supplier": Text("供給者", "the supplier"),
    "supplier_minister": Text("供給者の所管大臣", "the supplier's minister"),
    "foreign_minister": Text("外務大臣", "the Foreign Minister"),
    "computer_administrator": Text("電子計算機の管理者", "the computer's administrator"),
    "requester": Text("求めた者", "the requester"),
    "council_members": Text("協議会の構成員", "council members"),
    "diet": Text("国会", "the Diet"),
    "persons_concerned": Text("本人", "the persons concerned"),
    "all_operators": Text("すべての事業者", "all operators"),
    "agreement_party": Text("協定の相手方", "the other party"),
    "public": Text("公衆", "the public"),
    "actor": Text("行為者", "the actor"),
}
SECOND_WORDS = {
    "none": Text("不要", "not needed"),
    "house": Text("要(当システムの定め)", "needed (house rule)"),
    "law": Text("要(法の定め)", "needed (law)"),
}
CONFIDENCE_WORDS = {
    "certain": Text("確か", "certain"),
    "likely": Text("おそらく", "likely"),
    "unknown": Text("未詳", "unknown"),
}
_UNIT_WORDS = {
    "minutes": Text("分", " minutes"),
    "percent": Text("%", "%"),
    "people": Text("人", " people"),
    "yen": Text("円", " yen"),
    "eur": Text("ユーロ", " euro"),
    "usd": Text("米ドル", " US dollars"),
    "households": Text("戸", " households"),
    "kilowatts": Text("kW", " kW"),
    "subscribers": Text("利用者", " subscribers"),
    "day_of_month": Text("日", "th of the month"),
    "month": Text("月", "th month"),
    "bytes": Text("バイト", " bytes"),
    "seconds": Text("秒", " seconds"),
}


def measured(value: object, unit: str) -> Text:
    """Return a value with its unit as people say it: 30日 / 30 days, 2,000,000円 / 2,000,000 yen."""
    if value is None:
        return Text("?", "?")
    if isinstance(value, date):
        return Text(value.isoformat(), value.isoformat())
    if isinstance(value, list):
        return Text("、".join(map(str, value)), ", ".join(map(str, value)))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Text(str(value), str(value))
    if isinstance(value, int) and unit in sentences.UNITS:
        return sentences.amount(value, unit)
    word = _UNIT_WORDS.get(unit, Text("", ""))
    return Text(f"{value:,}{word.ja}", f"{value:,}{word.en}")


def actor(organisation: str, role: str) -> Text:
    """Return who may act: 所管省庁の決裁者 / decider (ministry)."""
    who, what = ORGANISATION_WORDS[organisation], ROLE_WORDS[role]
    if organisation == role:  # the system, and anybody at all
        return what if role == "any" else who
    return Text(f"{who.ja}の{what.ja}", f"{what.en} ({who.en})")


def within(word: str, rule_title: Text | None) -> Text:
    """Return by when somebody must be told: a word of the law, or the clock of that title."""
    if rule_title is not None:
        return Text(f"「{rule_title.ja}」の期限まで", f"within: {rule_title.en}")
    return sentences.PROMPT_WORDS[word]
