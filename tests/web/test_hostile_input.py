"""Whatever is sent: 4xx with what, where and how to mend it, never a 500; what was typed is kept where it can be."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from sakimori import law
from sakimori.acts import authority, registry
from sakimori.acts.models import Act
from tests.support.deployment import ORGANISATIONS, fixed

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
GIVE = "parties.consent.give"
CONSENT = {"f-organisation": str(fixed("power")), "f-matter": "share_with_nco", "f-given_on": "2026-11-24"}
MEGABYTE = "あ" * 350_000


def _address(kind=GIVE):
    return reverse("new_act", args=[kind])


def _is_refused_in_words(answer):
    assert 400 <= answer.status_code < 500, answer.status_code
    said = answer.content.decode()
    assert "Traceback" not in said
    assert 'role="alert"' in said or "field-error" in said or 'class="error"' in said or "banner" in said


def test_a_megabyte_in_every_text_field_of_every_form_is_refused_or_taken_but_never_breaks(enter):
    tried = 0
    for organisation, role in (("power", "approver"), ("power", "administrator"), ("meti", "decider")):
        client, type_ = enter(organisation, role), ORGANISATIONS[organisation][0]
        for kind in law.kinds():
            if kind.system or kind.name not in registry.handlers() or not authority.allowed_by_role(kind, type_, role):
                continue
            form = client.get(_address(kind.name)).context["form"]
            names = [one.spec.name for one in form.shown if one.widget in ("line", "area")]
            answer = client.post(_address(kind.name), {**dict.fromkeys(names, MEGABYTE), "key": "k"})
            assert answer.status_code < 500, kind.name
            tried += 1
    assert tried > 20


def test_a_megabyte_in_a_name_is_named_and_kept(enter):
    answer = enter("power", "approver").post(_address(), {**CONSENT, "f-matter": MEGABYTE, "key": "k"})
    assert answer.status_code == 422
    assert "too long" in answer.content.decode().lower()
    assert MEGABYTE in answer.content.decode()


@pytest.mark.parametrize("sent", [b"f-scope=%00", b"f-scope=a%00b", b"f-scope=%ff%fe", b"f-scope=%e3%81", b"%00=x"])
def test_what_cannot_be_read_or_stored_is_refused_with_its_place(enter, sent):
    client = enter("power", "approver")
    answer = client.post(_address(), sent, content_type="application/x-www-form-urlencoded")
    _is_refused_in_words(answer)
    assert answer.status_code == 400
    assert "scope" in answer.content.decode() or sent.startswith(b"%00")
    assert not Act.objects.filter(kind=GIVE).exists()


@pytest.mark.parametrize("query", ["q=%00", "q=%ff", "%00=1", "page=%00", "sort=a%00"])
@pytest.mark.parametrize("page", ["desk", "acts", "inbox", "obligations", "proposals", "law", "search"])
def test_a_query_that_cannot_be_read_is_refused(enter, page, query):
    answer = enter("power", "approver").get(f"{reverse(page)}?{query}")
    assert answer.status_code == 400
    assert "character" in answer.content.decode()


@pytest.mark.parametrize("path", ["/acts/%00/", "/%00", "/acts/new/%00/", "/acts/new/%ff/", "/api/v1/%00", "/%c0%ae/"])
def test_a_path_that_cannot_be_read_is_refused(enter, path):
    answer = enter("power", "approver").get(path)
    assert answer.status_code in (400, 404)


def test_a_cookie_with_a_nul_is_nobodys(parties, settings):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = '"abcdefgh\\000"'
    assert client.get("/").status_code == 302
    assert client.get("/nowhere/").status_code == 404


_PART = b"--x\r\nContent-Disposition: form-data"
_BOUNDARY = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", _BOUNDARY),
        (b"--x", _BOUNDARY),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--", _BOUNDARY),
        (b'--x\r\nContent-Disposition: form-data; name="f-scope"\r\n\r\na\x00b\r\n--x--\r\n', _BOUNDARY),
        (_PART + b'; name="rows"; filename="../../etc/p\x00"\r\n\r\na\r\n--x--\r\n', _BOUNDARY),
        (_PART + b'; name="f-scope"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--', _BOUNDARY),
        (b"--\r\n", "multipart/form-data"),
        (b"--\r\n", "multipart/form-data; boundary="),
        (b"--x\r\n" * 5000, _BOUNDARY),
        (b"a=b", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"a=b", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"&".join(b"n%d=1" % n for n in range(5000)), "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"\xff", "text/plain; charset=\xff".encode("latin-1").decode("latin-1")),
    ],
)  # fmt: skip
def test_hostile_bodies_are_refused(enter, body, content_type):
    answer = enter("power", "approver").generic("POST", _address(), body, content_type=content_type)
    _is_refused_in_words(answer)
    assert not Act.objects.filter(kind=GIVE).exists()


def test_too_much_is_413_in_words(enter, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = enter("power", "approver").post(_address(), {**CONSENT, "f-scope": "a" * 2000})
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()
    answer = enter("power", "approver").post(
        "/api/v1/acts/parties.consent.give", b'{"a": "' + b"a" * 2000 + b'"}', content_type="application/json"
    )
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/nowhere", 404),
        ("get", "/api/", 404),
        ("get", "/api/v2/acts", 404),
        ("delete", "/api/v1/queries/acts.inbox", 405),
        ("get", "/api/v1/acts/parties.consent.give", 405),
        ("get", "/api/v1/acts/not-a-uuid", 404),
        ("get", "/api/v1/queries/acts.inbox?q=%00", 400),
    ],
)
def test_faults_of_the_api_are_problem_documents(enter, method, path, status):
    answer = getattr(enter("power", "approver"), method)(path)
    assert answer.status_code in (status, 404 if status == 405 and "acts/" in path else status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == answer.status_code
    assert body["type"].endswith(body["code"])
    assert body["title"]
    assert set(body["what"]) == set(body["mend"]) == {"ja", "en"}


def test_a_fault_of_ours_below_the_api_is_a_problem_document_too(enter, monkeypatch):
    from sakimori.web.api import looking

    monkeypatch.setattr(looking.reading, "read", lambda *_, **__: 1 / 0)
    client = enter("power", "approver")
    client.raise_request_exception = False
    answer = client.get("/api/v1/queries/acts.inbox")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert "ZeroDivision" not in answer.content.decode()


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a\x00b", "\udfff x"])
def test_text_no_database_takes_is_refused_by_the_api(enter, text):
    client = enter("power", "approver")
    body = json.dumps({"organisation": str(fixed("power")), "matter": "share_with_nco", "given_on": "2026-11-24",
                       "scope": text})  # fmt: skip
    answer = client.post("/api/v1/acts/parties.consent.give", body, content_type="application/json")
    assert answer.status_code == 422, answer.content
    key = client.post(
        "/api/v1/acts/parties.consent.give",
        body,
        content_type="application/json",
        headers={"idempotency-key": "ü" * 300},
    )
    assert 400 <= key.status_code < 500


@pytest.mark.parametrize("address", ["/envelopes/", "/envelopes/catch-up/"])
def test_a_form_with_parts_is_no_envelope(client, parties, address):
    answer = client.post(address, {"name": "value"})
    assert answer.status_code in (403, 422)
    assert answer.json()["code"]
