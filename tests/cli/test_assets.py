"""`sakimori assets`: check, import, draft, file from the command line; exit status 0, 1, 2."""

import json
import uuid

import pytest
from click.testing import CliRunner

from sakimori.acts import door
from sakimori.acts.models import Proposal
from sakimori.assets.models import Computer, ComputerChange
from sakimori.cli.main import main
from sakimori.parties.models import Account, Facility
from sakimori.sample.inventory import inventory_csv
from sakimori.sample.organisations import sample_world
from tests.support.deployment import fixed, viewer
from tests.support.filing import ROWS, csv, file_notification
from tests.support.warning import carry

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(parties, tmp_path):
    for role in ("reporter", "approver", "viewer"):
        Account.objects.create_account(role, parties.person("power", role), None)

    def one(command, data, *arguments):
        path = tmp_path / "list.csv"
        if data is not None:
            path.write_bytes(data)
        given = [str(path)] if data is not None else []
        return CliRunner().invoke(main, ["assets", command, *given, *arguments])

    return one


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


OPERATOR = ("--operator", str(fixed("power")), "--json")
KEYS = {"row", "in_scope", "clause", "notify", "unit", "due", "basis", "reasons", "errors"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_check_prints_one_object_a_row(run, encoding):
    result = run("check", csv(encoding=encoding), *OPERATOR)
    assert result.exit_code == 0, result.stderr
    rows = lines(result)
    assert all(set(row) >= KEYS for row in rows)
    assert [(row["row"], row["clause"], row["notify"], row["due"]) for row in rows] == [
        (1, "rei1-3-1", "yes", "2027-03-31"),
        (2, "meirei1-1-3", "yes", "2027-03-31"),
        (3, "rei1-3-1", "exempt", None),
        (4, "", "no", None),
        (5, "meirei1-1-2", "yes", "2027-03-31"),
    ]
    assert {"ja", "en", "article"} == set(rows[0]["reasons"][0])
    assert not Computer.objects.exists()


def test_check_names_every_fault_and_exits_1(run):
    bad = ROWS[1].replace("令和7年4月1日", "2026-13-01").replace("機器", "?")
    result = run("check", csv((ROWS[0], bad)), *OPERATOR)
    assert result.exit_code == 1
    assert [len(row["errors"]) for row in lines(result)] == [0, 2]
    spoken = run("check", csv((ROWS[0], bad)), *OPERATOR[:2])
    assert spoken.exit_code == 1
    assert "3行目「導入日」: 日付「2026-13-01」を読めません" in spoken.stderr
    assert "line 3, Introduced (導入日): " in spoken.stderr
    assert "✓" in spoken.stdout
    assert "✕" in spoken.stdout


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n", b"PK\x03\x04", csv(()), b"\x00"])
def test_a_file_that_is_no_list_exits_1_in_both_languages(run, data):
    result = run("check", data, *OPERATOR)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 2


def test_called_wrongly_exits_2(run):
    assert run("check", csv(), "--operator", "nobody").exit_code == 2
    assert run("check", csv()).exit_code == 2
    assert run("check", None, "/no/such/file", *OPERATOR).exit_code == 2
    assert run("import", csv()).exit_code == 2


def test_an_operator_of_the_sample_world_is_known_by_its_key(run):
    world = sample_world()
    result = run("check", inventory_csv(world, "power", 40), "--operator", "power", "--json")
    assert result.exit_code == 0, result.stderr
    assert len(lines(result)) == 40
    assert {row["in_scope"] for row in lines(result)} >= {True, False}


def test_check_knows_the_register(run):
    assert run("import", csv(), "--as", "reporter").exit_code == 0
    again = run("check", csv(), *OPERATOR)
    assert again.exit_code == 0  # what the register has is compared when it is imported, not refused
    nothing = run("import", csv(), "--as", "reporter")
    assert nothing.exit_code == 1
    assert "The register says the same already" in nothing.stderr
    changed = csv([ROWS[1].replace("Fortinet", "フォーティネット")])
    undated = run("import", changed, "--as", "reporter")  # nobody said on which day: today would be a guess
    assert undated.exit_code == 1
    assert "The period runs from it" in undated.stderr
    assert Computer.objects.get(key="P-002").maker == "Fortinet"
    applied = run("import", changed, "--as", "reporter", "--changed-on", "2026-11-20")
    assert applied.exit_code == 0, applied.stderr
    assert lines(applied)[0]["changed_on"] == "2026-11-20"
    assert Computer.objects.get(key="P-002").maker == "フォーティネット"


def test_import_is_done_once_a_key_and_whole_or_not_at_all(run):
    first, again = (run("import", csv(), "--as", "reporter", "--key", "k") for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0), first.stderr
    assert lines(first)[0]["receipt"] == lines(again)[0]["receipt"]
    assert lines(again)[0]["repeated"] is True
    assert Computer.objects.count() == 5
    broken = ROWS[1].replace("P-002", "N-2").replace("令和7年4月1日", "昨日")
    bad = run("import", csv((ROWS[0].replace("P-001", "N-1"), broken)), "--as", "reporter")
    assert bad.exit_code == 1
    assert "導入日" in bad.stderr
    assert "何も取り込んでいません" in bad.stderr
    assert Computer.objects.count() == 5


def test_who_may_not_import_is_refused(run):
    result = run("import", csv(), "--as", "viewer")
    assert result.exit_code == 1
    assert "Your role may not do this" in result.stderr
    assert not Computer.objects.exists()


def test_draft_and_file_propose_what_waits(run):
    run("import", csv(), "--as", "reporter")
    (drafted,) = lines(run("draft", None, "--as", "reporter"))
    (filed,) = lines(run("file", None, "--as", "reporter", "--key", "k"))
    (again,) = lines(run("file", None, "--as", "reporter", "--key", "k"))
    assert filed["proposal"] == again["proposal"]
    assert filed["sha256"] == drafted["sha256"]
    assert Proposal.objects.get().payload == drafted["payload"]
    confirmed = CliRunner().invoke(main, ["act", "confirm", filed["proposal"], "--as", "approver"])
    assert confirmed.exit_code == 0
    nothing = run("file", None, "--as", "reporter")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "No computer waits" in nothing.stderr
    assert run("draft", None, "--as", "reporter", "--category", "ない").exit_code == 1


def test_what_leaves_is_had_as_files_and_changes_and_papers_are_filed_too(run, tmp_path):
    run("import", csv(), "--as", "reporter")
    (drafted,) = lines(run("draft", None, "--as", "reporter"))
    for wanted, begins in (("json", b"{"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        (written,) = lines(run("draft", None, "--as", "reporter", "--format", wanted, "--out", str(tmp_path / "out")))
        assert written["sha256"] == drafted["sha256"]
        with open(written["file"], "rb") as file:  # noqa: PTH123
            assert file.read().startswith(begins)
    assert run("draft", None, "--as", "reporter", "--format", "pdf").exit_code == 2
    nothing = run("draft", None, "--as", "reporter", "--form", "change")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "no change waits" in nothing.stderr
    assert "期限は2027-03-31" in nothing.stderr  # and what does wait is said, with the day
    assert "new computers wait to be notified (3 computers, due 2027-03-31): see them with `--form notification`" in (
        nothing.stderr
    )
    power = viewer("power", "reporter")
    facility = Facility.objects.get(organisation_id=fixed("power"))
    paper = {"facility": str(facility.id), "paper": "plan", "filed_on": "2026-05-01", "reference": "1",
             "items": [{"name": "CENTUM VP", "supplier": "横河電機"}]}  # fmt: skip
    door.perform("assets.plan_paper.record", paper, by=power)
    missing = run("file", None, "--as", "reporter", "--form", "substitute")
    assert missing.exit_code == 2
    assert "--contact-email" in missing.stderr
    contact = ("--contact-department", "部", "--contact-person", "氏名", "--contact-telephone", "03",
               "--contact-email", "a@example.jp")  # fmt: skip
    (filed,) = lines(run("file", None, "--as", "reporter", "--form", "substitute", *contact))
    assert Proposal.objects.get().id == uuid.UUID(filed["proposal"])
    file_notification()
    carry()
    computer = Computer.objects.get(key="P-002")
    change = {"computer": str(computer.id), "changed_on": "2026-11-24", "product": "FortiOS NG"}
    door.perform("assets.computer.change", change, by=power)
    due = ComputerChange.objects.get().due_on
    for command in ("draft", "file"):
        told = run(command, None, "--as", "reporter")
        assert (told.exit_code, told.stdout) == (0, "")
        assert "No computer waits" in told.stderr
        assert f"届け出る変更があります（1台、期限は{due}）" in told.stderr
        assert f"changes wait to be notified (1 computer, due {due}): see them with `--form change`" in told.stderr
    assert "変更があります" not in run("draft", None, "--as", "reporter", "--category", "ない").stderr
    assert "Besides" not in run("draft", None, "--as", "reporter", "--form", "change").stderr
    (filed,) = lines(run("file", None, "--as", "reporter", "--form", "change"))
    assert Proposal.objects.get(id=filed["proposal"]).kind == "assets.change_notification.file"
