"""What every answer bears, whatever it is; and that no page holds anything its own policy would refuse."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from sakimori.acts import door
from tests.support.deployment import fixed, viewer

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
    "connect-src": "'self'",
}
_HANDLERS = r"click|change|submit|load|error|input|key\w+|mouse\w+|focus|blur|toggle"
_INLINE = re.compile(rf"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son(?:{_HANDLERS})=|javascript:", re.IGNORECASE)


def _answers(client):
    done = door.perform(
        "parties.consent.give",
        {"organisation": str(fixed("power")), "matter": "share_with_nco", "given_on": "2026-11-24"},
        by=viewer("power", "approver"),
    )
    yield "page", client.get("/"), 200
    yield "list", client.get(reverse("acts")), 200
    yield "form", client.get(reverse("new_act", args=["parties.consent.give"])), 200
    yield "refused form", client.post(reverse("new_act", args=["parties.consent.give"]), {"key": "k"}), 422
    yield "download", client.get(reverse("receipt", args=[done.act])), 200
    yield "export", client.get(reverse("acts"), {"format": "csv"}), None
    yield "absent", client.get("/nowhere/"), 404
    yield "forbidden", client.get(reverse("new_act", args=["parties.membership.grant"])), 403
    yield "method", client.delete("/acts/"), 405
    yield "unreadable", client.get("/acts/", {"q": "\x00"}), 400
    yield "host", client.get("/", headers={"host": "evil.example"}), 400
    yield "redirect", Client().get("/"), 302
    yield "login", Client().get("/login/"), 200
    yield "health", Client().get("/healthz"), None
    yield "api", client.get("/api/v1/queries/acts.inbox"), 200
    yield "api document", client.get("/api/v1/openapi.json"), 200
    yield "api fault", client.get("/api/v1/nowhere"), 404
    sheet = re.findall(r'href="(/static/[^"]+\.css)"', Client().get("/login/").content.decode())
    yield "static", client.get(sheet[0]), 200


def test_every_answer_bears_the_headers(enter):
    for name, answer, status in _answers(enter("power", "approver")):
        assert status in (None, answer.status_code), (name, answer.status_code)
        headers = answer.headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
        assert {key: policy.get(key) for key in POLICY} == POLICY, name
        assert "unsafe" not in headers["Content-Security-Policy"], name
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["Referrer-Policy"] == "same-origin", name
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert "camera=()" in headers["Permissions-Policy"], name
        if name != "static":
            assert "no-store" in headers["Cache-Control"], name
        answer.close()


def test_no_page_holds_script_or_style_of_its_own(enter):
    for name, answer, _ in _answers(enter("power", "approver")):
        if not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
            assert not _INLINE.search(answer.content.decode()), name
        answer.close()


def test_the_templates_hold_none_either():
    from tests.support.run import REPOSITORY

    for path in (REPOSITORY / "sakimori").rglob("*.html"):
        assert not _INLINE.search(path.read_text(encoding="utf-8")), path
