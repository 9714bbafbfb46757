"""While a deployment only reads, every page says so and opens; every way to write is answered with 503 and why."""

import shutil

import pytest

from sakimori.acts import keys, standing
from sakimori.acts.models import Act
from tests.support.deployment import fixed

CONSENT = {"organisation": str(fixed("power")), "matter": "架空の同意", "given_on": "2026-11-24"}


@pytest.fixture
def marked(settings, tmp_path, parties):
    """A home of the test's own that was restored."""
    own = tmp_path / "home"
    shutil.copytree(settings.SAKIMORI_HOME, own)
    settings.SAKIMORI_HOME = own
    keys.private.cache_clear()
    yield standing.declare("restored", size=1, known=1)
    keys.private.cache_clear()


def test_every_page_says_so_and_opens(marked, enter):
    client = enter("power", "approver")
    for address in ("/", "/obligations/", "/acts/", "/acts/new/", "/login/"):
        page = client.get(address, follow=True)
        assert page.status_code == 200, address
        assert "banner bad read-only" in page.content.decode(), address


def test_what_was_typed_is_kept_and_nothing_is_written(marked, enter):
    client = enter("power", "approver")
    before = Act.objects.count()
    answer = client.post(
        "/acts/new/parties.consent.give/", {**{f"f-{name}": value for name, value in CONSENT.items()}, "key": "k1"}
    )
    assert answer.status_code == 503
    assert CONSENT["matter"] in answer.content.decode()
    assert "log clear" in answer.content.decode()
    assert Act.objects.count() == before


def test_machines_are_told(marked, enter):
    client = enter("power", "approver")
    for address, body in (("/api/v1/acts/parties.consent.give", CONSENT), ("/envelopes/", {})):
        answer = client.post(address, body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (503, "deployment.read_only"), address
    assert client.get("/livez").status_code == 200
