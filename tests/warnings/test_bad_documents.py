"""Documents from another deployment that are not of the form: refused with a signed answer, kept, never a crash."""

import json
import uuid

import pytest

from sakimori.acts import transport
from sakimori.acts.models import Received as Envelope
from sakimori.warnings.models import Received
from tests.acts.foreign import Foreign
from tests.support.deployment import fixed

pytestmark = pytest.mark.django_db


def arrives(north, kind, addressee, payload, **changed):
    """Let a signed document come in from `north`; return the outcome and the reason of its acknowledgement."""
    identity = str(uuid.uuid4())
    document = north.document(identity, fixed(addressee), kind=kind, payload=payload, **changed)
    answer = json.loads(transport.receive(north.envelope(identity=identity, document=document)))
    return answer["outcome"], (answer["reason"] or {}).get("code", "")


@pytest.mark.parametrize("payload", [{}, {"number": "x"}, {"content": {"title_ja": 5}}, {"tlp": None, "more": [1]}])
@pytest.mark.parametrize(
    ("kind", "addressee", "code"),
    [
        ("warnings.delivery.send", "power", "warnings.payload"),
        ("warnings.answer.give", "meti", "warnings.payload"),
    ],
)
def test_a_faulty_warning_or_answer_is_refused_and_counted(parties, kind, addressee, code, payload):
    assert arrives(Foreign(), kind, addressee, payload) == ("refused", code)
    assert not Received.objects.exists()
    (kept,) = Envelope.objects.filter(kind=kind)
    assert kept.acknowledgement["reason"]["ja"].startswith("届いた文書の様式に誤り")


@pytest.mark.parametrize("subject", [None, {}, {"id": "no id"}, {"id": None}, "text"])
def test_a_question_or_answer_about_nothing_is_refused(parties, subject):
    north = Foreign()
    for kind, addressee in (("incidents.question.ask", "power"), ("incidents.question.answer", "meti")):
        outcome, code = arrives(north, kind, addressee, {"number": "x"}, subject=subject)
        assert (outcome, code.partition(".")[0]) == ("refused", "incidents")
