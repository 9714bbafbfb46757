"""143 computers whose answers were argued from the order's text: in scope or not, by which clause, notified by when."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from sakimori.assets.interview import units
from sakimori.assets.scoping import assess
from sakimori.cli.main import main
from sakimori.law import deadline
from sakimori.law.decisions import assets as scope_table
from tests.support import computers
from tests.support.deployment import fixed

FIXTURE = computers.computers()
FACILITIES = computers.facilities()
KINDS = {"appliance": "hardware", "os": "software", "middleware": "software", "application": "software",
         "cloud": "cloud_service"}  # fmt: skip


def assessed(one):
    facility = FACILITIES[one["facility"]]
    return assess(one["facts"], one["product"], one["maker"], one["introduced"], facility, one["asked_on"])


def due_of(answer, on):
    if answer.rule is None:
        return None
    due = deadline(answer.rule, answer.begins, on=on).due
    return date(due.year, due.month, due.day)


def basis_of(content):
    return {article for decision in content.values() for article in decision["basis"]}


def covers(articles, basis):
    """Return whether the answer rests on each article argued with (an article or a place within it)."""
    return all(any(one == article or one.startswith(article + "(") for one in basis) for article in articles)


@pytest.mark.parametrize("one", FIXTURE, ids=[one["key"] for one in FIXTURE])
def test_the_answer_is_the_one_argued_from_the_text(one):
    answer, expected = assessed(one), one["expect"]
    found = {
        "scope": answer.scope,
        "clause": answer.clause,
        "notify": answer.notify,
        "due": due_of(answer, one["asked_on"]),
        "unit": units.explained(one["unit"], one["name"], one["product"], one["asked_on"]).decision["values"]["unit"],
    }
    wanted = {"clause": "", "due": None, **expected, "unit": KINDS[one["unit"]]}
    wanted.pop("articles", None)
    assert found == wanted, one["why"]
    basis = basis_of(answer.content)
    assert covers(expected.get("articles", []), basis), (sorted(basis), one["why"])


def test_every_clause_exemption_and_window_is_there():
    answered = [assessed(one) for one in FIXTURE]
    assert len(FIXTURE) >= 120
    assert len({one["key"] for one in FIXTURE}) == len(FIXTURE)
    clauses = [answer.clause for answer in answered]
    assert {clause: clauses.count(clause) >= 2 for clause in scope_table.clauses()} == dict.fromkeys(
        scope_table.clauses(), True
    )
    exemptions = {answer.content["notify"]["outcome"] for answer in answered if answer.notify == "exempt"}
    assert exemptions == {"exempt_designated", "exempt_own"}
    assert {answer.rule for answer in answered} - {None} == {
        "kyokaho.notice.existing", "kyokaho.notice.early_window", "kyokaho.notice.designated",
        "kyokaho.notice.facility_order", "kyokaho.notice.new",
    }  # fmt: skip
    assert sum(answer.notify == "open" or answer.scope == "open" for answer in answered) >= 20
    assert all(one["why"].strip() for one in FIXTURE)


def as_said(one):
    """Return what a machine is told of a computer of the fixture."""
    expected = one["expect"]
    return {
        "key": one["key"],
        "in_scope": {"in": True, "out": False, "open": None}[expected["scope"]],
        "clause": expected.get("clause", ""),
        "notify": expected["notify"],
        "due": expected["due"].isoformat() if "due" in expected else None,
        "unit": one["unit"],
        "errors": [],
    }


@pytest.mark.django_db
def test_the_command_line_answers_a_list_of_them_the_same(parties, tmp_path):
    computers.enrol(fixed("power"), fixed("meti"))
    rows = computers.listed(computers.today())
    path = tmp_path / "computers.csv"
    path.write_bytes(computers.as_csv(rows, facility=computers.facility_name))
    done = CliRunner().invoke(main, ["assets", "check", str(path), "--operator", str(fixed("power")), "--json"])
    assert done.exit_code == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) >= 110
    for one, row in zip(rows, said, strict=True):
        assert {name: row[name] for name in as_said(one)} == as_said(one), one["why"]
        assert covers(one["expect"].get("articles", []), row["basis"])
        assert all(reason["article"] and reason["ja"] and reason["en"] for reason in row["reasons"])
