"""A form of a step: a small model of what people enter, from which one or several acts are made, all or none."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from pydantic import BaseModel, ValidationError

from sakimori.acts import door
from sakimori.acts.errors import PayloadError
from sakimori.errors import SakimoriError
from sakimori.pages.forms import PayloadForm, form_for
from sakimori.pages.refusals import explained, status_of
from sakimori.record import Viewer
from sakimori.record.turn import turn

M = TypeVar("M", bound=BaseModel)
Options = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(slots=True)
class Entered:
    """A form as it came: to be shown (`form`, `error`, `status`); `value` once what was typed can be read."""

    form: PayloadForm
    error: Mapping[str, str] | None = None
    status: int = 200
    value: Any = None
    told: dict[str, Any] = field(default_factory=dict)
    refusal: SakimoriError | None = None

    def refuse(self, error: SakimoriError) -> None:
        """Take a refusal back to the form, its faults to their fields, everything typed kept."""
        if isinstance(error, PayloadError):
            self.form.blame(error.fields)
        self.error, self.status, self.refusal = explained(error), status_of(error), error


def entered(
    request: HttpRequest, model: type[M], viewer: Viewer, options: Options, first: Mapping[str, str]
) -> Entered:
    """Return the form with its options and, where it was sent, what was typed as the model (`value`) or its faults.

    `first` gives the values of a first visit; a select of one option is chosen already.
    """
    sent = request.method == "POST"
    form = form_for(model, viewer, request.POST.dict() if sent else first, sent=sent)
    for one in form.shown:
        if one.spec.path in options:
            one.options = list(options[one.spec.path])
            real = [value for value, _ in one.options if value]
            if not sent and not one.value and len(real) == 1 and one.spec.required:
                one.value = real[0]
        if one.spec.kind == "flag":
            one.options = []
    found = Entered(form)
    if sent:
        _read(found, model)
    return found


def _read(found: Entered, model: type[BaseModel]) -> None:
    typed = found.form.read()
    if typed is None:
        found.status = 422
        return
    try:
        found.value = model.model_validate_json(json.dumps(typed))
    except ValidationError as error:
        found.status = 422
        found.form.blame(
            {"where": ".".join(str(part) for part in fault["loc"]), "what": fault["msg"], "type": fault["type"]}
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        )


class Doing:
    """Performs the acts of one submission, each under its own idempotency key, in one transaction."""

    def __init__(self, viewer: Viewer, key: str) -> None:
        self.viewer, self.key, self.count = viewer, key[:80], 0
        self.repeated = False

    def act(self, kind: str, payload: Mapping[str, Any]) -> door.Performed:
        """Perform the next act of this submission."""
        self.count += 1
        key = f"{self.key}:{self.count}" if self.key else ""
        done = door.perform(kind, payload, by=self.viewer, idempotency_key=key, client="web")
        self.repeated = self.repeated or done.repeated
        return done


def together(found: Entered, viewer: Viewer, key: str, work: Callable[[Doing], dict[str, Any]]) -> bool:
    """Do all acts of a submission or none; what `work` returns is kept in `told`. Return whether it was done."""
    try:
        with turn(), transaction.atomic():
            found.told = work(Doing(viewer, key))
    except SakimoriError as error:
        found.refuse(error)
        return False
    return True
