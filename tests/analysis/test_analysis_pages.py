"""The analysis room on the site: findings, an analysis provided to one minister, and who sees what."""

import pytest
from django.urls import reverse

from sakimori.analysis.models import Assessment, Finding
from tests.support import warning
from tests.support.deployment import fixed

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


@pytest.fixture
def found(parties):
    warning.notify()
    return warning.match()


def test_advisories_and_findings_are_listed_with_their_reason(enter, found):
    client = enter("cabinet", "analyst")
    page = text(client.get(reverse("analysis:advisories")))
    assert "CVE-1900-0001" in page
    assert "CVE-1900-0003" in page
    page = text(client.get(reverse("analysis:findings")))
    for said in ("CVE-1900-0001", "Fictitious Power", "FortiOS", "exact", "exempt item (everybody)"):
        assert said in page
    assert "CVE-1900-0003" not in page
    only = text(client.get(reverse("analysis:findings"), {"identifier": "CVE-1900-0002"}))
    assert "Fortinet" not in only


def test_an_analysis_is_provided_to_one_minister_from_what_is_ticked(enter, found):
    client = enter("cabinet", "officer")
    page = text(client.get(reverse("analysis:findings")))
    address = f"{reverse('analysis:provide')}?minister={fixed('meti')}"
    assert address in page
    assert "FortiOS" in text(client.get(address))
    ids = [str(row["id"]) for row in found if row["reach"] == "notified"]
    empty = client.post(address, {"f-minister": str(fixed("meti")), "f-title": "x", "f-text": "y"})
    assert empty.status_code == 422
    assert not Assessment.objects.exists()
    typed = {"f-minister": str(fixed("meti")), "f-title": "分析", "f-text": "悪用あり", "finding": ids, "key": "k"}
    answers = [client.post(address, typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    made = Assessment.objects.get()
    assert made.findings == ids
    page = text(enter("meti", "officer").get(reverse("analysis:assessment", args=[made.id])))
    for said in ("分析", "悪用あり", "FortiOS", reverse("warnings:release")):
        assert said in page


def test_what_is_typed_stays_when_it_is_refused(enter, found):
    foreign = Finding.objects.filter(reach="notified").first()
    client = enter("cabinet", "officer")
    answer = client.post(
        reverse("analysis:provide"),
        {"f-minister": str(fixed("mlit")), "f-title": "TITLE", "f-text": "TEXT", "finding": [str(foreign.id)]},
    )
    assert answer.status_code == 422
    for said in ("another minister", "TITLE", "TEXT"):
        assert said in text(answer)


def test_others_see_nothing_of_it(enter, found):
    warning.provide(found)
    made = Assessment.objects.get()
    address = reverse("analysis:assessment", args=[made.id])
    assert enter("mlit", "officer").get(address).status_code == 404
    assert "FortiOS" not in text(enter("mlit", "officer").get(reverse("analysis:findings")))
    for organisation, role in (("power", "reporter"), ("meti", "intake"), ("vendor", "vendor_contact")):
        client = enter(organisation, role)
        assert client.get(address).status_code == 403
        assert client.get(reverse("analysis:findings")).status_code == 403
    assert enter("meti", "officer").get(reverse("analysis:provide")).status_code == 403
    assert enter("cabinet", "analyst").get(reverse("analysis:provide")).status_code == 403
