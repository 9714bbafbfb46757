"""A clock that ended without anything owed says so, wherever it is shown; none of it reads as fulfilled."""

import pytest
from django.urls import reverse

from sakimori.acts import door, reading
from sakimori.acts.outcomes import ENDINGS, outcome
from sakimori.pages.words import choice
from tests.support.deployment import viewer
from tests.support.incidents import FIREWALL, aware, triage

pytestmark = pytest.mark.both_databases

REPORTER = viewer("power", "reporter")


@pytest.fixture
def judged(parties):
    """A case that was decided not to be reportable, after its clocks had begun."""
    case = aware(described=[FIREWALL])
    triage(case, facts={"harmed": False, "trace_of_harm": False})
    return case


def endings(case, rows="acts.obligations"):
    told = {"subject": case} if rows == "acts.obligations" else {"case": case}
    return {row["rule"]: row["ending"] for row in reading.read(REPORTER, rows, status="", **told)}


def test_no_duty_is_no_fulfilled_duty(judged):
    assert reading.read_one(REPORTER, "incidents.case", case=judged)["status"] == "not_reportable"
    assert set(endings(judged).values()) == {"not_reportable"}
    assert endings(judged) == endings(judged, "incidents.clocks")


@pytest.mark.parametrize(("language", "said", "never"), [("ja", "義務なし", "履行済み"), ("en", "no duty", "ulfilled")])
def test_every_page_says_so(judged, enter, language, said, never):
    client = enter("power", "reporter", language=language)
    act = reading.read(REPORTER, "acts.done", subject=judged)[0]["id"]
    pages = {
        "case": reverse("incidents:case", args=[judged]),
        "obligations": reverse("obligations") + "?status=settled",
        "csv": reverse("obligations") + "?status=settled&format=csv",
        "matter": reverse("matter", args=[judged]),
        "act": reverse("act", args=[act]),
        "calendar": reverse("calendar"),
    }
    for name, path in pages.items():
        shown = client.get(path).content.decode()
        assert said in shown, name
        if name != "act":
            assert never not in shown, name


def test_a_corrected_awareness_counts_anew_and_the_old_clock_says_why(parties):
    case = aware()
    triage(case)
    told = {"case": str(case), "aware_at": "2026-11-20T03:30:00+09:00", "reason": "記録の誤り"}
    door.perform("incidents.awareness.correct", told, by=viewer("power", "approver"))
    found = [row["ending"] for row in reading.read(REPORTER, "acts.obligations", status="", subject=case)]
    assert sorted(set(found)) == ["corrected", "open"]


def test_what_was_fulfilled_stays_fulfilled():
    assert outcome({"status": "settled", "evidence": {"receipt": "x"}}) == "fulfilled"
    assert outcome({"status": "settled", "evidence": None}) == "fulfilled"
    assert outcome({"status": "open", "evidence": None}) == "open"


def test_every_ending_has_words_of_its_own():
    said = {choice(one, "ending") for one in (*ENDINGS, "fulfilled", "open")}
    assert len(said) == len(ENDINGS) + 2
