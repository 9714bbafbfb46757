"""The loader refuses what a reviewer would: no article, no date, one language, a dangling name; with file and key."""

from collections.abc import Mapping
from datetime import date

import pytest
import yaml

from sakimori import law
from sakimori.law.clocks import deadline
from sakimori.law.lawbook import build_book, read_files

FILES = read_files()
RULES = "rules/kyokaho.yaml"
NUMBERS = "parameters/kyokaho_clocks.yaml"
KINDS = "kinds/parties.yaml"


def _edited(name: str, old: str, new: str) -> Mapping[str, bytes]:
    text = FILES[name].decode()
    assert old in text
    return {**FILES, name: text.replace(old, new, 1).encode()}


def _with(name: str, data: object) -> Mapping[str, bytes]:
    return {**FILES, name: yaml.safe_dump(data, allow_unicode=True).encode()}


KIND = {
    "name": "trial.thing.do",
    "title": {"ja": "試行", "en": "Try"},
    "basis": ["house"],
    "actors": ["operator/reporter"],
    "known_since": date(2026, 11, 20),
    "source": "HOUSE",
}


def _kind(**changes: object) -> Mapping[str, bytes]:
    entry = {key: value for key, value in {**KIND, **changes}.items() if value is not None}
    return _with("kinds/trial.yaml", {"room": "trial", "kinds": [entry]})


def test_the_trial_kind_itself_is_accepted() -> None:
    kind = build_book(_kind()).kind("trial.thing.do")
    assert (kind.version, kind.in_force_by, kind.second_person, kind.system) == (1, "house", "none", False)
    assert kind.second_actors == kind.actors


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": None},
        {"known_since": None},
        {"source": None},
        {"title": None},
        {"actors": None},
        {"title": {"ja": "片方だけ"}},
        {"name": "other.thing.do"},
        {"name": "trial.do"},
        {"actors": ["operator/king"]},
        {"actors": ["guild/reporter"]},
        {"basis": ["強化法999"]},
        {"source": "HEARSAY"},
        {"second_person": "perhaps"},
        {"second_person": "house"},  # without proposal_rule
        {"second_person": "house", "proposal_rule": "nothing.such"},
        {"settles": ["nothing.such"]},
        {"starts": [{"rule": "nothing.such", "bearer": "actor", "from": "x"}]},
        {"starts": [{"rule": "kyokaho.notice.new", "bearer": "nobody", "from": "x"}]},
        {"starts": [{"rule": "kyokaho.notice.new", "bearer": "actor"}]},
        {"notifies": [{"to": "nobody", "within": "promptly", "basis": "house"}]},
        {"notifies": [{"to": "minister", "within": "some day", "basis": "house"}]},
        {"restricts": {"all": ["nothing.such"]}},
        {"releases": ["nothing.such"]},
        {"system": True},  # system acts have no other actors
        {"actors": ["system/system"]},
        {"spelling": "wrong"},
        {"bulk": "yes please"},
        {"version": "one"},
    ],
)
def test_a_wrong_kind_is_refused_with_file_and_key(changes: dict[str, object]) -> None:
    with pytest.raises(law.LawDataError) as caught:
        build_book(_kind(**changes))
    assert caught.value.where is not None
    assert "trial" in caught.value.where
    assert caught.value.what.ja
    assert caught.value.what.en


def test_parametrised_restrictions_are_accepted_in_kinds() -> None:
    assert build_book(_kind(restricts={"all": ["need_to_know:case"]})).kind("trial.thing.do").restricts["all"]


def test_two_versions_of_a_kind_and_the_newest_wins() -> None:
    entries = [KIND, {**KIND, "version": 2, "title": {"ja": "第2版", "en": "Second"}}]
    book = build_book(_with("kinds/trial.yaml", {"room": "trial", "kinds": entries}))
    assert book.kind("trial.thing.do").title.en == "Second"
    assert book.kind("trial.thing.do", 1).title.en == "Try"
    with pytest.raises(law.UnknownKindError):
        book.kind("trial.thing.do", 3)
    with pytest.raises(law.LawDataError):
        build_book(_with("kinds/trial.yaml", {"room": "trial", "kinds": [KIND, KIND]}))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (RULES, "    article: 命令2(1)\n", ""),
        (RULES, "valid_from: 2026-10-01, ", ""),
        (RULES, "known_since: 2026-11-20, ", ""),
        (RULES, "source: ORDER", "source: HEARSAY"),
        (RULES, "period: kyokaho.notice.new.period", "period: nothing.such"),
        (RULES, "period: kyokaho.notice.new.period", "period: kyokaho.commencement"),  # a date cannot be counted
        (RULES, "calendar: jp_national", "calendar: mars"),
        (RULES, "    calendar: jp_national\n", ""),
        (RULES, "outside: kyokaho.notice.new", "outside: nothing.such"),
        (RULES, "form: prompt", "form: sudden"),
        (RULES, "    word: promptly\n", ""),
        (RULES, "roll: forward", "rol: forward"),
        (NUMBERS, "known_since: 2026-11-20, ", ""),
        (NUMBERS, ", article: 命令2(1)", ""),
        (NUMBERS, "article: 命令2(1)", "article: 命令はない"),
        (NUMBERS, "unit: months, value: 4", "unit: moons, value: 4"),
        (NUMBERS, "unit: months, value: 4", "unit: months"),
        (NUMBERS, "value: 2026-10-01", "value: soon"),
        ("restrictions.yaml", "ceilings: [operator]", "ceilings: [guild]"),
        ("restrictions.yaml", "    source: KDDI\n", ""),
        ("instruments.yaml", "from: 2025-07-01, ", ""),
        ("instruments.yaml", '"1..3"', '"1..x"'),
        ("calendars/jp_national.yaml", 'from: "12-29"', "from: christmas"),
        ("calendars/us_federal.yaml", "weekday: monday, nth: 3,", "weekday: someday, nth: 3,"),
    ],
)
def test_a_wrong_entry_is_refused_with_file_and_key(name: str, old: str, new: str) -> None:
    with pytest.raises(law.LawDataError) as caught:
        build_book(_edited(name, old, new))
    assert caught.value.where
    assert caught.value.as_dict()["what"]


def test_unreadable_yaml_is_refused() -> None:
    with pytest.raises(law.LawDataError):
        build_book({**FILES, KINDS: b"room: [unclosed"})


def test_unknown_values_need_a_note_and_no_value() -> None:
    entry = {"title": {"ja": "x", "en": "x"}, "unit": "days", "article": "house", "source": "HOUSE", "unknown": True}
    entry |= {"valid_from": date(2026, 1, 1), "known_since": date(2026, 1, 1)}
    for wrong in (entry, {**entry, "value": 3, "note": {"ja": "x", "en": "x"}}):
        with pytest.raises(law.LawDataError):
            build_book(_with("parameters/trial.yaml", {"parameters": {"trial.x": wrong}}))


def test_repeated_parameter_keys_are_refused() -> None:
    with pytest.raises(law.LawDataError):
        build_book({**FILES, "parameters/zzz.yaml": FILES[NUMBERS]})


def test_repeated_rules_are_refused_and_a_later_version_is_not() -> None:
    with pytest.raises(law.LawDataError):
        build_book({**FILES, "rules/zzz.yaml": FILES["rules/house.yaml"]})
    later = FILES["rules/house.yaml"].replace(b"valid_from: 2000-01-01", b"valid_from: 2030-01-01")
    book = build_book({**FILES, "rules/zzz.yaml": later})
    assert book.rule("house.proposal.expiry", on=date(2029, 1, 1)).valid_from == date(2000, 1, 1)
    assert book.rule("house.proposal.expiry", on=date(2031, 1, 1)).valid_from == date(2030, 1, 1)
    assert book.rule("house.proposal.expiry", on=date(1999, 1, 1)).valid_from == date(2000, 1, 1)


@pytest.mark.no_cover  # the same lines, once a byte: measuring doubles the time
def test_the_digest_depends_on_every_byte_and_on_nothing_else() -> None:
    assert build_book(FILES).digest == law.book().digest == build_book(dict(reversed(FILES.items()))).digest
    for name in FILES:
        changed = {**FILES, name: FILES[name] + b"\n# a comment\n"}
        assert build_book(changed).digest != law.book().digest


def test_a_corrected_value_is_told_from_what_was_known_before() -> None:
    values = [
        {"value": 30, "known_since": date(2026, 11, 20)},
        {"value": 45, "known_since": date(2027, 3, 1)},
        {"value": 20, "known_since": date(2027, 3, 1), "valid_from": date(2028, 1, 1)},
    ]
    entry = {"title": {"ja": "x", "en": "x"}, "unit": "days", "article": "house", "source": "HOUSE"}
    entry |= {"valid_from": date(2026, 10, 1), "values": values}
    book = build_book(_with("parameters/trial.yaml", {"parameters": {"trial.x": entry}}))
    day = date(2027, 1, 1)
    assert book.parameter("trial.x", day, known=date(2026, 12, 1)).value == 30
    assert book.parameter("trial.x", day).value == 45
    assert book.parameter("trial.x", date(2028, 1, 1)).value == book.parameter("trial.x").value == 20
    assert book.parameter("trial.x", date(2020, 1, 1)).value == 45  # before its first day: the first value


def test_a_number_that_ended_is_no_number_any_more() -> None:
    text = FILES[NUMBERS].decode()
    old = "value: 30, article: 命令4(2)"
    assert old in text
    ended = text.replace(old, f"{old}, valid_until: 2026-12-31")
    book = build_book({**FILES, NUMBERS: ended.encode()})
    assert book.parameter("kyokaho.incident.full.period", date(2026, 12, 31)).value == 30
    with pytest.raises(law.LawError):
        book.parameter("kyokaho.incident.full.period", date(2027, 1, 1))
    answer = deadline(book, "kyokaho.incident.full", date(2027, 1, 1))
    assert (answer.due, answer.confidence) == (None, "unknown")
    assert answer.reason is not None
    assert "2026-12-31" in answer.reason.en


def test_keys_nobody_knows_are_refused_with_a_hint() -> None:
    with pytest.raises(law.UnknownRuleError) as rule:
        law.rule("kyokaho.incident.ful")
    assert rule.value.mend is not None
    assert "kyokaho.incident.full" in rule.value.mend.en
    with pytest.raises(law.UnknownParameterError):
        law.parameter("no.such")
    with pytest.raises(law.UnknownKindError):
        law.kind("no.such.kind")
    with pytest.raises(law.UnknownRestrictionError):
        law.restriction("no_such")
    with pytest.raises(law.UnknownRestrictionError):
        law.restriction("secret:x")  # not parametrised
    assert law.restriction("need_to_know:case-1").key == "need_to_know"


def test_both_yaml_readers_read_the_data_alike() -> None:
    """The fast reader needs libyaml; where it is missing the plain one must read the same law."""
    for name, content in read_files().items():
        plain = yaml.load(content, Loader=yaml.SafeLoader)
        fast = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
        assert plain == fast, name
