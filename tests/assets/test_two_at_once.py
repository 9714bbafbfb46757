"""Two people confirm at the same moment, each in a process of its own, with real commits: one wins, one is told."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sakimori.acts import proposals
from sakimori.acts.errors import ProposalError
from sakimori.acts.models import Act
from tests.support import deployment
from tests.support.filing import import_register
from tests.support.run import REPOSITORY, inherited

PEOPLE = ("approver", "second")


def run(home: Path, url: str, *step: str) -> subprocess.Popen:
    settings = {"SAKIMORI_HOME": str(home), "SAKIMORI_SECRET_KEY": "only-for-tests", "SAKIMORI_DATABASE_URL": url}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.assets.confirming_actor", *step],
        env={**inherited(), **settings}, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def race(home: Path, url: str) -> None:
    deployment.write_home(home)
    founding = run(home, url, "found")
    proposal = founding.communicate()[0].strip()
    assert founding.returncode == 0
    racers = [run(home, url, "confirm", proposal, person) for person in PEOPLE]
    for one in racers:
        assert one.stdout.readline() == "ready\n"
    for one in racers:
        one.stdin.write("go\n")
        one.stdin.flush()
    told = {person: json.loads(one.communicate()[0]) for person, one in zip(PEOPLE, racers, strict=True)}
    won = [person for person in PEOPLE if "act" in told[person]]
    assert len(won) == 1, told
    (lost,) = set(PEOPLE) - set(won)
    assert told[lost]["code"] == "act.proposal"
    for said in ("confirmed at 2026-11-24 ", told[won[0]]["name"]):
        assert said in told[lost]["what"], told
    state, _ = run(home, url, "count").communicate()
    assert json.loads(state) == {"filings": 1, "proposal": "confirmed", "filed": 3}


@pytest.mark.slow
def test_two_confirm_at_once_on_sqlite(tmp_path):
    race(tmp_path / "home", "")


@pytest.mark.slow
@pytest.mark.postgres
def test_two_confirm_at_once_on_postgresql(tmp_path, postgres_url):
    race(tmp_path / "home", postgres_url)


@pytest.fixture
def proposal(parties):
    from sakimori.assets import drafting

    import_register()
    payload = drafting.draft(deployment.viewer("power", "reporter"), "発電設備の監視制御システム")
    return proposals.propose("assets.notification.file", payload, by=deployment.viewer("power", "reporter")).id


def test_a_button_pressed_twice_is_one_confirmation(proposal):
    approver = deployment.viewer("power", "approver")
    first, again = (proposals.confirm(proposal, by=approver, idempotency_key="k", client="web") for _ in range(2))
    assert (first.act, first.receipt) == (again.act, again.receipt)
    assert again.repeated
    with pytest.raises(ProposalError):
        proposals.confirm(proposal, by=approver, idempotency_key="another", client="web")
    assert Act.objects.filter(kind="assets.notification.file").count() == 1


def test_whoever_is_late_is_told_by_whom_and_when_in_tokyo(proposal):
    done = proposals.confirm(proposal, by=deployment.viewer("power", "approver"))
    at = Act.objects.get(id=done.act).recorded_at
    with pytest.raises(ProposalError) as late:
        proposals.confirm(proposal, by=deployment.viewer("power", "approver"))
    from sakimori.acts.clock import TOKYO

    assert f"{at.astimezone(TOKYO):%Y-%m-%d %H:%M}" in late.value.what.ja
    assert "架空電力 approverが確認済みです" in late.value.what.ja
