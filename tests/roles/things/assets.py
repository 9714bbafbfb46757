"""A register with one computer notified and passed on, and one that waits."""

import io
import uuid

import openpyxl

from sakimori.acts import clock, door, proposals, sequencer, transport
from sakimori.acts.models import Attachment
from sakimori.assets import drafting, files, intake
from sakimori.assets.models import Computer, FormTemplate, Notification, PlanPaper
from sakimori.assets.sources.shapes import Row, Sheet, Source
from sakimori.pages import uploads
from sakimori.parties.models import Facility
from tests.roles.things import Made, Secret, Side, assets_naming, assets_upkeep
from tests.support import files as examples
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import csv, import_register

CATEGORY = {"power": "発電設備の監視制御システム", "rail": "列車運行管理システム"}
_ROW = "{key},{name},{operator} 第一,{maker},{product},機器,2025-04-01,専用,その他,×,×,×,○,×,×,×,×,×,×"


def row(side: Side, number: int) -> str:
    """Return a line of the side's list; its texts are like no other's."""
    return _ROW.format(
        key=f"KEY-{side.letter}-{number}", name=f"NAME-{side.letter}-{number}", operator=side.operator,
        maker=f"MAKER-{side.letter}-{number}", product=f"PRODUCT-{side.letter}-{number}",
    )  # fmt: skip


def make(side: Side) -> Made:
    """Import, file, let arrive, pass on; then import one more. An advisory will make the first product public."""
    reporter, officer = viewer(side.operator, "reporter"), viewer(side.minister, "officer")
    import_register((row(side, 1), row(side, 2)), by=reporter)
    payload = drafting.draft(reporter, CATEGORY[side.operator])
    proposal = proposals.propose("assets.notification.file", payload, by=reporter)
    proposals.confirm(proposal.id, by=viewer(side.operator, "approver"))
    sequencer.drain()
    transport.run_once()
    arrived = Notification.objects.get(world=WORLD, side="minister", organisation=fixed(side.operator))
    door.perform("assets.notification.pass_on", {"notification": str(arrived.id)}, by=officer)
    question = {
        "operator": str(fixed(side.operator)),
        "filing": str(arrived.act),
        "text": f"FILING-QUESTION-{side.letter}",
    }
    asked = door.perform("assets.question.ask", question, by=viewer(side.minister, "intake"))
    sequencer.drain()
    transport.run_once()
    file = uploads.take(viewer(side.minister, "intake"), f"SCAN-{side.letter}.pdf", examples.PDF)
    entry = {"operator": str(fixed(side.operator)), "channel": "post", "arrived_at": "2026-11-20T10:00:00+09:00",
             "facility_category": "別の区分", "covers": "unknown", "attachments": [file.digest]}  # fmt: skip
    entered = door.perform("assets.entry.record", entry, by=viewer(side.minister, "intake"))
    import_register((row(side, 3),), by=reporter)
    upload = intake.take(reporter, csv((row(side, 4),)), f"UPLOAD-{side.letter}.csv")
    waiting = proposals.propose(
        "assets.notification.file", drafting.draft(reporter, CATEGORY[side.operator]), by=reporter
    )
    paper, template = _filings(side)
    computer = Computer.objects.get(world=WORLD, key=f"KEY-{side.letter}-1")
    made = Made()
    made.keep("assets.computer", computer.id, side.operator)
    made.keep("assets.notification", arrived.id, side.minister, "cabinet")
    made.keep("acts.attachment", Attachment.objects.get(act=entered.act).id, side.minister)
    made.secrets.append(Secret(f"SCAN-{side.letter}", frozenset({side.minister})))
    made.keep("assets.matter", asked.subject.id, side.operator, side.minister)
    made.secrets.append(Secret(f"FILING-QUESTION-{side.letter}", frozenset({side.operator, side.minister})))
    made.ids["assets.sort"] = "question"
    made.keep("assets.duty", computer.duty_id, side.operator)
    _interview(side, made)
    made.keep("assets.upload", upload.id, side.operator)
    _waiting_file(side, made)
    made.keep("assets.paper", paper, side.operator)
    made.keep("assets.template", template, side.operator)
    made.secrets.append(Secret(f"TEMPLATE-{side.letter}", frozenset({side.operator})))
    made.keep("assets.proposal", waiting.id, side.operator)
    for text in (f"KEY-{side.letter}", f"NAME-{side.letter}", f"PRODUCT-{side.letter}-3", f"UPLOAD-{side.letter}"):
        made.secrets.append(Secret(text, frozenset({side.operator})))
    for text in (f"MAKER-{side.letter}-2", f"PRODUCT-{side.letter}-2"):
        made.secrets.append(Secret(text, frozenset({side.operator, side.minister, "cabinet"})))
    assets_upkeep.make(side, made, row(side, 6))
    assets_naming.make(side, made)
    return made


def _waiting_file(side: Side, made: Made) -> None:
    """Keep a file that waits for somebody to say what its columns are, with a row that is only in it."""
    grid = Sheet("", ("番号", "品名"), [Row(2, (f"FILE-{side.letter}", "x"))])
    file = files.keep(viewer(side.operator, "reporter"), Source("csv", [grid]), f"FILE-{side.letter}.csv", "0" * 64)
    made.keep("assets.file", file.id, side.operator)
    made.secrets.append(Secret(f"FILE-{side.letter}", frozenset({side.operator})))


def _interview(side: Side, made: Made) -> None:
    """What the interview keeps of a facility: an answer of the ministry, and a paper of the prior review."""
    reporter, facility = viewer(side.operator, "reporter"), str(fixed(f"{side.operator}.facility"))
    answer = {"facility": facility, "question": "問い", "answer": f"ANSWER-{side.letter}", "answered_on": "2026-11-20",
              "answered_by": "架空省", "attachments": []}  # fmt: skip
    answered = door.perform("assets.ministry_answer.record", answer, by=reporter)
    paper = {"facility": facility, "paper": "plan", "filed_on": "2026-03-01",
             "items": [{"name": f"PAPER-{side.letter}", "supplier": "架空社"}]}  # fmt: skip
    recorded = door.perform("assets.plan_paper.record", paper, by=reporter)
    made.ids |= {"assets.facility": facility, "assets.topic": "line"}
    made.keep("assets.answer", answered.subject.id, side.operator)
    made.keep("assets.paper", recorded.subject.id, side.operator)
    for text in (f"ANSWER-{side.letter}", f"PAPER-{side.letter}"):
        made.secrets.append(Secret(text, frozenset({side.operator})))


def _filings(side: Side) -> tuple[uuid.UUID, uuid.UUID]:
    """Record a prior-review paper that stands in for one computer, and hand in an official template."""
    reporter = viewer(side.operator, "reporter")
    part = row(side, 5).replace("その他,×,×,×,○", "その他,○,×,×,×")
    import_register((part,), by=reporter)
    facility = Facility.objects.get(organisation_id=fixed(side.operator), category=CATEGORY[side.operator])
    items = [{"name": f"PRODUCT-{side.letter}-5", "supplier": f"MAKER-{side.letter}-5"}]
    payload = {"facility": str(facility.id), "paper": "plan", "filed_on": "2026-05-01",
               "reference": f"PAPER-{side.letter}", "items": items}  # fmt: skip
    door.perform("assets.plan_paper.record", payload, by=reporter)
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.save(out)
    template = FormTemplate.objects.create(
        world=WORLD, organisation=fixed(side.operator), person=reporter.person, form="notification",
        name=f"TEMPLATE-{side.letter}.xlsx", digest="0" * 64, content=out.getvalue(), uploaded_at=clock.now(WORLD),
    )  # fmt: skip
    return PlanPaper.objects.get(organisation=fixed(side.operator)).id, template.id
