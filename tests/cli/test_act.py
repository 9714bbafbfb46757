"""`sakimori act`: the same door from the command line."""

import json

import pytest
from click.testing import CliRunner

from sakimori.cli.main import main
from sakimori.parties.models import Account, Consent
from tests.support.deployment import fixed
from tests.support.filing import import_register

pytestmark = pytest.mark.django_db

CONSENT = {"organisation": str(fixed("power")), "matter": "share_with_nco", "given_on": "2026-11-24"}


@pytest.fixture
def run(parties):
    for role in ("reporter", "approver"):
        Account.objects.create_account(role, parties.person("power", role), None)

    def one(*arguments, given=None):
        return CliRunner().invoke(main, ["act", *arguments], input=json.dumps(given) if given is not None else None)

    return one


def test_perform_prints_the_receipt_and_does_it_once(run):
    call = ("perform", "parties.consent.give", "--payload", "-", "--as", "approver", "--key", "k")
    first, again = (run(*call, given=CONSENT) for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0), first.output
    assert json.loads(first.stdout)["receipt"] == json.loads(again.stdout)["receipt"]
    assert Consent.objects.count() == 1


def test_a_refusal_speaks_both_languages_and_exits_1(run):
    refused = run("perform", "parties.consent.give", "--payload", "-", "--as", "reporter", given=CONSENT)
    assert refused.exit_code == 1
    assert "この役割には認められていません" in refused.stderr
    assert "Your role may not do this" in refused.stderr
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("--as", "nobody"), "Nobody has the log-in name"),
        (("--as", "approver", "--role", "decider"), "Choose one of"),
        (("--as", "approver", "--world", "moon"), "no world"),
    ],
)
def test_whoever_cannot_be_found_is_told_how_to_go_on(run, call, said):
    refused = run("perform", "parties.consent.give", "--payload", "-", *call, given=CONSENT)
    assert refused.exit_code == 1
    assert said in refused.stderr


def test_a_payload_that_is_no_object_is_refused(run):
    assert run("perform", "parties.consent.give", "--payload", "-", "--as", "approver", given=[1]).exit_code == 1


def test_two_people_propose_and_confirm(run, tmp_path):
    import_register()
    payload = tmp_path / "payload.json"
    body = {
        "outline": {"name": "架空電力"}, "facility_category": "発電設備の監視制御システム",
        "rows": [{"clause": "meirei1-1-3", "product": "FortiOS", "maker": "Fortinet"}],
    }  # fmt: skip
    payload.write_text(json.dumps(body), encoding="utf-8")
    made = json.loads(run("propose", "assets.notification.file", "--payload", str(payload), "--as", "reporter").stdout)
    assert str(made["proposal"]) in run("list", "--proposals", "--as", "reporter").stdout
    done = run("confirm", made["proposal"], "--as", "approver")
    assert json.loads(done.stdout)["kind"] == "assets.notification.file"
    assert "assets.notification.file" in run("list", "--as", "approver").stdout
    late = run("refuse", made["proposal"], "--reason", "遅い", "--as", "approver")
    assert late.exit_code == 1


def test_kinds_lists_what_the_role_may_do(run):
    listed = run("kinds", "--as", "approver").stdout
    assert "parties.consent.give\tnone" in listed
    assert "parties.person.enrol" not in listed
