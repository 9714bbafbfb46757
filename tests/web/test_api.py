"""The API: one typed operation for every kind and query, typed errors, sessions with CSRF, tokens with limits."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

import sakimori.law as law
from sakimori.acts import clock, door, registry
from sakimori.acts.models import Act, Proposal
from sakimori.parties.models import Consent, Person, Token
from sakimori.web.api import faults
from sakimori.web.api.bodies import LIMIT
from tests.support.deployment import WORLD, fixed, viewer
from tests.web import scene

pytestmark = pytest.mark.django_db

CONSENT = {"organisation": str(fixed("power")), "matter": "share_with_nco", "given_on": "2026-11-24"}
V1 = "/api/v1"


def _post(client, path, body=None, **headers):
    return client.post(f"{V1}{path}", json.dumps(body or {}), content_type="application/json", headers=headers)


@pytest.fixture
def token(parties):
    def make(organisation="power", role="approver", secret="geheim", **more):  # noqa: S107 - opens nothing
        Token.objects.create(
            organisation=fixed(organisation), role=role, world=WORLD, name="test",
            digest=hashlib.sha256(secret.encode()).hexdigest(), **more,
        )  # fmt: skip
        return {"authorization": f"Bearer {secret}"}

    return make


def test_the_document_is_openapi_3_1_and_names_every_operation_once(enter):
    document = enter("power", "viewer").get(f"{V1}/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    for kind in law.kinds():
        offered = kind.name in registry.handlers() and not kind.system
        assert (f"{V1}/acts/{kind.name}" in document["paths"]) == offered, kind.name
    for query in registry.queries():
        assert "get" in document["paths"][f"{V1}/queries/{query}"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all({"401", "403", "404", "409", "422"} <= set(operation["responses"]) for operation in operations)


def test_the_shape_of_faults_is_worked_out_once():
    """It stands with every status of every operation: made anew each time, the document took four seconds."""
    first, again = (faults._Said.model_json_schema(mode="serialization") for _ in range(2))
    assert first is again
    assert first != faults._Said.model_json_schema(mode="serialization", by_alias=False, ref_template="{model}")


def test_each_act_operation_describes_its_own_payload(enter):
    paths = enter("power", "viewer").get(f"{V1}/openapi.json").json()["paths"]
    body = paths[f"{V1}/acts/assets.notification.file"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"form", "outline", "facility_category", "rows"}
    assert body["properties"]["rows"]["items"]["required"] == ["clause", "product", "maker"]
    assert "$ref" not in json.dumps(body)


def test_nobody_is_let_in_without_session_or_token(parties):
    for answer in (Client().get(f"{V1}/openapi.json"), _post(Client(), "/acts/parties.consent.give", CONSENT)):
        assert answer.status_code == 401
        assert answer.json()["code"] == "api.unauthenticated"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_session_performs_and_a_repeat_is_the_same_act(enter):
    client = enter("power", "approver")
    first, again = (_post(client, "/acts/parties.consent.give", CONSENT, **{"idempotency-key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["receipt"] == again.json()["receipt"]
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert Consent.objects.count() == 1
    other = _post(client, "/acts/parties.consent.give", {**CONSENT, "matter": "x"}, **{"idempotency-key": "k"})
    assert (other.status_code, other.json()["code"]) == (409, "act.idempotency")


def test_a_session_needs_its_csrf_token_to_write(enter):
    client = Client(enforce_csrf_checks=True)
    client.cookies = enter("power", "approver").cookies
    refused = _post(client, "/acts/parties.consent.give", CONSENT)
    assert (refused.status_code, refused.json()["code"]) == (403, "api.csrf")
    assert not Consent.objects.exists()
    client.get("/")
    secret = next(morsel.value for name, morsel in client.cookies.items() if name.endswith("csrf"))
    assert _post(client, "/acts/parties.consent.give", CONSENT, **{"x-csrftoken": secret}).status_code == 200


def test_faulty_fields_are_named(enter):
    answer = _post(enter("power", "approver"), "/acts/parties.consent.give", {"matter": "", "surprise": 1})
    assert answer.status_code == 422
    assert answer.json()["code"] == "act.payload"
    assert {fault["where"] for fault in answer.json()["fields"]} == {"organisation", "matter", "given_on", "surprise"}
    assert set(answer.json()["what"]) == {"ja", "en"}


@pytest.mark.parametrize("body", [b"", b"[1]", b"\x89PNG", b'{"a":', b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused_plainly(enter, body):
    answer = enter("power", "approver").post(f"{V1}/acts/parties.consent.give", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["code"] in ("api.json", "act.payload")


def test_large_bodies_are_taken_and_too_large_ones_refused(enter):
    client = enter("power", "approver")
    large = _post(client, "/acts/parties.consent.give", {**CONSENT, "scope": "あ" * 60_000})
    assert large.status_code == 200
    too_large = _post(client, "/acts/parties.consent.give", {**CONSENT, "scope": "a" * LIMIT})
    assert too_large.status_code == 413


def test_a_second_persons_kind_becomes_a_proposal_that_another_confirms(enter, parties):
    scene.play()
    body = {
        "outline": {"name": "架空電力"}, "facility_category": scene.CATEGORY,
        "rows": [{"clause": "meirei1-1-3", "product": "FortiOS", "maker": "Fortinet"}],
    }  # fmt: skip
    made = _post(enter("power", "reporter"), "/acts/assets.notification.file", body)
    assert made.status_code == 202
    own = _post(enter("power", "reporter"), f"/proposals/{made.json()['proposal']}/confirm")
    assert own.status_code in (403, 409)
    done = _post(enter("power", "approver"), f"/proposals/{made.json()['proposal']}/confirm")
    assert done.status_code == 200
    late = _post(enter("power", "approver"), f"/proposals/{made.json()['proposal']}/confirm")
    assert (late.status_code, late.json()["code"]) == (409, "act.proposal")


def test_refusing_by_api(enter, parties):
    played = scene.play()
    stranger = _post(enter("rail", "approver"), f"/proposals/{played.proposal}/refuse", {"reason": "x"})
    assert stranger.status_code == 404
    nothing = _post(enter("power", "approver"), f"/proposals/{played.proposal}/refuse", {})
    assert (nothing.status_code, nothing.json()["fields"][0]["where"]) == (422, "reason")
    assert _post(enter("power", "approver"), f"/proposals/{played.proposal}/refuse", {"reason": "x"}).status_code == 200
    assert Proposal.objects.get(id=played.proposal).status == "refused"


def test_a_token_drafts_and_a_person_adopts(enter, token):
    drafted = _post(Client(), "/acts/parties.consent.give", CONSENT, **token())
    assert drafted.status_code == 202, drafted.content
    assert drafted.json()["draft"]
    assert not Consent.objects.exists()
    adopted = _post(enter("power", "approver"), f"/proposals/{drafted.json()['proposal']}/adopt")
    assert adopted.status_code == 200
    assert Proposal.objects.get().person == fixed("power.approver")


def test_a_token_performs_nothing_that_only_a_person_may(token, parties):
    refused = _post(Client(), "/acts/parties.person.enrol", {"name_ja": "機械"}, **token())
    assert refused.status_code == 403
    assert not Person.objects.filter(name_ja="機械").exists()


@pytest.mark.parametrize("more", [{"revoked": True}, {"valid_until": "yesterday"}])
def test_a_token_out_of_use_lets_nobody_in(token, more):
    if "valid_until" in more:
        more = {"valid_until": clock.wall().date() - timedelta(days=1)}
    assert Client().get(f"{V1}/queries/acts.inbox", headers=token(**more)).status_code == 401


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic geheim", "Bearer", "geheim"])
def test_a_wrong_token_is_not_covered_by_a_session(enter, token, header):
    token()
    answer = enter("power", "viewer").get(f"{V1}/queries/acts.inbox", headers={"authorization": header})
    assert answer.status_code == 401


def test_a_token_opens_the_api_and_no_page(token, parties):
    headers = token()
    assert Client().get(f"{V1}/queries/acts.inbox", headers=headers).status_code == 200
    assert Client().get("/", headers=headers).status_code == 302


def test_queries_take_typed_arguments_and_no_others(enter):
    scene.play()
    client = enter("power", "reporter")
    rows = client.get(f"{V1}/queries/assets.register?status=notified").json()
    assert (rows["count"], rows["stamp"]) == (3, "SAMPLE 見本（架空）")
    unknown = client.get(f"{V1}/queries/assets.register?state=notified")
    assert (unknown.status_code, unknown.json()["where"]) == (422, "state")
    wrong = client.get(f"{V1}/queries/assets.computer?computer=42")
    assert (wrong.status_code, wrong.json()["fields"][0]["where"]) == (422, "computer")
    missing = client.get(f"{V1}/queries/assets.computer")
    assert missing.status_code == 422


def test_the_world_of_the_parties_is_not_the_callers_to_choose(enter):
    client = enter("power", "viewer")
    assert client.get(f"{V1}/queries/parties.organisations").json()["count"] >= 1
    assert client.get(f"{V1}/queries/parties.organisations?world=real").status_code == 422


def test_a_role_that_may_not_read_is_refused(enter):
    answer = enter("rail", "administrator").get(f"{V1}/queries/assets.register")
    assert (answer.status_code, answer.json()["code"]) == (403, "act.not_authorised")


def test_acts_and_receipts_are_the_organisations_own(enter):
    played = scene.play()
    own = enter("power", "viewer")
    act = own.get(f"{V1}/acts/{played.filed}").json()
    assert act["dispatches"][0]["status"] == "arrived"
    assert own.get(f"{V1}/receipts/{played.filed}").json() == act["receipt"]
    for path in ("acts", "receipts"):
        answer = enter("rail", "approver").get(f"{V1}/{path}/{played.filed}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_batch_is_staged_and_used(enter):
    client = enter("meti", "administrator")
    staged = _post(client, "/batches/parties.register.load", {"rows": [{"thing": "person", "name_ja": "束の人"}]})
    assert staged.status_code == 200
    batch = staged.json()["batch"]
    done = _post(client, f"/acts/parties.register.load?batch={batch}", {"title": "束"})
    assert done.status_code == 200, done.content
    assert Person.objects.filter(name_ja="束の人").exists()
    again = _post(client, f"/acts/parties.register.load?batch={batch}", {"title": "束"})
    assert (again.status_code, again.json()["code"]) == (409, "act.batch_used")
    assert _post(enter("power", "viewer"), "/batches/parties.register.load", {"rows": []}).status_code == 403
    assert _post(client, "/batches/parties.person.enrol", {"rows": []}).status_code == 404


def test_an_envelope_that_does_not_verify_is_refused(parties):
    for body in (b"", b"{}", b"\x00", b'{"world": "sample"}'):
        answer = Client(enforce_csrf_checks=True).post("/envelopes/", body, content_type="application/json")
        assert answer.status_code == 422
        assert answer.json()["code"]
    assert Client().get("/envelopes/").status_code == 405


def test_the_door_stands_behind_every_operation(enter):
    """A role that may not perform a kind is refused by the API as it is by the door."""
    before = Act.objects.count()
    for kind in law.kinds():
        if kind.system or kind.name not in registry.handlers():
            continue
        answer = _post(enter("power", "viewer"), f"/acts/{kind.name}", {})
        allowed = any(a.organisation in ("any", "operator") and a.role in ("any", "viewer") for a in kind.actors)
        assert answer.status_code == (422 if allowed else 403), kind.name
    assert Act.objects.count() == before


def test_performing_shows_on_the_page_what_the_api_answered(enter):
    client = enter("power", "approver")
    done = _post(client, "/acts/parties.consent.give", CONSENT).json()
    assert client.get(reverse("act", args=[done["act"]])).status_code == 200
    assert door.Act.objects.get(id=done["act"]).person == viewer("power", "approver").person
