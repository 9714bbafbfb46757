"""The meeting of the committee (強化法55): quorum and majority. Pure: people and votes in, the result or a refusal out.

(2) The chair and two or more members must be present for the committee to open a meeting and decide.
(3) A majority of those present decides; when the votes are equal, the chair does.
Whoever is present counts, so whoever does not approve weighs against it; equal means that exactly half of those present
approve. (Were equal read as “as many for as against”, one for and one against among four could carry, and two for and
none against could not.) The chair's own vote then decides, and the chair may not abstain. How the votes of those who
abstain count is our reading of (3). Who stands in for an absent chair is not built: no chair, no meeting.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sakimori import law
from sakimori.acts.errors import PreconditionError
from sakimori.text import Text

_QUORUM = "committee.quorum.members"
_QUORUM_ARTICLE, _MAJORITY_ARTICLE = "強化法55(2)", "強化法55(3)"
Body = Mapping[uuid.UUID, str]
Votes = Sequence[tuple[uuid.UUID, str]]


@dataclass(frozen=True, slots=True)
class Tally:
    """How the vote went: for, against, abstaining; whether it was equal and the chair decided; whether it carried."""

    approve: int
    reject: int
    abstain: int
    chair_decided: bool
    carried: bool

    def as_dict(self) -> dict[str, int | bool]:
        """Return plain data."""
        return {
            "approve": self.approve,
            "reject": self.reject,
            "abstain": self.abstain,
            "chair_decided": self.chair_decided,
            "carried": self.carried,
        }


def chair_of(body: Body) -> uuid.UUID | None:
    """Return the chair among the committee's people, None where there is none."""
    return next((person for person, role in body.items() if role == "chair"), None)


def quorum_fault(body: Body, present: Sequence[uuid.UUID], on: date) -> PreconditionError | None:
    """Return why these people cannot open a meeting, or None; `body` maps the committee's people to their roles."""
    twice = _first_twice(present)
    if twice is not None:
        return _refuse("同じ人が二度、出席者に挙げられています。", "Somebody is listed as present twice.", twice)
    stranger = next((person for person in present if person not in body), None)
    if stranger is not None:
        return _refuse(
            "委員でない人が出席者に挙げられています。", "Somebody present is not on the committee.", stranger
        )
    if chair_of(body) not in present:
        return _refuse("委員長が出席していません。", "The chair is not present.", None)
    needed = int(str(law.parameter(_QUORUM, on).value))
    members = sum(body[person] == "member" for person in present)
    if members < needed:
        return PreconditionError(
            Text(
                f"定足数に足りません。委員長のほかに{needed}人以上の委員の出席が必要で、{members}人でした。",
                f"No quorum: besides the chair at least {needed} members must be present; there were {members}.",
            ),
            code="oversight.quorum",
            where="present",
            article=_QUORUM_ARTICLE,
        )
    return None


def votes_fault(body: Body, present: Sequence[uuid.UUID], votes: Votes) -> PreconditionError | None:
    """Return what is wrong with the votes, or None: one vote for each person present, and for nobody else."""
    voters = [person for person, _ in votes]
    twice = _first_twice(voters)
    if twice is not None:
        return _refuse("同じ人が二度投票しています。", "Somebody voted twice.", twice, "votes", _MAJORITY_ARTICLE)
    for person in voters:
        if person not in body:
            return _refuse("委員でない人が投票しています。", "A non-member voted.", person, "votes", _MAJORITY_ARTICLE)
        if person not in present:
            return _refuse(
                "出席していない人が投票しています。", "Somebody absent voted.", person, "votes", _MAJORITY_ARTICLE
            )
    silent = next((person for person in present if person not in voters), None)
    if silent is not None:
        return _refuse(
            "出席者の賛否（棄権を含む）がそろっていません（内規）。",
            "Somebody present neither voted nor abstained (house rule).",
            silent,
            "votes",
            _MAJORITY_ARTICLE,
        )
    chair = chair_of(body)
    if _is_equal(votes) and (chair, "abstain") in votes:
        return _refuse("可否同数です。委員長が決してください。", "The votes are equal: the chair must decide.", chair,
                       "votes", _MAJORITY_ARTICLE)  # fmt: skip
    return None


def tally(body: Body, votes: Votes) -> Tally:
    """Return the result of votes that `votes_fault` found nothing wrong with."""
    counts = Counter(vote for _, vote in votes)
    equal = _is_equal(votes)
    for_it = counts["approve"] > len(votes) - counts["approve"]
    carried = (chair_of(body), "approve") in votes if equal else for_it
    return Tally(counts["approve"], counts["reject"], counts["abstain"], equal, carried)


def _is_equal(votes: Votes) -> bool:
    approving = sum(vote == "approve" for _, vote in votes)
    return approving == len(votes) - approving


def _first_twice(people: Iterable[uuid.UUID]) -> uuid.UUID | None:
    seen: set[uuid.UUID] = set()
    for person in people:
        if person in seen:
            return person
        seen.add(person)
    return None


def _refuse(
    ja: str, en: str, person: uuid.UUID | None, where: str = "present", article: str = _QUORUM_ARTICLE
) -> PreconditionError:
    place = f"{where}: {person}" if person else where
    return PreconditionError(Text(ja, en), code=f"oversight.{where}", where=place, article=article)
