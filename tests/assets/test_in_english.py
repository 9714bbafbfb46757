"""The asset desk in English: categories and headings in English, the Japanese words of the record beside them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sakimori.acts import door
from tests.support.deployment import fixed, viewer
from tests.support.filing import ROWS, csv, file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db
RECORDED, ENGLISH = "発電設備の出力制御装置", "output controller of generating equipment"


def text(answer):
    return answer.content.decode()


@pytest.fixture
def translated(parties):
    """The power operator's register, with a facility of a category that has a translation of ours."""
    payload = {"facility": str(fixed("power.facility")), "category": RECORDED, "reason": "区分の訂正"}
    door.perform("parties.facility.correct", payload, by=viewer("power", "administrator"))
    import_register()


def test_a_category_is_said_in_english_and_leaves_in_japanese(enter, translated):
    client = enter("power", "reporter")
    draft = client.get(reverse("assets:drafts"), {"category": RECORDED})
    assert f"{ENGLISH} (our translation of 「{RECORDED}」)" in text(draft)
    assert draft.context["letter"].payload["facility_category"] == RECORDED
    file_notification(RECORDED)
    carry()
    listed = reverse("assets:notifications")
    assert ENGLISH in text(client.get(listed))
    assert ENGLISH in text(client.get(listed, {"q": "generating"}))
    assert ENGLISH in text(client.get(listed, {"q": RECORDED}))
    assert ENGLISH not in text(client.get(listed, {"q": "purification"}))
    office = enter("meti", "officer")
    for page in ("assets:notifications", "assets:checking"):
        assert ENGLISH in text(office.get(reverse(page))), page
    japanese = enter("power", "reporter", language="ja")
    assert RECORDED in text(japanese.get(listed))
    assert ENGLISH not in text(japanese.get(listed))


def test_headings_of_a_list_are_named_in_english(enter, parties):
    client = enter("power", "reporter")
    assert "<dt>Introduced (導入日)" in text(client.get(reverse("assets:import")))
    file = SimpleUploadedFile("inventory.csv", csv([ROWS[0].replace("2024-06-01", "2024-16-01")]))
    faults = text(client.post(reverse("assets:import"), {"file": file}, follow=True))
    assert "Introduced (導入日)" in faults
    checked = client.post(
        "/api/v1/assets/check", csv([ROWS[0].replace("2024-06-01", "2024-16-01")]), content_type="text/csv"
    )
    (fault,) = checked.json()["faults"]
    assert (fault["column"], fault["heading"]) == ("導入日", {"ja": "導入日", "en": "Introduced (導入日)"})
