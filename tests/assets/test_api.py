"""The room on the API: check, import once, draft; the same faults as on the site, typed and documented."""

import hashlib
import json

import pytest

from sakimori.acts.models import Act, Proposal
from sakimori.assets.api import CheckedList, FaultyList
from sakimori.assets.models import Computer, Upload
from sakimori.assets.tables import LARGEST
from sakimori.parties.models import Token
from tests.support.deployment import WORLD, fixed
from tests.support.filing import ROWS, csv, import_register

pytestmark = pytest.mark.django_db

V1 = "/api/v1/assets"
BAD = ROWS[1].replace("P-002", "P-012").replace("令和7年4月1日", "平成31年5月1日")


def post(client, path, data, **headers):
    return client.post(f"{V1}/{path}", data, content_type="text/csv", headers=headers)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_check_answers_row_by_row_and_stores_nothing(enter, encoding):
    answer = post(enter("power", "viewer"), "check", csv(encoding=encoding))
    assert answer.status_code == 403
    answer = post(enter("power", "reporter"), "check", csv(encoding=encoding))
    found = CheckedList.model_validate(answer.json())
    assert answer.status_code == 200
    assert (found.count, found.faulty, found.ignored, found.faults) == (5, 0, [], [])
    firewall, windows, portal = found.rows[1], found.rows[2], found.rows[3]
    assert (firewall.row, firewall.line, firewall.key, firewall.in_scope) == (2, 3, "P-002", True)
    assert (firewall.clause, firewall.notify, firewall.unit) == ("meirei1-1-3", "yes", "appliance")
    assert firewall.due.isoformat() == "2027-03-31"
    assert "命令1(1)(iii)" in {reason.article for reason in firewall.reasons}
    assert (windows.notify, windows.due) == ("exempt", None)
    assert (portal.in_scope, portal.clause, portal.notify) == (False, "", "no")
    assert not Upload.objects.exists()
    assert not Computer.objects.exists()


def test_check_names_every_fault_and_answers_the_good_rows(enter):
    answer = post(enter("power", "reporter"), "check", csv((ROWS[0], BAD)))
    found = CheckedList.model_validate(answer.json())
    assert answer.status_code == 200
    assert (found.count, found.faulty) == (2, 1)
    assert [(one.line, one.column) for one in found.faults] == [(3, "導入日")]
    assert found.rows[0].in_scope is True
    assert (found.rows[1].in_scope, found.rows[1].errors) == (None, found.faults)


@pytest.mark.parametrize("path", ["check", "import"])
@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "empty"), (b"\x89PNG\r\n", "PNG"), (csv(()), "no row"), (b"\x00\x01", "NUL"), (b"a,b\n1,2\n", "missing")],
)
def test_what_is_no_list_is_a_typed_error(enter, path, data, said):
    code = "assets.unmapped" if data.startswith(b"a,b") else "table.unreadable"
    answer = post(enter("power", "reporter"), path, data)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert said in answer.json()["what"]["en"]
    assert answer.json()["mend"]["ja"]


def test_import_is_whole_or_nothing(enter):
    answer = post(enter("power", "reporter"), "import", csv((ROWS[0], BAD)))
    found = FaultyList.model_validate(answer.json())
    assert (answer.status_code, found.code) == (422, "assets.faulty_list")
    assert [(one.line, one.column) for one in found.faults] == [(3, "導入日")]
    assert not Computer.objects.exists()


def test_a_repeated_import_is_the_same_act_and_another_body_is_refused(enter):
    client = enter("power", "reporter")
    first, again = (post(client, "import?source=a.csv", csv(), **{"idempotency-key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200), first.content
    assert first.json()["receipt"] == again.json()["receipt"]
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert Computer.objects.count() == 5
    other = post(client, "import", csv(ROWS[:1]), **{"idempotency-key": "k"})
    assert (other.status_code, other.json()["code"]) == (409, "act.idempotency")
    without = post(client, "import", csv())
    assert (without.status_code, without.json()["code"]) == (422, "assets.nothing_new")
    assert Act.objects.filter(kind="assets.register.import").count() == 1


def test_a_token_drafts_the_import_and_a_person_takes_it_on(enter):
    Token.objects.create(
        organisation=fixed("power"), role="reporter", world=WORLD, name="t",
        digest=hashlib.sha256(b"geheim").hexdigest(),
    )  # fmt: skip
    headers = {"authorization": "Bearer geheim", "idempotency-key": "n"}
    from django.test import Client

    first, again = (post(Client(), "import", csv(), **headers) for _ in range(2))
    assert (first.status_code, first.json()["draft"]) == (202, True), first.content
    assert first.json()["proposal"] == again.json()["proposal"]
    assert not Computer.objects.exists()
    proposal = Proposal.objects.get()
    adopted = enter("power", "reporter").post(
        f"/api/v1/proposals/{proposal.id}/adopt", b"{}", content_type="application/json"
    )
    assert adopted.status_code == 200


def test_draft_shows_what_waits_and_the_exact_payload(enter):
    import_register()
    client = enter("power", "reporter")
    waiting = client.get(f"{V1}/draft").json()
    assert waiting == {
        "waiting": [{"facility_category": "発電設備の監視制御システム", "computers": 3}], "draft": None,
    }  # fmt: skip
    assert client.get(f"{V1}/draft", {"form": "change"}).json() == {"waiting": [], "draft": None}
    assert client.get(f"{V1}/draft", {"form": "poem"}).status_code == 422
    draft = client.get(f"{V1}/draft", {"category": "発電設備の監視制御システム"}).json()["draft"]
    assert set(draft["payload"]) == {"form", "outline", "facility_category", "rows"}
    assert [set(row) for row in draft["payload"]["rows"]] == [{"clause", "product", "maker"}] * 3
    made = client.post(f"/api/v1/acts/{draft['kind']}", json.dumps(draft["payload"]), content_type="application/json")
    assert made.status_code == 202
    missing = client.get(f"{V1}/draft", {"category": "ない"})
    assert (missing.status_code, missing.json()["code"]) == (422, "act.precondition")
    assert enter("meti", "officer").get(f"{V1}/draft").status_code == 403


def test_staged_rows_that_nobody_checked_never_reach_the_register(enter):
    client = enter("power", "reporter")
    for rows, code in (
        ([{"key": "x"}], "act.payload"),
        ([{}], "act.payload"),
        ([], "act.precondition"),
        ([{**ROW, "introduced_on": "2099-01-01"}], "act.precondition"),
        ([{**ROW, "facility": str(fixed("rail.facility"))}], "act.precondition"),
        ([{**ROW, "facts": {"part_of_facility": "vielleicht"}}], "act.payload"),
        ([ROW, ROW], "act.conflict"),
    ):
        staged = client.post(
            "/api/v1/batches/assets.register.import", json.dumps({"rows": rows}), content_type="application/json"
        ).json()
        answer = client.post(
            f"/api/v1/acts/assets.register.import?batch={staged['batch']}", json.dumps({"source": "raw"}),
            content_type="application/json",
        )  # fmt: skip
        assert (answer.status_code in (409, 422), answer.json()["code"]) == (True, code), rows
    assert "1 key(s) are in the register already, or twice in the table: R-1" in answer.json()["what"]["en"]
    assert not Computer.objects.exists()


ROW = {
    "key": "R-1", "name": "n", "facility": str(fixed("power.facility")), "maker": "m", "product": "p", "unit": "os",
    "introduced_on": "2024-01-01", "facts": {},
}  # fmt: skip


def test_anothers_staged_rows_cannot_be_used(enter):
    theirs = {**ROW, "facility": str(fixed("rail.facility"))}
    staged = enter("power", "reporter").post(
        "/api/v1/batches/assets.register.import", json.dumps({"rows": [theirs]}), content_type="application/json"
    )
    answer = enter("rail", "reporter").post(
        f"/api/v1/acts/assets.register.import?batch={staged.json()['batch']}", json.dumps({"source": "x"}),
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 422
    assert not Computer.objects.exists()


def test_too_large_a_body_is_refused_before_it_is_read(enter):
    answer = enter("power", "reporter").post(
        f"{V1}/check", b"x", content_type="text/csv", headers={"content-length": str(LARGEST + 1)}
    )
    assert answer.status_code == 413


def test_the_operations_are_documented_with_their_shapes(enter):
    document = enter("power", "reporter").get("/api/v1/openapi.json").json()
    check = document["paths"][f"{V1}/check"]["post"]
    assert "text/csv" in check["requestBody"]["content"]
    assert check["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/CheckedList"
    }
    names = {one["name"] for one in document["paths"][f"{V1}/import"]["post"]["parameters"]}
    assert names == {
        "source", "sheet", "facility", "unit", "introduced_on", "conflicts", "changed_on", "Idempotency-Key",
        "maker", "leave_out",
    }  # fmt: skip
    assert {"202", "422"} <= set(document["paths"][f"{V1}/import"]["post"]["responses"])
