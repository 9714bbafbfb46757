"""A correction that came on paper takes the place of the wrong filing, as one that came by envelope does."""

import uuid

from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError, RefusedError
from sakimori.assets import items
from sakimori.assets import payloads as p
from sakimori.assets.models import Matter, Notification
from sakimori.text import Text

_PASS_ON = "kyokaho.notice.pass_on"  # noqa: S105 - a rule of the law
_STANDS = ("received", "passed_on")


def refusal(ctx: Context, payload: p.RecordEntry) -> RefusedError | None:
    """Refuse a correction of nothing, of another operator's or category's filing, or of one replaced already."""
    if (payload.what == "correction") != (payload.corrects is not None):
        return _refusal(
            "訂正の場合だけ、元の届出のページから「書面で届いた訂正を入力する」で入力してください。",
            "A correction, and only that, is entered from the page of the wrong filing.",
        )
    if payload.answers is not None and not _awaits(ctx, payload.answers, payload.operator):
        return PreconditionError(
            Text(
                "この事業者への補正の求め・命令ではないか、既に終わっています。",
                "That is no request or order to this operator, or it is over.",
            ),
            code="assets.answers_nothing",
            where="answers",
            mend=Text("選び直すか、空にしてください。", "Choose again, or leave it empty."),
        )
    if payload.corrects is None or _wrong(ctx, payload.corrects, payload.operator, payload.facility_category):
        return None
    return _refusal(
        "訂正する届出が、この事業者・区分のものではないか、差し替え済みです。",
        "The filing to be corrected is not this operator's and category's, or was replaced already.",
    )


def _awaits(ctx: Context, number: uuid.UUID, operator: uuid.UUID) -> bool:
    given = Matter.objects.filter(
        world=ctx.world.name, number=number, side="giver", giver=ctx.actor.acting_organisation, operator=operator
    )
    return given.filter(sort__in=("correction", "order"), status__in=("open", "answered")).exists()


def _wrong(ctx: Context, corrects: uuid.UUID, operator: uuid.UUID, category: str) -> Notification | None:
    found: Notification | None = Notification.objects.filter(
        world=ctx.world.name, id=corrects, side="minister", minister=ctx.actor.acting_organisation,
        organisation=operator, facility_category=category, status__in=_STANDS,
    ).first()  # fmt: skip
    return found


def _refusal(ja: str, en: str) -> PreconditionError:
    return PreconditionError(
        Text(ja, en),
        code="assets.no_wrong_one",
        where="corrects",
        mend=Text("訂正する届出のページを開いてください。", "Open the page of the filing to be corrected."),
        article="強化法4(1)",
    )


def replace(ctx: Context, correction: Notification) -> None:
    """Let the correction stand instead of a wrong filing that nobody passed on yet; a passed one waits for its turn."""
    if correction.corrects is None:
        return
    wrong = ctx.get(Notification, correction.corrects)
    if wrong.status == "received":
        ctx.settle(_PASS_ON, wrong.id, bearer=wrong.minister, evidence={"replaced_by": str(correction.id)})
        ctx.change(wrong, status="replaced", replaced_by=correction.id)


def restore(ctx: Context, correction: Notification) -> None:
    """Let what a withdrawn entry stood for stand again, unless a later correction has taken the place of that too."""
    items.stand_anew(ctx, correction.organisation)
    if correction.corrects is None:
        return
    wrong = ctx.get(Notification, correction.corrects)
    if wrong.status == "replaced" and wrong.passed_on_at is None:  # the withdrawal has opened its clock again
        ctx.settle(_PASS_ON, wrong.id, bearer=wrong.minister, evidence={"replaced_by": str(wrong.replaced_by)})
