"""The frame's own blocks: obligations, proposals, notices, filings under way, who opened what, people, delegations."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, pgettext

from sakimori import law
from sakimori.acts import clock, parts
from sakimori.pages import rows_or_none
from sakimori.pages.desks import SOON, Block, Button, Foremost, Item, rows_first, urgency
from sakimori.pages.navigation import ANYBODY
from sakimori.pages.tables import shown
from sakimori.pages.words import label
from sakimori.record import Viewer
from sakimori.web import kinds, names, rooms
from sakimori.web.enrol import steps
from sakimori.web.lawlinks import law_link
from sakimori.web.proposing import may_confirm, may_propose
from sakimori.web.speaking import articles, either, language, titled

_ADMINISTRATOR = frozenset({("any", "administrator")})
_EVERYBODY = ANYBODY | _ADMINISTRATOR


def _obligations(viewer: Viewer, *, mine: bool) -> Foremost | None:
    """The obligations whose days come first; those without a day come last, as they are less urgent."""
    found = rows_first(viewer, "acts.obligations", "due_on", whose="own" if mine else "others")
    if found is None:
        return None
    called = {} if mine else names.organisations(viewer, [row["bearer"] for row in found.rows])
    settling = kinds.settling(kinds.performable(viewer)) if mine else {}
    matters = rooms.subjects(viewer, found.rows)
    return Foremost([_owed(row, viewer, called, settling, matters) for row in found.rows], found.total)


def owed_item(row: Mapping[str, Any], viewer: Viewer) -> Item:
    """Return an obligation (a row of `acts.obligations`) as an item, without buttons."""
    return _owed(row, viewer, {}, {}, rooms.subjects(viewer, [row]))


def _owed(
    row: Mapping[str, Any],
    viewer: Viewer,
    called: Mapping[uuid.UUID, str],
    settling: Mapping[str, list[law.ActKind]],
    matters: Mapping[str, Mapping[str, Any]],
) -> Item:
    derivation = row["derivation"] or {}
    days = (row["due_on"] - clock.today(viewer.world)).days if row["due_on"] else None
    link = rooms.subject_url(row["subject_type"], row["subject"], viewer)
    matter = matters.get(str(row["subject"]), {})
    wanted = settling.get(row["rule"], [])
    if matter.get("settled_by"):
        wanted = [kind for kind in wanted if kind.name == matter["settled_by"]]
    forms = [Button(kind.title.pick(language()), rooms.start_url(kind.name)) for kind in wanted]
    buttons = [Button(forms[0].label, link)] if link and forms else forms  # the thing's own page knows the way best
    return Item(
        title=titled(row),
        link=link,
        detail=" · ".join(filter(None, (matter.get("name"), called.get(row["bearer"])))),
        urgency=urgency(days),
        due=row["due_on"],
        days=days,
        basis=articles(filter(None, [str(derivation.get("basis", ""))])),
        basis_link=law_link("rule", row["rule"]),
        reason=either(str(derivation.get("reason") or "")),
        steps=tuple(either(line) for line in derivation.get("derivation", [])),
        is_target=row["is_target"],
        buttons=tuple(buttons),
        settled_by=wanted[0].name if wanted else "",
    )


def _mine_owed(viewer: Viewer) -> Foremost | None:
    return _obligations(viewer, mine=True)


def _things_owed(viewer: Viewer) -> Iterable[uuid.UUID]:
    """What the organisation's own obligations are about."""
    return parts.values(viewer, "acts.obligations", ["subject"], whose="own")["subject"]


def _watched(viewer: Viewer) -> Foremost | None:
    return _obligations(viewer, mine=False)


def _waiting(viewer: Viewer) -> Foremost | None:
    """Proposals that wait for this viewer to confirm them, or a machine's drafts to be taken on; the next to lapse."""
    found = rows_first(viewer, "acts.proposals", "expires_at", waits_for="me")
    if found is None:
        return None
    waits, draft = gettext("waits for your confirmation"), gettext("a draft to take on")
    items = [_proposal(row, viewer, waits if row["person"] else draft, "waiting") for row in found.rows]
    return Foremost(sorted(items, key=lambda one: one.order[0]), found.total)


def _things_waiting(viewer: Viewer) -> Iterable[uuid.UUID]:
    """Return the proposals that wait for this viewer, and the things whose pages show them."""
    names_of = ["id", *(f"payload__{field}" for field in sorted(rooms.proposal_fields()))]
    found = parts.values(viewer, "acts.proposals", names_of, waits_for="me")
    return [one for ids in found.values() for one in ids if one is not None]


def _own_proposals(viewer: Viewer) -> Foremost | None:
    """Proposals of this viewer, and of others that somebody else has to confirm."""
    found = rows_first(viewer, "acts.proposals", waits_for="others")
    if found is None:
        return None
    own, others = gettext("yours: waits for a second person"), gettext("waits for a second person")
    mine = viewer.person
    items = [_proposal(row, viewer, own if mine and row["person"] == mine else others, "") for row in found.rows]
    return Foremost(items, found.total)


def _proposal(row: Mapping[str, Any], viewer: Viewer, tag: str, urgent: str) -> Item:
    kind = law.kind(row["kind"])
    days = (row["expires_at"].astimezone(clock.TOKYO).date() - clock.today(viewer.world)).days
    return Item(
        kind.title.pick(language()),
        proposal_page(viewer, row),
        gettext("lapses on %(day)s") % {"day": shown(row["expires_at"].astimezone(clock.TOKYO).date())},
        urgency="soon" if urgent and days <= 1 else urgent,
        since=row["proposed_at"],
        tag=tag,
        basis=gettext(", ").join(one for one in kind.basis if one != "house"),
        basis_link=law_link("kind", kind.name),
        buttons=(Button(gettext("Look at it and decide"), proposal_page(viewer, row)),) if urgent else (),
    )


def proposal_page(viewer: Viewer, row: Mapping[str, Any]) -> str:
    """Return the page of a proposal: the room's own for whoever handles such acts, else the frame's."""
    own = ""
    if may_confirm(viewer, row["kind"]) or may_propose(viewer, row["kind"]):
        own = rooms.proposal_url(row["kind"], row["id"], row["payload"])
    return own or reverse("proposal", args=[row["id"]])


def _notices(viewer: Viewer) -> Foremost | None:
    """Notices nobody has opened yet, the newest first."""
    found = rows_first(viewer, "acts.inbox", unopened=True)
    if found is None:
        return None
    items = [
        Item(
            titled(row),
            reverse("notice", args=[row["id"]]),
            urgency="waiting",
            since=row["created_at"],
            basis=articles([row["basis"]]),
            tag=gettext("not opened yet"),
            buttons=(Button(pgettext("verb", "Open"), reverse("notice", args=[row["id"]]), post=True),),
        )
        for row in found.rows
    ]
    return Foremost(items, found.total)


def _under_way(viewer: Viewer) -> list[Item] | None:
    """What was sent and has not arrived, or was refused: only what has arrived counts."""
    rows = rows_or_none(viewer, "acts.dispatches")
    if rows is None:
        return None
    open_ones = [row for row in rows if row["status"] != "arrived"]
    called = names.organisations(viewer, [row["addressee"] for row in open_ones])
    tags = {"waiting": gettext("waits to be sent"), "sent": gettext("sent, not arrived yet")}
    return [
        Item(
            law.kind(row["kind"]).title.pick(language()),
            reverse("act", args=[row["act"]]),
            gettext("to “%(who)s”") % {"who": called.get(row["addressee"], "")},
            urgency="late" if row["status"] == "refused" else "",
            since=row["created_at"],
            tag=tags.get(row["status"], gettext("refused by the other side")),
        )
        for row in open_ones
    ]


def _opened(viewer: Viewer) -> list[Item] | None:
    rows = rows_or_none(viewer, "acts.opened")
    if rows is None:
        return None
    called = names.organisations(viewer, [row["organisation"] for row in rows])
    return [
        Item(
            called.get(row["organisation"], ""),
            reverse("act", args=[row["act"]]),
            law.kind(row["kind"]).title.pick(language()),
            since=row["read_at"],
        )
        for row in rows
    ]


def _acting_for(viewer: Viewer) -> list[Item] | None:
    """For whom this organisation may act, and who may act for it (委任)."""
    rows = rows_or_none(
        viewer, "parties.delegations", world=clock.world(viewer.world).base, on=clock.today(viewer.world)
    )
    if not rows:
        return None
    called = names.organisations(viewer, [row[side] for row in rows for side in ("principal_id", "delegate_id")])
    found = []
    for row in rows:
        other = called.get(row["principal_id" if row["held"] else "delegate_id"], "")
        said = gettext("You may act for “%(who)s”") if row["held"] else gettext("“%(who)s” may act for you")
        what = gettext(", ").join(law.kind(name).title.pick(language()) for name in row["kinds"])
        link = reverse("role") if row["held"] and row["principal_id"] != viewer.on_behalf_of else ""
        found.append(
            Item(
                said % {"who": other},
                link if viewer.role != "administrator" else "",
                what,
                due=row["valid_until"],
                days=(row["valid_until"] - clock.today(viewer.world)).days if row["valid_until"] else None,
            )
        )
    return found


def _set_up(viewer: Viewer) -> list[Item] | None:
    """The steps of the guided run that are still open; None once everything needed is there."""
    if viewer.on_behalf_of not in (None, viewer.organisation):
        return None
    found = steps.facts(viewer)
    left = [one for one in steps.shown(viewer, found, "") if one.state == steps.OPEN and one.key != "summary"]
    button = gettext("Go on with set-up")
    return [
        Item(one.title, link := reverse("enrol:step", args=[one.key]), urgency="waiting", tag=one.word,
             buttons=(Button(button, link),))
        for one in left
    ] or None  # fmt: skip


def _people(viewer: Viewer) -> list[Item] | None:
    """The people of this organisation and their roles; who cannot log in yet and whose role ends comes first."""
    rows = rows_or_none(viewer, "parties.roster", world=clock.world(viewer.world).base, on=clock.today(viewer.world))
    if rows is None:
        return None
    today = clock.today(viewer.world)
    found = []
    for row in rows:
        days = (row["valid_until"] - today).days if row["valid_until"] else None
        ending = days is not None and days <= SOON
        english = language().startswith("en") and row["name_en"]
        found.append(
            Item(
                row["name_en"] if english else row["name_ja"],
                detail=label(row["role"]),
                urgency="soon" if ending else "",
                due=row["valid_until"],
                days=days,
                tag=gettext("the role ends soon")
                if ending
                else ""
                if row["has_account"]
                else gettext("no account yet"),
            )
        )
    return sorted(found, key=lambda one: (not one.tag, one.order))


def _state_of_person(row: Mapping[str, Any], *, ending: bool) -> str:
    if ending:
        return gettext("the role ends soon")
    return "" if row["has_account"] else gettext("no account yet")


def _tokens(viewer: Viewer) -> list[Item] | None:
    """Tokens of this organisation's machines: name, role and last day, never the secret."""
    rows = rows_or_none(viewer, "parties.tokens")
    if rows is None:
        return None
    today = clock.today(viewer.world)
    found = []
    for row in rows:
        days = (row["valid_until"] - today).days if row["valid_until"] else None
        over = days is not None and days < 0
        tag = gettext("withdrawn") if row["revoked"] else gettext("run out") if over else ""
        found.append(Item(row["name"], detail=label(row["role"]), due=row["valid_until"], days=days, tag=tag))
    return found


_PROPOSALS = ("proposals", gettext_noop("All proposals"))
_ACTS = ("acts", gettext_noop("All acts done"))
BLOCKS = (
    Block(
        "enrol.open",
        gettext_noop("Set-up"),
        gettext_noop("Set-up is finished."),
        _set_up,
        _ADMINISTRATOR,
        ("enrol:start", gettext_noop("Go on with set-up")),
    ),
    Block(
        "acts.owed",
        gettext_noop("What must be done"),
        gettext_noop("Nothing is owed just now."),
        _mine_owed,
        onward=("obligations", gettext_noop("All obligations")),
        about=_things_owed,
    ),
    Block(
        "acts.waiting",
        gettext_noop("Waits for your confirmation"),
        gettext_noop("No proposal waits for you."),
        _waiting,
        _EVERYBODY,
        _PROPOSALS,
        about=_things_waiting,
    ),
    Block(
        "acts.notices",
        gettext_noop("New notices"),
        gettext_noop("No unopened notice."),
        _notices,
        onward=("inbox", gettext_noop("Open the inbox")),
    ),
    Block(
        "acts.proposed",
        gettext_noop("Proposals under way"),
        gettext_noop("No proposal is waiting for anybody else."),
        _own_proposals,
        _EVERYBODY,
        _PROPOSALS,
        asks=False,
    ),
    Block(
        "acts.under_way",
        gettext_noop("On its way"),
        gettext_noop("Everything that was sent has arrived."),
        _under_way,
        onward=_ACTS,
        asks=False,
    ),
    Block(
        "acts.opened",
        gettext_noop("Who opened what you filed"),
        gettext_noop("Nobody has opened anything of yours yet."),
        _opened,
        onward=_ACTS,
        asks=False,
    ),
    Block(
        "acts.watched",
        gettext_noop("What others owe, shown to you"),
        gettext_noop("No clock of anybody else is shown to you."),
        _watched,
        onward=("obligations", gettext_noop("All obligations")),
        asks=False,
    ),
    Block(
        "acts.delegations",
        gettext_noop("Acting for others"),
        gettext_noop("Nobody has given you a delegation."),
        _acting_for,
        _EVERYBODY,
        asks=False,
    ),
    Block(
        "parties.people",
        gettext_noop("People and their roles"),
        gettext_noop("Nobody is enrolled yet."),
        _people,
        _ADMINISTRATOR,
        ("new_acts", gettext_noop("Enrol somebody, give or end a role")),
        asks=False,
    ),
    Block(
        "parties.tokens",
        gettext_noop("Keys of machines"),
        gettext_noop("No machine of this organisation has a token."),
        _tokens,
        _ADMINISTRATOR,
        asks=False,
    ),
)
