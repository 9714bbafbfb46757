"""Documents from another deployment that are not of the form: refused with a signed answer, kept, never a crash."""

import pytest

from sakimori.acts.models import Received as Envelope
from sakimori.warnings.models import Received
from tests.acts.foreign import Foreign
from tests.support.deployment import fixed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("payload", [{}, {"number": "x"}, {"content": {"title_ja": 5}}, {"tlp": None, "more": [1]}])
@pytest.mark.parametrize(
    ("kind", "sender", "addressee"),
    [("warnings.delivery.send", "ministry", "power"), ("warnings.answer.give", "operator", "meti")],
)
def test_a_faulty_warning_or_answer_is_refused_and_counted(parties, kind, sender, addressee, payload):
    north = Foreign()
    north.supervise(fixed("power"))
    assert north.hear(kind, payload, getattr(north, sender), fixed(addressee)) == "warnings.payload"
    assert not Received.objects.exists()
    (kept,) = Envelope.objects.filter(kind=kind)
    assert kept.acknowledgement["reason"]["ja"].startswith("届いた文書の様式に誤り")


@pytest.mark.parametrize("subject", [None, {}, {"id": "no id"}, {"id": None}, "text"])
def test_a_question_or_answer_about_nothing_is_refused(parties, subject):
    north = Foreign()
    asked = ("incidents.question.ask", {"number": "x"}, north.ministry, fixed("power"))
    answered = ("incidents.question.answer", {"number": "x"}, north.operator, fixed("meti"))
    for said in (asked, answered):
        assert north.hear(*said, subject=subject) == "envelope.act"
