"""The chapters on what is law today: each plays its steps and tells what was decided, under which article."""

import shutil
from typing import TYPE_CHECKING, Any

from sakimori import proofs
from sakimori.proofs.logdir import inspect_log
from sakimori.sample.stage import DEPLOYMENTS, WORLD, StageError
from sakimori.text import Text

if TYPE_CHECKING:
    from sakimori.sample.story import Story

HERO = "power"


def assets(story: "Story") -> None:
    """Step 1: what must be notified is found, filed by two persons, arrives, and is passed on."""
    tell = story.tell
    tell.step(1, Text("特定重要電子計算機の届出", "Notification of specified critical computers"))
    for operator in tell.progress(story.world.designations, Text("取込み", "importing")):
        took = story.at(operator, "assets:take_in", world=WORLD, operators=story.operators, count=story.assets)
        if "faults" in took:
            raise StageError(Text(str(took["faults"][:3]), str(took["faults"][:3])), where=operator)
        if operator == HERO:
            _tell_register(story, took)
    ministers = set()
    for operator in tell.progress(story.world.designations, Text("届出", "filing")):
        ministers.add(story.world.designations[operator].minister)
        for filed in story.at(operator, "assets:file_all", world=WORLD):
            if operator == HERO:
                tell.say(
                    f"{filed['proposer']}が提案し、{filed['confirmer']}が確認して、「{filed['category']}」の{filed['rows']}台を届け出ました。",
                    f"{filed['rows']} computers of one facility category were filed: proposed by one person, confirmed "
                    "by another (house rule).",
                    article="強化法4(1)、命令2(5)",
                )
                tell.receipt(filed["receipt"])
    story.settle()
    mine = story.at(HERO, "assets:arrived", world=WORLD)
    minister = story.name(story.world.designations[HERO].minister)
    states = {row["status"] for row in mine}
    tell.say(
        f"封筒が{minister.ja}に届き、署名済みの受領確認が返りました（状態: {'・'.join(sorted(states))}）。到達して初めて義務が果たされます。",
        f"The envelopes arrived at the {minister.en}; signed acknowledgements came back ({', '.join(sorted(states))}). "
        "Only arrival settles the obligation.",
    )
    if states != {"arrived"}:
        raise StageError(Text("届出が到達していません。", "A notification has not arrived."), where=str(states))
    _ask(story, story.world.designations[HERO].minister, str(mine[0]["act"]))
    passed = [row for one in sorted(ministers) for row in story.at(one, "assets:pass_on_all", world=WORLD)]
    tell.say(
        f"各大臣は届出{len(passed)}件を速やかに内閣総理大臣へ通知しました。",
        f"The ministers passed {len(passed)} notifications on to the Prime Minister, promptly.",
        article="強化法4(2)",
    )


def _ask(story: "Story", minister: str, filed: str) -> None:
    """The minister's office asks about a filing, and the operator answers: from one deployment to the other and back."""
    number = story.at(minister, "assets:ask", world=WORLD, filed=filed)["number"]
    story.settle()
    told = story.at(HERO, "assets:answer", world=WORLD, number=number)
    story.settle()
    states = {
        story.at(minister, "assets:state", world=WORLD, role="intake", number=number),
        story.at(HERO, "assets:state", world=WORLD, role="reporter", number=number),
    }
    if states != {"answered"}:
        raise StageError(Text("照会への回答が届いていません。", "The answer has not arrived."), where=str(states))
    story.tell.say(
        f"{story.name(minister).ja}の照会「{told['text']}」に、事業者が答えました。届出に手掛かりがあれば、官署は行を選んで尋ねられます。",
        f"The {story.name(minister).en} asked about one row and the operator answered; findings are hints to ask by.",
        article="強化法10",
    )


def _tell_register(story: "Story", took: dict[str, object]) -> None:
    tell = story.tell
    name = story.name(HERO)
    scope, notify = took["scope"], took["notify"]
    tell.say(
        f"{name.ja}が電子計算機{took['rows']}件の CSV を取り込みました。対象 {scope.get('in', 0)}、対象外 {scope.get('out', 0)}、確認待ち {scope.get('open', 0)}。",  # type: ignore[attr-defined]
        f"{name.en} imported a CSV list of {took['rows']} computers: {scope.get('in', 0)} in scope, "  # type: ignore[attr-defined]
        f"{scope.get('out', 0)} out, {scope.get('open', 0)} open questions.",  # type: ignore[attr-defined]
        article="施行令1(3)、命令1",
    )
    tell.receipt(took["receipt"])  # type: ignore[arg-type]
    tell.say(
        f"届出が必要 {notify.get('yes', 0)}、免除 {notify.get('exempt', 0)}（専用品・Windows 等の指定品）。免除でも事故は報告の対象です。",  # type: ignore[attr-defined]
        f"{notify.get('yes', 0)} must be notified, {notify.get('exempt', 0)} are exempt (made for one operator, or designated "  # type: ignore[attr-defined]
        "items such as Windows). Exempt ones stay reportable.",
        article="命令2(1)ただし書",
    )
    for example in took["examples"][:5]:  # type: ignore[index]
        finding = story.at(HERO, "assets:explain", world=WORLD, computer=example["id"])
        part = finding["notify"] if example["notify"] == "exempt" else finding["scope"]
        reason = part["reasons"][0] if part["reasons"] else None
        if reason:
            tell.say(
                f"例「{example['name']}」（{example['maker']} {example['product']}）: {reason['text']['ja']}",
                reason["text"]["en"],
                article=reason["article"],
            )
    duty = took["duties"][0]  # type: ignore[index]
    tell.say(f"期限は {duty['due_on']} です。", f"It is due on {duty['due_on']}.")
    tell.derivation(duty["derivation"]["derivation"])


def incidents(story: "Story") -> None:
    """Step 2: an operator becomes aware, the law decides, two persons file one form, it arrives everywhere it must."""
    tell = story.tell
    tell.step(
        2, Text("特定侵害事象の報告（ランサムウェア、共通様式2）", "An incident report (ransomware, common form 2)")
    )
    told = story.at(HERO, "incidents:aware", world=WORLD, operators=story.operators, weakness=story.weakness)
    case = told["case"]
    tell.say(
        "認知を記録しました。ここから時計が動きます。",
        "Awareness is recorded: the clocks run from here.",
        article="強化法5、命令4(2)",
    )
    tell.receipt(told["receipt"])
    decided = story.at(HERO, "incidents:decide", world=WORLD, operators=story.operators, case=case)
    reportable = next(one for one in decided["decisions"] if one["table"] == "kyokaho.incident.reportable")
    for reason in reportable["reasons"][:3]:
        tell.say(reason["text"]["ja"], reason["text"]["en"], article=reason["article"])
    for clock in decided["clocks"]:
        due = clock["due_on"] or "速やかに"
        tell.say(
            f"{clock['title_ja']}: {due}",
            f"{clock['title_en']}: {clock['due_on'] or 'promptly (no number in the order)'}",
        )
        if clock["due_on"]:
            tell.derivation(clock["derivation"]["derivation"])
    for filed in story.at(
        HERO, "incidents:file", world=WORLD, operators=story.operators, case=case, weakness=story.weakness
    ):
        names = [story.name_of(addressee) for addressee in filed["addressees"]]
        tell.say(
            f"{filed['proposer']}が提案し、{filed['confirmer']}が確認して、{'・'.join(name.ja for name in names)}へ出しました。",
            f"Filed by two persons to: {'; '.join(name.en for name in names)}.",
        )
        tell.receipt(filed["receipt"])
    story.settle()
    for way in story.at(HERO, "incidents:follow", world=WORLD, case=case)["case"]["filings"]:
        states = {one["status"] for one in way["addressees"]}
        if states != {"arrived"}:
            raise StageError(Text("報告が到達していません。", "A report has not arrived."), where=str(way["lane"]))
    minister = story.world.designations[HERO].minister
    seen = story.at(minister, "incidents:received", role="officer", world=WORLD)
    tell.say(
        f"すべての宛先に到達しました。{story.name(minister).ja}と内閣総理大臣の一覧にも同じ30日の時計が出ています（{len(seen['clocks'])}件）。",
        f"It arrived everywhere. The same 30-day clock shows at the minister and the Prime Minister ({len(seen['clocks'])}).",
        article="命令4(2)",
    )
    others = story.at("rail", "floor:read", role="reporter", world=WORLD, query="incidents.cases")
    tell.say(
        f"ほかの事業者に見えるもの: {len(others)}件。",
        f"What another operator sees of it: {len(others)} things.",
    )
    if others:
        raise StageError(Text("他の事業者に見えています。", "Another operator sees it."), where="rail")


def warnings(story: "Story") -> None:
    """Step 5: what is exploited is matched with what was notified; exactly those concerned are warned; one answers."""
    tell = story.tell
    tell.step(5, Text("分析と注意喚起", "Analysis and warnings"))
    data = str(story.kev) if story.kev else None
    story.at("cabinet", "warnings:load", world=WORLD, data=data, state="before")
    loaded = story.at("cabinet", "warnings:load", world=WORLD, data=data, state="after")
    tell.say(
        f"悪用が確認された脆弱性の一覧（KEV）{loaded['entries']}件のうち、更新で{loaded['new']}件が新しいか変わりました。",
        f"Of {loaded['entries']} known exploited vulnerabilities, {loaded['new']} are new or changed by the update.",
        article="強化法37",
    )
    tell.receipt(loaded["receipt"])
    matched = story.at("cabinet", "warnings:match", world=WORLD, load=loaded["act"])
    tell.say(
        f"届出された製品との照合: 確か {matched['grades'].get('exact', 0) + matched['grades'].get('alias', 0)}、推定のみ {matched['grades'].get('suggested', 0)}（推定だけでは警告しません）。",
        f"Matched with notified products: {matched['grades'].get('exact', 0) + matched['grades'].get('alias', 0)} sure, "
        f"{matched['grades'].get('suggested', 0)} mere suggestions (these warn nobody by themselves).",
    )
    chosen = _choose(story, matched["findings"])
    if not chosen:
        tell.say(
            "この規模の見本では、届出された製品に該当するものがありません。だれにも警告しません。",
            "In a sample this small no notified product is concerned. Nobody is warned.",
        )
        return
    minister = story.world.designations[HERO].minister
    mine = [row for row in chosen if row["minister"] == str(story.world.organisations[minister].id)]
    given = story.at(
        "cabinet",
        "warnings:provide",
        world=WORLD,
        minister=minister,
        findings=[r["id"] for r in mine],
        text="悪用が続いている。報告された指標を添える。",
    )
    tell.say(
        f"内閣総理大臣が照合結果{len(mine)}件と報告の指標{given['indicators']}件を{story.name(minister).ja}へ提供しました。",
        f"The Prime Minister provided {len(mine)} findings and {given['indicators']} reported indicators to the minister.",
        article="強化法38(1)",
    )
    tell.receipt(given["receipt"])
    advisory = mine[0]["advisory__identifier"]
    payload = {
        "content": _content(advisory, mine[0]),
        "findings": [row["id"] for row in mine],
        "taken_out": "届出者と報告者を特定できる事項、届出の台数、報告された指標の出所",
    }
    released = story.at(minister, "warnings:release", world=WORLD, kind="warnings.release.make", payload=payload)
    tell.say(
        f"{released['proposer']}が内容を許可項目だけで書き起こし、除いたものを記し、{released['confirmer']}が確認しました（解除行為）。",
        "An officer re-entered the content from the allow-list and stated what was taken out; the decider confirmed (release act).",
        article="強化法40(1)",
    )
    tell.receipt(released["receipt"])
    story.settle()
    _tell_delivery(story, minister, released["warning"])
    _tell_designated(story, [row for row in matched["findings"] if row["reach"] == "designated"])


def _choose(story: "Story", findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the sure findings of the advisory that touches the hero's notified products (the first, if several do; or none)."""
    hero = str(story.world.organisations[HERO].id)
    sure = [row for row in findings if row["reach"] == "notified" and row["grade"] != "suggested"]
    touched = [row["advisory__identifier"] for row in sure if row["operator"] == hero]
    first = story.weakness if story.weakness in touched else next(iter(touched), "")
    return [row for row in sure if row["advisory__identifier"] == first]


def _content(advisory: str, row: dict[str, Any]) -> dict[str, Any]:
    title = row["advisory__title"]
    return {
        "advisories": [advisory],
        "title_ja": f"{advisory} の悪用について",
        "title_en": f"Exploitation of {advisory}",
        "what_ja": f"{title} の悪用が確認されています。貴社の届出製品が該当する可能性があります。版は届出事項ではないため、貴社で確認してください。",
        "what_en": f"{title} is being exploited. A product you notified may be affected; versions are not notified, so please check.",
        "measures_ja": "供給者の修正を適用し、境界装置の記録に不審な接続がないか確認してください。",
        "measures_en": "Apply the supplier's fix and look for odd connections in the logs of boundary devices.",
        "indicators": [{"kind": "ipv4", "value": "203.0.113.77"}],
    }


def _public(advisory: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a notice to everybody: what is published, nothing of any report."""
    title = row["advisory__title"]
    return {
        "advisories": [advisory],
        "title_ja": f"{advisory} の悪用について（全事業者への周知）",
        "title_en": f"Exploitation of {advisory} (to every operator)",
        "what_ja": f"{title} の悪用が公表されています。届出を免除された製品のため、使用の有無は各社で確認してください。",
        "what_en": f"{title} is published as exploited. The product is exempt from notification: please check whether you use it.",
        "measures_ja": "供給者の修正を適用してください。",
        "measures_en": "Apply the supplier's fix.",
    }


def _tell_delivery(story: "Story", issuer: str, warning: str) -> None:
    tell = story.tell
    went = story.at(issuer, "warnings:recipients", world=WORLD, warning=warning)
    concerned = {story.key_of(row["organisation"]) for row in went}
    tell.say(
        f"送付先は該当する{len(went)}者だけです。",
        f"It went to exactly the {len(went)} concerned.",
    )
    received = story.at(HERO, "warnings:received", world=WORLD)
    (mine,) = [row for row in received if row["number"] == warning]
    for line_ja, line_en in zip(mine["reason_ja"].splitlines()[:2], mine["reason_en"].splitlines()[:2], strict=False):
        tell.say(f"理由: {line_ja}", line_en)
    done = story.at(
        HERO,
        "warnings:answer",
        world=WORLD,
        number=warning,
        answer="affected_mitigating",
        note="該当版を使用。本日中に更新する。",
    )
    tell.say(
        "事業者が「該当・対処中」と回答しました。",
        "The operator answered: affected, mitigating.",
        article="強化法40(2)",
    )
    tell.receipt(done["receipt"])
    story.settle()
    answered = [row for row in story.at(issuer, "warnings:recipients", world=WORLD, warning=warning) if row["answer"]]
    if len(answered) != 1:
        raise StageError(Text("回答が届いていません。", "The answer has not arrived."), where=issuer)
    for operator in story.world.designations:
        if operator in concerned:
            continue
        seen = [row for row in story.at(operator, "warnings:received", world=WORLD) if row["number"] == warning]
        inbox = story.at(operator, "floor:read", role="reporter", world=WORLD, query="acts.inbox")
        told = [row for row in inbox if row["kind"].startswith("warnings.")]
        if seen or told:
            raise StageError(Text("関係のない事業者に見えています。", "One not concerned sees it."), where=operator)
    tell.say(
        f"該当しない{len(story.world.designations) - len(concerned)}者には何も見えません。ほかに宛先があったことも分かりません。",
        f"The {len(story.world.designations) - len(concerned)} not concerned see nothing, not even that others were warned.",
    )


def _tell_designated(story: "Story", findings: list[dict[str, Any]]) -> None:
    tell = story.tell
    if not findings:
        return
    first = findings[0]["advisory__identifier"]
    rows = [row for row in findings if row["advisory__identifier"] == first]
    payload = {
        "content": _public(first, rows[0]),
        "findings": [row["id"] for row in rows],
        "taken_out": "なし（公表情報のみ）",
    }
    released = story.at("cabinet", "warnings:release", world=WORLD, kind="warnings.notice.publish", payload=payload)
    story.settle()
    went = story.at("cabinet", "warnings:recipients", world=WORLD, warning=released["warning"])
    arrived = sum(1 for row in went if row["arrived_at"])
    tell.say(
        f"Windows は届出を免除されているので、誰が使うか分かりません。そこで{first}は全{len(went)}者へ周知し、{arrived}者に届きました。",
        f"Windows is exempt from notification, so nobody knows who uses it: {first} went to all {len(went)}, {arrived} arrived.",
        article="強化法41",
    )
    tell.receipt(released["receipt"])
    if arrived != len(story.world.designations):
        raise StageError(Text("全員に届いていません。", "It has not reached everybody."), where=str(arrived))


def account(story: "Story") -> None:
    """Step 6: every deployment is verified, every receipt with it; a flipped byte is found."""
    tell = story.tell
    tell.step(6, Text("すべての記録の検証", "The account of it all"))
    story.settle()
    for name in DEPLOYMENTS:
        found = story.call(name, "floor:verify")
        counts = found["counts"]
        tell.say(
            f"設置「{name}」: 行為と記録証明 {counts['acts']}、記録の葉 {counts['log_entries']}、届いた封筒 {counts['envelopes_in']}、問題 {len(found['problems'])}",
            f"Deployment {name}: {counts['acts']} acts and receipts, {counts['log_entries']} log entries, "
            f"{counts['envelopes_in']} envelopes taken in, {len(found['problems'])} problems.",
        )
        if found["problems"]:
            raise StageError(Text(str(found["problems"][:3]), str(found["problems"][:3])), where=name)
    _tell_offline(story)
    _tell_flipped(story)


def _tell_offline(story: "Story") -> None:
    """Verify the receipt the operator keeps of its first filing, with nothing but the key ring."""
    filed = story.at(HERO, "assets:arrived", world=WORLD)[0]
    host = story.world.organisations[HERO].deployment
    receipt = story.call(host, "floor:receipt", act=filed["act"])
    ring = proofs.parse_keyring(story.call(host, "floor:keyring"))
    proven = proofs.verify_receipt(receipt, ring)
    if proven.inclusion is None or proven.act is None:
        raise StageError(Text("記録証明に証明がありません。", "The receipt carries no proof."), where=proven.act_id)
    story.tell.say(
        f"事業者の手元の記録証明は、鍵束だけで、この設置なしに確かめられます（記録の{proven.inclusion.index}番目の葉）。",
        f"The receipt that the operator keeps verifies offline with the key ring alone (leaf {proven.inclusion.index}).",
    )


def _tell_flipped(story: "Story") -> None:
    """Flip one bit in a copy of each deployment's log and have the pure verifier find it."""
    for name in DEPLOYMENTS:
        copy = story.stage.root / "flipped" / name
        shutil.copytree(story.stage.home(name) / "log", copy)
        entries = min(path for path in (copy / "tile" / "entries").rglob("*") if path.is_file())
        data = bytearray(entries.read_bytes())
        data[len(data) // 2] ^= 1
        entries.write_bytes(bytes(data))
        ring = proofs.parse_keyring(story.call(name, "floor:keyring"))
        if inspect_log(copy, ring).sound:
            raise StageError(Text("改ざんが見つかりません。", "The flipped bit was not found."), where=name)
    story.tell.say(
        "各設置の記録の写しで1ビットだけ変えると、どれも検証で見つかりました。",
        "With one bit flipped in a copy of each log, the verifier found it every time.",
    )
