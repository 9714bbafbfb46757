"""The meeting by itself: who makes a quorum, whose votes count, what a majority is (強化法55)."""

import uuid
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori import law
from sakimori.oversight import meeting

PEOPLE = [uuid.UUID(int=number) for number in range(1, 6)]
CHAIR, M1, M2, M3, M4 = PEOPLE
STRANGER = uuid.UUID(int=99)
BODY = {CHAIR: "chair", M1: "member", M2: "member", M3: "member", M4: "member"}
ON = date(2026, 11, 24)
WORDS = {"a": "approve", "r": "reject", "b": "abstain"}


def votes(letters, people=PEOPLE):
    return [(person, WORDS[letter]) for person, letter in zip(people, letters, strict=False)]


@pytest.mark.parametrize(
    ("present", "article"),
    [
        ([CHAIR, M1, M2], None),
        ([CHAIR, M3, M4], None),
        ([M4, CHAIR, M1, M2, M3], None),
        ([CHAIR, M1], "強化法55(2)"),
        ([CHAIR], "強化法55(2)"),
        ([], "強化法55(2)"),
        ([M1, M2, M3, M4], "強化法55(2)"),  # all members, no chair
        ([CHAIR, M1, M1], "強化法55(2)"),  # one person counted twice
        ([CHAIR, CHAIR, M1], "強化法55(2)"),
        ([CHAIR, M1, STRANGER], "強化法55(2)"),
        ([CHAIR, M1, M2, STRANGER], "強化法55(2)"),
    ],
)
def test_quorum(present, article):
    fault = meeting.quorum_fault(BODY, present, ON)
    assert (fault.article if fault else None) == article


def test_a_committee_without_chair_cannot_meet():
    body = dict.fromkeys(PEOPLE, "member")
    assert meeting.quorum_fault(body, PEOPLE, ON).article == "強化法55(2)"


def test_the_quorum_is_the_laws_number():
    assert law.parameter("committee.quorum.members", ON).value == 2
    assert law.parameter("committee.quorum.members", ON).article == "強化法55(2)"


@pytest.mark.parametrize(
    ("present", "given", "says"),
    [
        ([CHAIR, M1, M2], votes("aar"), None),
        ([CHAIR, M1, M2], votes("aab"), None),
        ([CHAIR, M1, M2], [*votes("aaa"), (M2, "approve")], "twice"),
        ([CHAIR, M1, M2], [*votes("aaa"), (M2, "reject")], "twice"),
        ([CHAIR, M1, M2], [*votes("aaa"), (M3, "approve")], "absent"),
        ([CHAIR, M1, M2], [*votes("aaa"), (STRANGER, "approve")], "non-member"),
        ([CHAIR, M1, M2], votes("aa"), "neither voted"),
        ([CHAIR, M1, M2], votes("bar"), None),
        ([CHAIR, M1, M2], votes("bbb"), None),
        ([CHAIR, M1, M2, M3], votes("baar"), "chair must decide"),
        ([CHAIR, M1, M2, M3], votes("baab"), "chair must decide"),
    ],
)
def test_votes(present, given, says):
    fault = meeting.votes_fault(BODY, present, given)
    assert fault is None if says is None else says in fault.what.en
    assert fault is None or fault.article == "強化法55(3)"


@pytest.mark.parametrize(
    ("letters", "carried", "chair_decided"),
    [
        ("aaa", True, False),
        ("rrr", False, False),
        ("raa", True, False),  # outvoted chair
        ("arr", False, False),
        ("aaar", True, False),
        ("aarr", True, True),  # equal: the chair is for it
        ("rraa", False, True),  # equal: the chair is against it
        ("ararb", False, False),  # two of five present
        ("aabb", True, True),  # half of those present approve: the chair decides
        ("raab", False, True),
        ("arbb", False, False),  # one of four present
        ("aabbb", False, False),
        ("aaabb", True, False),
        ("aabrb", False, False),
    ],
)
def test_majority(letters, carried, chair_decided):
    result = meeting.tally(BODY, votes(letters))
    assert (result.carried, result.chair_decided) == (carried, chair_decided)
    assert (result.approve, result.reject, result.abstain) == tuple(letters.count(one) for one in "arb")


SUBSETS = st.lists(st.sampled_from([*PEOPLE, STRANGER]), max_size=8)
BALLOTS = st.lists(st.sampled_from("arb"), min_size=3, max_size=5)


@given(SUBSETS)
def test_a_quorum_is_the_chair_and_two_different_members_and_nobody_else(present):
    members = {person for person in present if BODY.get(person) == "member"}
    fine = len(present) == len(set(present)) and STRANGER not in present and CHAIR in present and len(members) >= 2
    assert (meeting.quorum_fault(BODY, present, ON) is None) == fine


@given(st.lists(st.sampled_from("ar"), min_size=3, max_size=5))
def test_without_abstentions_the_chair_weighs_a_little_more_than_a_member(letters):
    """An independent way to say it: one vote each, and the chair's half a vote more, decides by simple majority."""
    weighed = sum((1.5 if place == 0 else 1) * (1 if letter == "a" else -1) for place, letter in enumerate(letters))
    assert meeting.tally(BODY, votes(letters)).carried == (weighed > 0)


@given(BALLOTS, st.integers(0, 4))
def test_another_vote_for_it_never_defeats_it(letters, place):
    place %= len(letters)
    before = votes(letters)
    after = votes([*letters[:place], "a", *letters[place + 1 :]])
    present = PEOPLE[: len(letters)]
    if meeting.votes_fault(BODY, present, before) is None and meeting.votes_fault(BODY, present, after) is None:
        assert meeting.tally(BODY, after).carried >= meeting.tally(BODY, before).carried


@given(BALLOTS, st.randoms())
def test_the_order_of_the_votes_does_not_matter(letters, random):
    given = votes(letters)
    mixed = list(given)
    random.shuffle(mixed)
    assert meeting.tally(BODY, mixed) == meeting.tally(BODY, given)


@given(BALLOTS)
def test_whoever_does_not_approve_weighs_against_it(letters):
    strict = ["r" if letter == "b" else letter for letter in letters]
    if meeting.votes_fault(BODY, PEOPLE[: len(letters)], votes(letters)) is None:
        assert meeting.tally(BODY, votes(letters)).carried == meeting.tally(BODY, votes(strict)).carried


@given(BALLOTS)
def test_nothing_carries_on_fewer_approvals_than_objections(letters):
    result = meeting.tally(BODY, votes(letters))
    assert not (result.carried and result.approve < result.reject)
