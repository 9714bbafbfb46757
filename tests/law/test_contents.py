"""What the law book must hold: promised clocks, the unknowns of the fact sheets, labels, house rules marked."""

from datetime import date

import pytest

from sakimori import law
from sakimori.law import check, listing

ON = date(2026, 11, 20)


def test_the_book_is_clean() -> None:
    assert check.check(law.book(), ON) == []


def test_past_its_outer_limit_a_commencement_must_be_entered() -> None:
    found = check.check(law.book(), date(2027, 11, 22))
    assert len(found) == 1
    assert "強化法" in found[0].ja


@pytest.mark.parametrize("key", check.PROMISED)
def test_every_promised_clock_is_there(key: str) -> None:
    assert law.rule(key).key == key


def test_unknowns_say_what_is_known() -> None:
    unknown = [row for row in listing.rows(law.book(), ON) if row.unknown and row.group == "parameter"]
    assert len(unknown) >= 45  # §10 of one sheet (13 entries, several of them double) and §6 of the other (12 lines)
    for row in unknown:
        assert row.note is not None
        assert row.value == "?"


@pytest.mark.parametrize(
    "key",
    [
        # fact sheet kyokaho §10, numbered as there
        *("unknown.notification.form", "unknown.guide.text", "unknown.forms.fields", "unknown.platform"),  # 1-4
        *("unknown.act.19", "unknown.act.31", "unknown.act.34", "unknown.act.63", "unknown.act.79"),  # 5
        *("unknown.ordinance.mechanical", "unknown.ordinance.agreement", "unknown.ordinance.safety"),  # 6
        *("unknown.ordinance.provision", "unknown.council.rules", "unknown.committee.rules"),  # 6-8
        *("unknown.espa.article53", "unknown.policy.text", "kyokaho.communications.commencement"),  # 9-11
        *("unknown.vulnerability.kev", "unknown.sources.secondary", "unknown.act.65"),  # 12, 13, and 5 again
        # fact sheet espa_and_standards §6, line by line
        *("unknown.espa.checklist", "unknown.espa.guide", "unknown.espa.statistics", "unknown.espa.medical"),
        *("unknown.espa.finance_draft", "unknown.espa.merged", "unknown.standards.text", "unknown.standards.sector16"),
        *("unknown.plan.text", "unknown.severity.thresholds", "unknown.exercise.people"),
        *("unknown.interdependency.matrix", "unknown.standards.government", "unknown.window.single"),
        *("unknown.singapore.later_step", "unknown.circia.status", "unknown.eu.omnibus", "unknown.police.text"),
        *("unknown.sector.clocks", "unknown.forms.procedures", "unknown.vulnerability.threshold"),
        # marked [unknown] elsewhere in the sheets
        *("unknown.notification.extra_items", "unknown.notification.retirement", "unknown.scope.letters"),
        *("unknown.guide.awareness", "unknown.guide.stocktake", "unknown.guide.vendor_filing"),
        *("unknown.forms.report_types", "unknown.incident.updates", "unknown.espa.card", "espa.operators"),
    ],
)
def test_each_unknown_of_the_fact_sheets_is_listed(key: str) -> None:
    assert law.parameter(key, ON).unknown


def test_an_unknown_comes_back_when_the_grace_was_amended() -> None:
    assert law.parameter("espa.grace.period", date(2026, 9, 17)).value == 6
    assert law.parameter("espa.grace.period", date(2026, 9, 18)).unknown
    rows = {row.key: row for row in listing.rows(law.book(), ON) if row.group == "rule"}
    assert rows["espa.grace"].unknown


def test_house_rules_are_marked_and_nothing_else_is() -> None:
    for history in law.book().parameters.values():
        for value in history.values:
            assert (value.article == "house") == history.key.startswith("house."), history.key
    for rule in law.rules():
        assert (rule.article == "house") == rule.key.startswith("house."), rule.key
    for kind in law.kinds():
        if kind.second_person == "house":
            assert kind.house_rule is not None


def test_labels() -> None:
    keys = {label.key for label in law.restrictions()}
    assert keys >= {"selected_information", "reported_information", "secret", "party_consent", "reporter_identity"}
    assert keys >= {"tlp:red", "tlp:amber+strict", "tlp:amber", "tlp:green", "tlp:clear", "need_to_know"}
    assert keys >= {"concentration", "private_inventory"}
    assert law.restriction("reported_information").refuses == ("sanction",)
    assert law.restriction("private_inventory").ceilings == ("operator",)
    assert law.restriction("private_inventory").released_by == ()
    assert law.restriction("selected_information").released_by == ("強化法29",)
    assert not law.in_force("強化法29", ON)  # so that release is off
    assert "operator" not in law.restriction("selected_information").ceilings
    assert law.restriction("tlp:red").ceilings == ()


def test_every_label_named_by_a_kind_can_be_found() -> None:
    for kind in law.kinds():
        for labels in kind.restricts.values():
            for label in labels:
                assert law.restriction(label)


def test_performing_is_decided_per_article() -> None:
    forces = {kind.name: law.in_force(kind.in_force_by, ON) for kind in law.kinds()}
    assert any(forces.values())
    for kind in law.kinds():
        if kind.in_force_by.startswith(("強化法17", "強化法22", "強化法63")):
            assert not forces[kind.name]


def test_check_tells_a_missing_clock_and_one_that_fails() -> None:
    from sakimori.law.lawbook import build_book, read_files

    files = read_files()
    text = files["rules/sectors.yaml"].decode()
    renamed = build_book(
        {**files, "kinds/incidents_later.yaml": b"room: incidents\nkinds: []\n"}
        | {"rules/sectors.yaml": text.replace("key: railway.written", "key: railway.typed").encode()}
    )
    assert [line.en for line in check.check(renamed, ON)] == ["The rule 'railway.written' is missing."]
    late = date(2099, 12, 20)  # thirty days later the calendars end
    assert any("2100" in line.en for line in check.check(law.book(), late))
