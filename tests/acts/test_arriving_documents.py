"""Whatever signed document arrives, its sender is answered: taken in, or refused with words; never a crash.

Payloads are drawn from each kind's own form and spoiled: days at the ends of the calendar, ids of other records, parts
that are missing or of another type, text no database holds.
"""

import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori import law, proofs
from sakimori.acts import envelopes, keys, registry, transport
from sakimori.acts.models import Received
from sakimori.assets.models import Matter, Notification, VendorRequest
from sakimori.incidents.models import Case, Question
from sakimori.measures.models import Measure
from sakimori.oversight.models import Matter as Asked
from sakimori.warnings.models import IssuedWarning
from sakimori.warnings.models import Received as Warned
from tests.acts.drawing import JUNK, of_form
from tests.acts.foreign import Foreign
from tests.support import incidents
from tests.support.deployment import WORLD, fixed
from tests.support.filing import file_notification, import_register

pytestmark = pytest.mark.both_databases

TO = ("power", "meti", "bureau", "cabinet", "committee", "ppc", "police", "vendor")
EXAMPLES = 25
"""Documents of each kind; more are drawn by hand when a form or a receiver changes."""
HOSTED = ("operator", "ministry", "regional_bureau", "cabinet_office", "committee", "vendor", "ppc", "police")


@pytest.fixture
def north(parties):
    """A peer with an organisation of every type, and something of everything that an arrival can be about."""
    north = Foreign()
    north.hosted = {sort: north.host(sort) for sort in HOSTED}
    north.supervise(fixed("power"))
    import_register()
    file_notification()
    case = incidents.aware()
    incidents.triage(case)
    incidents.file(case)
    incidents.carry()
    about = {"operator": str(fixed("power")), "filing": None, "facility_category": "", "text": "x", "rows": []}
    for kind in ("assets.question.ask", "assets.correction.ask", "assets.guidance.give"):
        assert north.hear(kind, about, north.ministry, fixed("power")) == "accepted"
    demand = {**about, "reasons": "x", "due_on": "2026-12-10"}
    assert north.hear("assets.material.demand", demand, north.ministry, fixed("power")) == "accepted"
    return north


def known(north):
    """Return the ids of what there is: organisations, filings, cases, matters, questions, warnings, requests."""
    found = {str(fixed(name)) for name in TO} | {str(one) for one in north.hosted.values()}
    for table, *names in (
        (Matter, "number"), (Notification, "act", "id"), (VendorRequest, "id"), (Case, "id"), (Question, "number"),
        (Measure, "id"), (Asked, "id"), (IssuedWarning, "id"), (Warned, "number"),
    ):  # fmt: skip
        for row in table.objects.values_list(*names):
            found |= {str(one) for one in row}
    return sorted(found)


def _spoil(data, payload):
    """Return a payload with a part of it replaced or left out, some of the time."""
    spoiled = json.loads(json.dumps(payload))
    for _ in range(data.draw(st.integers(0, 2), label="spoils")):
        place = spoiled
        while isinstance(place, (dict, list)) and place:
            among = list(place) if isinstance(place, dict) else list(range(len(place)))
            name = data.draw(st.sampled_from(among), label="place")
            inner = place[name]
            if not (isinstance(inner, (dict, list)) and inner and data.draw(st.booleans(), label="deeper")):
                place[name] = data.draw(JUNK, label="junk")
                break
            place = inner
    return spoiled


@pytest.mark.parametrize("room", sorted({kind.partition(".")[0] for kind in registry.receivers()}))
def test_every_document_is_answered(north, room):
    ids = known(north)
    kinds = sorted(kind for kind in registry.receivers() if kind.partition(".")[0] == room)
    payloads = {kind: of_form(registry.handlers()[kind].payload, ids) for kind in kinds}

    @settings(max_examples=EXAMPLES * len(kinds), suppress_health_check=list(HealthCheck))
    @given(st.data())
    def answered(data):
        kind = data.draw(st.sampled_from(kinds), label="kind")
        payload = _spoil(data, data.draw(payloads[kind], label="payload"))
        sender = data.draw(st.sampled_from(senders(north, kind)), label="sender")
        to = fixed(data.draw(st.sampled_from(TO), label="to"))
        about = {"type": "x", "id": data.draw(st.sampled_from(ids) | st.uuids().map(str), label="about")}
        try:
            body = north.say(kind, payload, sender, to, subject=about)
        except proofs.ProofError:
            return  # it has no canonical form, so nobody can sign it as an act
        require_answer(body)

    answered()


def senders(north, kind):
    """Return the organisations of `north` in whose name the law lets such an act come in."""
    return [north.hosted[one] for one in sorted(envelopes.senders(law.kind(kind))) if one in north.hosted]


def require_answer(body):
    """Check that an envelope is answered, in words where it is refused, and that the answer stays."""
    answer = proofs.verify_ack(transport.receive(body), keys.ring(WORLD))
    assert (answer.outcome == "refused") == (answer.reason is not None)
    if answer.reason:
        assert answer.reason.ja
        assert answer.reason.en
    assert Received.objects.filter(id=answer.envelope_id).exists()


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_json_in_the_place_of_an_act_is_answered(some, data):
    identity = str(uuid.uuid4())
    document = some.document(identity, fixed("power"), kind="assets.question.ask")
    for name in data.draw(st.lists(st.sampled_from(sorted(document)), max_size=3, unique=True), label="parts"):
        if data.draw(st.booleans(), label="gone"):
            del document[name]
        else:
            document[name] = data.draw(JUNK, label=name)
    told = data.draw(st.just(document) | JUNK, label="document")
    plain = data.draw(st.booleans(), label="plain")
    try:
        content = json.dumps(told).encode() if plain else proofs.canonical(told)
    except proofs.ProofError:
        return
    said = {part: str(document.get(part)) for part in ("kind", "id")}
    receipt = {part: text if text.isprintable() and text else "x" for part, text in said.items()}
    receipt["act_id"] = receipt.pop("id")[:4000]
    require_answer(some.envelope(identity=identity, document=content, receipt=receipt))


@pytest.fixture
def some(parties):
    """A peer."""
    return Foreign()


SPOILT = (b"[" * 100_000, b'{"a":1e999}', b'{"a":NaN}', b'{"a":"\\ud800"}', b'{"a":1,"a":2}')


@pytest.mark.parametrize("content", SPOILT)
def test_json_that_means_two_things_or_none_is_answered(some, content):
    require_answer(some.envelope(document=content))
    whole = proofs.canonical(some.document(str(uuid.uuid4()), fixed("power")))
    require_answer(some.envelope(document=whole.replace('{"text":"手紙"}'.encode(), content)))


@pytest.mark.parametrize("kind", ["x" * 500, "assets.order.issue ", "手紙"])
def test_a_kind_that_no_database_holds_is_answered(some, kind):
    require_answer(some.envelope(document=some.document(str(uuid.uuid4()), fixed("power"), kind=kind)))
