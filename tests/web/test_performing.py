"""The generated forms: every kind has a working page, everything typed stays, sending twice does it once."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import sakimori.law as law
from sakimori.acts import authority, registry
from sakimori.acts.models import Act, Batch, Proposal
from sakimori.parties.models import Consent, Delegation, Organisation
from tests.support.deployment import ORGANISATIONS, ROLES, fixed

pytestmark = pytest.mark.django_db

CONSENT = {"f-organisation": str(fixed("power")), "f-matter": "share_with_nco", "f-given_on": "令和8年11月24日"}
DELEGATION = {
    "f-principal": str(fixed("power")),
    "f-delegate": str(fixed("sector")),
    "f-kinds": "parties.consent.give\r\n\r\nassets.computer.retire\r\n",
    "f-valid_from": "2026/11/1",
}


def _address(kind):
    return reverse("new_act", args=[kind])


def test_every_kind_has_a_working_page_for_every_role_that_performs_it(enter):
    shown = 0
    for organisation in (
        "power",
        "meti",
        "bureau",
        "cabinet",
        "committee",
        "ppc",
        "police",
        "sector",
        "vendor",
        "carrier",
    ):
        type_ = ORGANISATIONS[organisation][0]
        for role in ROLES[type_]:
            client = enter(organisation, role)
            for kind in law.kinds():
                if kind.system or kind.name not in registry.handlers():
                    continue
                may = authority.allowed_by_role(kind, type_, role)
                answer = client.get(_address(kind.name))
                assert answer.status_code == (200 if may else 403), (kind.name, role)
                shown += may
                if may and not answer.context["forbidden"]:
                    empty = client.post(_address(kind.name), {"key": "k"})
                    assert empty.status_code < 500, (kind.name, role)
    assert shown > 20


def test_an_era_date_is_understood_and_the_act_is_done(enter):
    client = enter("power", "approver")
    answer = client.post(_address("parties.consent.give"), {**CONSENT, "key": "k1"})
    assert answer.status_code == 302
    assert Consent.objects.get().given_on.isoformat() == "2026-11-24"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Done and recorded." in page
    assert "share_with_nco" in page


def test_sending_the_form_twice_does_it_once(enter):
    client = enter("power", "approver")
    first, second = (client.post(_address("parties.consent.give"), {**CONSENT, "key": "k1"}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Consent.objects.count() == 1


def test_what_was_typed_stays_when_it_is_refused(enter):
    typed = {**CONSENT, "f-matter": "", "f-given_on": "令和8年13月1日", "f-scope": "この範囲で", "key": "k1"}
    answer = enter("power", "approver").post(_address("parties.consent.give"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for said in ("令和8年13月1日", "この範囲で", 'value="k1"', 'aria-invalid="true"', 'href="#f-given_on"'):
        assert said in page
    assert not Consent.objects.exists()


@pytest.mark.parametrize(("language", "said"), [("ja", "入力してください。"), ("en", "Please enter this.")])
def test_the_doors_faults_stand_at_their_field_in_the_readers_language(enter, language, said):
    client = enter("power", "approver", language=language)
    answer = client.post(_address("parties.consent.give"), {**CONSENT, "f-matter": ""})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="f-matter-error">{said}' in page


def test_a_refusal_that_belongs_to_no_field_is_said_at_the_top(enter):
    typed = {**CONSENT, "f-organisation": str(fixed("meti"))}
    answer = enter("power", "approver").post(_address("parties.consent.give"), typed)
    assert answer.status_code == 422
    assert "Only the party itself can consent." in answer.content.decode()


def test_lists_are_typed_one_a_line(enter):
    typed = {**DELEGATION, "f-delegate": str(fixed("cabinet"))}
    answer = enter("power", "approver").post(_address("parties.delegation.give"), typed)
    assert answer.status_code == 302, answer.content.decode()
    given = Delegation.objects.get()
    assert given.kinds == ["parties.consent.give", "assets.computer.retire"]
    assert given.valid_from.isoformat() == "2026-11-01"


def test_a_kind_with_a_second_person_is_proposed_and_rows_are_pasted(enter):
    from tests.support.filing import import_register

    import_register()
    client = enter("power", "reporter")
    typed = {
        "f-form": "sakimori/1", "f-outline.name": "架空電力", "f-facility_category": "発電設備の監視制御システム",
        "f-rows": "rei1-3-1\tCENTUM VP\t横河電機\nmeirei1-1-3, FortiOS, Fortinet\n", "key": "k1",
    }  # fmt: skip
    answer = client.post(_address("assets.notification.file"), typed)
    assert answer.status_code == 302, answer.content.decode()
    assert "/proposals/" in answer.headers["Location"]
    assert Proposal.objects.get().payload["rows"] == [
        {"clause": "rei1-3-1", "product": "CENTUM VP", "maker": "横河電機"},
        {"clause": "meirei1-1-3", "product": "FortiOS", "maker": "Fortinet"},
    ]
    short = client.post(_address("assets.notification.file"), {**typed, "f-rows": "rei1-3-1", "key": "k2"})
    assert short.status_code == 422
    assert "1 Product: " in short.content.decode()
    comma = 'rei1-3-1,"Red Hat Enterprise Linux 8","Red Hat, Inc."'
    many = client.post(_address("assets.notification.file"), {**typed, "f-rows": comma.replace('"', ""), "key": "k3"})
    assert many.status_code == 422
    assert "Line 1 falls into 4 columns; there are 3." in many.content.decode()
    assert "Red Hat, Inc." in many.content.decode()  # what was typed is kept
    quoted = client.post(_address("assets.notification.file"), {**typed, "f-rows": comma, "key": "k4"})
    assert quoted.status_code == 302
    assert Proposal.objects.latest("proposed_at").payload["rows"][0]["maker"] == "Red Hat, Inc."


def test_a_delegate_acts_in_the_principals_name_only_where_it_was_allowed(enter, parties):
    from sakimori.acts import door
    from tests.support.deployment import viewer

    door.perform(
        "parties.delegation.give",
        {"principal": str(fixed("power")), "delegate": str(fixed("sector")), "kinds": ["parties.consent.give"],
         "valid_from": "2026-11-01"},
        by=viewer("power", "approver"),
    )  # fmt: skip
    client = enter("sector", "liaison")
    assert "Fictitious Power" in client.get(_address("parties.consent.give")).content.decode()
    done = client.post(_address("parties.consent.give"), {**CONSENT, "on_behalf_of": str(fixed("power")), "key": "k"})
    assert done.status_code == 302, done.content.decode()
    assert Act.objects.get(kind="parties.consent.give").on_behalf_of == fixed("power")
    stranger = client.post(_address("parties.consent.give"), {**CONSENT, "on_behalf_of": str(fixed("rail"))})
    assert stranger.status_code == 404


def test_a_bulk_kind_takes_a_list_and_keeps_it_over_an_error(enter):
    client = enter("meti", "administrator")
    row = {"thing": "person", "name_ja": "架空 花子", "fictitious": True}
    upload = SimpleUploadedFile("rows.jsonl", json.dumps(row).encode() + b"\n")
    refused = client.post(_address("parties.register.load"), {"f-title": "", "rows": upload, "key": "k"})
    batch = Batch.objects.latest("staged_at")
    assert refused.status_code == 422
    assert str(batch.id) in refused.content.decode()
    done = client.post(_address("parties.register.load"), {"f-title": "追加", "batch": str(batch.id), "key": "k"})
    assert done.status_code == 302
    assert Act.objects.get(kind="parties.register.load").role == "administrator"


def test_a_bulk_list_that_is_no_json_names_the_line(enter):
    upload = SimpleUploadedFile("rows.jsonl", b'{"thing": "person"}\n\x89PNG\n')
    client = enter("meti", "administrator")
    answer = client.post(_address("parties.register.load"), {"f-title": "x", "rows": upload})
    assert answer.status_code == 422
    assert "Line 2" in answer.content.decode()


def test_a_system_kind_has_no_page(enter):
    assert enter("meti", "decider").get(_address("acts.dispatch.arrive")).status_code == 404
    assert enter("meti", "decider").get(_address("no.such.kind")).status_code == 404


def test_a_form_can_be_prefilled_from_a_link(enter):
    page = enter("power", "reporter").get(_address("assets.computer.retire") + f"?computer={fixed('x')}")
    assert str(fixed("x")) in page.content.decode()


def test_a_faulty_corporate_number_is_explained_in_one_language(enter):
    typed = {
        "f-type": "operator", "f-name_ja": "新", "f-name_en": "New", "f-deployment": "test",
        "f-corporate_number": "1234567890123",
    }  # fmt: skip
    answer = enter("meti", "administrator").post(_address("parties.organisation.enrol"), typed)
    assert "the check digit of the corporate number is wrong" in answer.content.decode()
    assert "検査数字" not in answer.content.decode()
    assert not Organisation.objects.filter(name_ja="新").exists()


def test_deep_forms_are_read_back_whole(enter):
    """A triage: facts of an event as yes, no or unknown; what is not entered at all stays out."""
    from sakimori.incidents.payloads import TriageCase
    from sakimori.pages.forms import form_for
    from tests.support.deployment import viewer

    typed = {"f-case": str(fixed("case")), "f-facts.harmed": "yes", "f-facts.trace_of_harm": "no"}
    form = form_for(TriageCase, viewer("power", "reporter"), typed, sent=True)
    assert form.read() == {"case": str(fixed("case")), "facts": {"harmed": True, "trace_of_harm": False}}
    nothing = form_for(TriageCase, viewer("power", "reporter"), {"f-case": "x"}, sent=True)
    assert nothing.read() == {"case": "x", "facts": {}}  # the facts must be there, the personal data need not
    personal = form_for(TriageCase, viewer("power", "reporter"), {**typed, "f-personal.persons": "12"}, sent=True)
    assert personal.read()["personal"] == {"persons": 12}
