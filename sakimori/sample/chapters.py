"""The six chapters of the story: each plays its steps and tells what was decided, under which article."""

from typing import TYPE_CHECKING

from sakimori.sample.stage import DEPLOYMENTS, WORLD, StageError
from sakimori.text import Text

if TYPE_CHECKING:
    from sakimori.sample.story import Story

HERO = "power"


def assets(story: "Story") -> None:
    """Step 1: what must be notified is found, filed by two persons, arrives, and is passed on."""
    tell = story.tell
    tell.step(1, Text("特定重要電子計算機の届出", "Notification of specified critical computers"))
    for operator in story.world.designations:
        took = story.at(operator, "assets:take_in", world=WORLD, operators=story.operators, count=story.assets)
        if "faults" in took:
            raise StageError(Text(str(took["faults"][:3]), str(took["faults"][:3])), where=operator)
        if operator == HERO:
            _tell_register(story, took)
    ministers = set()
    for operator, designation in story.world.designations.items():
        ministers.add(designation.minister)
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
    passed = [row for one in sorted(ministers) for row in story.at(one, "assets:pass_on_all", world=WORLD)]
    tell.say(
        f"各大臣は届出{len(passed)}件を速やかに内閣総理大臣へ通知しました。",
        f"The ministers passed {len(passed)} notifications on to the Prime Minister, promptly.",
        article="強化法4(2)",
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
    """Step 2."""


def measures(story: "Story") -> None:
    """Step 3."""


def selection(story: "Story") -> None:
    """Step 4."""


def warnings(story: "Story") -> None:
    """Step 5."""


def account(story: "Story") -> None:
    """Step 6: every deployment is verified, every receipt with it."""
    tell = story.tell
    tell.step(6, Text("すべての記録の検証", "The account of it all"))
    story.settle()
    for name in DEPLOYMENTS:
        found = story.call(name, "floor:verify")
        counts = found["counts"]
        tell.say(
            f"設置「{name}」: 行為 {counts['acts']}、記録の葉 {counts['log_entries']}、封筒 {counts['envelopes_in']}、問題 {len(found['problems'])}",
            f"Deployment {name}: {counts['acts']} acts, {counts['log_entries']} log entries, "
            f"{counts['envelopes_in']} envelopes taken in, {len(found['problems'])} problems.",
        )
        if found["problems"]:
            raise StageError(Text(str(found["problems"][:3]), str(found["problems"][:3])), where=name)
