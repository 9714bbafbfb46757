"""Step 1 of the loop: an inventory comes in, is placed by clause, and what must be notified is filed and passed on."""

from collections import Counter
from typing import Any

from sakimori.acts import batches, clock, door, proposals, reading
from sakimori.assets import drafting, importing
from sakimori.sample.inventory import inventory_csv
from sakimori.sample.organisations import sample_world
from sakimori.sample.steps.floor import viewer


def take_in(organisation: str, world: str, operators: int, count: int) -> dict[str, Any]:
    """Import the operator's own CSV file as its reporter; return what the law said of it, in numbers and examples."""
    reporter = viewer(organisation, "reporter", world)
    table = inventory_csv(sample_world(operators), organisation, count)
    checked = importing.check(table, drafting.facilities_of(reporter), clock.today(world))
    if checked.faults:
        return {"faults": [fault.as_dict() for fault in checked.faults]}
    batch = batches.stage("assets.register.import", checked.rows, by=reporter)
    done = door.perform("assets.register.import", {"source": "inventory.csv"}, by=reporter, batch=batch.id)
    rows = reading.read(reporter, "assets.register")
    examples: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        examples.setdefault((row["scope"], row["notify"], row["clause"]), row)
    return {
        "receipt": done.receipt,
        "rows": len(rows),
        "scope": Counter(row["scope"] for row in rows),
        "notify": Counter(row["notify"] for row in rows),
        "clauses": Counter(row["clause"] for row in rows if row["clause"]),
        "examples": [
            {key: row[key] for key in ("id", "name", "maker", "product", "scope", "clause", "notify")}
            for row in examples.values()
        ],
        "duties": reading.read(reporter, "assets.duties"),
    }


def explain(organisation: str, world: str, computer: str) -> dict[str, Any]:
    """Return the law's finding about one computer, with reasons in both languages."""
    row = reading.read_one(viewer(organisation, "reporter", world), "assets.computer", computer=computer)
    finding: dict[str, Any] = row["finding__content"]
    return finding


def file_all(organisation: str, world: str) -> list[dict[str, Any]]:
    """File everything that waits, category by category: the reporter proposes, the approver confirms."""
    reporter, approver = viewer(organisation, "reporter", world), viewer(organisation, "approver", world)
    filed = []
    for category in drafting.waiting_categories(reporter):
        payload = drafting.draft(reporter, category)
        proposal = proposals.propose("assets.notification.file", payload, by=reporter)
        done = proposals.confirm(proposal.id, by=approver)
        filed.append(
            {
                "act": str(done.act),
                "category": category,
                "rows": len(payload.rows),
                "proposer": reporter.name,
                "confirmer": approver.name,
                "receipt": done.receipt,
            }
        )
    return filed


def arrived(organisation: str, world: str) -> list[dict[str, Any]]:
    """Return the operator's notifications with their state and evidence."""
    return reading.read(viewer(organisation, "reporter", world), "assets.notifications")


def pass_on_all(organisation: str, world: str) -> list[dict[str, Any]]:
    """Pass every notification received by a minister on to the Prime Minister (強化法4条2項)."""
    officer = viewer(organisation, "officer", world)
    passed = []
    for row in reading.read(officer, "assets.notifications", status="received"):
        done = door.perform("assets.notification.pass_on", {"notification": str(row["id"])}, by=officer)
        passed.append({"act": str(done.act), "count": row["count"], "operator": str(row["organisation"])})
    return passed


def ask(organisation: str, world: str, filed: str) -> dict[str, Any]:
    """Have a minister's intake ask an operator about the filing of that act; return the question's number."""
    intake = viewer(organisation, "intake", world)
    rows = reading.read(intake, "assets.notifications")
    row = next(one for one in rows if str(one["act"]) == filed)
    question = {
        "operator": str(row["organisation"]),
        "filing": filed,
        "text": "届出の1行目の製品名は、型番まで書かれていますか。",
    }
    return {"number": str(door.perform("assets.question.ask", question, by=intake).subject.id)}


def answer(organisation: str, world: str, number: str) -> dict[str, Any]:
    """Have an operator's reporter answer a question."""
    reporter = viewer(organisation, "reporter", world)
    asked = reading.read_one(reporter, "assets.matters", matter=number)
    door.perform("assets.question.answer", {"number": number, "text": "はい。型番まで書いています。"}, by=reporter)
    return {"text": asked["content"]["text"]}


def state(organisation: str, world: str, role: str, number: str) -> str:
    """Return how a matter stands for one side."""
    return str(reading.read_one(viewer(organisation, role, world), "assets.matters", matter=number)["state"])
