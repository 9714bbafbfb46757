"""Act kinds: which acts of consequence exist, on what legal basis, who may do them and what follows from them.

One YAML file per room under `data/kinds/<room>.yaml`. A complete example (every key; those marked * are required):

```yaml
room: assets                        # * the file's room; every kind name begins "assets."
defaults:                           #   taken by each kind that does not say otherwise
  known_since: 2026-11-20           # * the day we learnt this (here or per kind)
  source: ORDER                     # * a key of sources.yaml (here or per kind)
  confidence: certain               #   certain | likely | unknown (default certain)
kinds:
  - name: assets.notification.file  # * <room>.<thing>.<verb>
    version: 1                      #   default 1; a second entry of the same name with version 2 is the next version
    title: {ja: 特定重要電子計算機の届出, en: Notify specified critical computers}          # *
    basis: [強化法4(1), 命令2(1)]     # * articles; `house` when only our own rule stands behind it
    in_force_by: 強化法4(1)          #   the article whose force decides (default: first of basis)
    actors: [operator/reporter]     # * <organisation type>/<role>; system/system for the system's own acts
    predicates: [own_things, in_scope]          #   names; the room provides the typed functions
    second_person: house            #   none (default) | house | law
    second_actors: [operator/approver]          #   default: the actors
    proposal_rule: house.proposal.expiry        #   required when second_person is house or law
    settles: [kyokaho.notice.new, kyokaho.notice.existing]   #   rule keys; the handler names which
    fulfils: [kyokaho.notice.new]   #   rule keys whose obligation it fulfils once it has arrived (its arrival settles)
    starts:
      - {rule: kyokaho.notice.pass_on, bearer: minister, from: arrived_at}
    notifies:
      - {to: minister, within: kyokaho.notice.new, basis: 強化法4(1)}    # a rule key | promptly | without_delay | …
    restricts: {items: [reported_information]}  #   field group -> restriction keys ("key" or "key:<parameter>")
    releases: []                    #   release acts only: restriction keys it may remove
    bulk: true                      #   may be done over a staged batch
    system: false                   #   done by the system itself (actors: [system/system])
    purpose: sanction               #   an order against an operator for more than its own duty to notify or report:
                                    #   it never rests on what a restriction refuses for it (see restrictions.yaml)
    speaks_for: [operator]          #   system acts that travel: for which organisations the system says it; without
                                    #   this no other deployment takes it in
    competence: record              #   acts that travel, of a minister or bureau: `designation` (default), only to
                                    #   operators designated under it; `record`, the receiver's own record names it
    token: false                    #   may be done by a token under a standing authority
    fresh_proof: true               #   needs a fresh proof of who one is (house rule; default: where two persons act)
    house_rule: {ja: 二人目の確認は当システムの定め。, en: The second person is our own rule.}
    text_unknown: false             #   true where the article's own text has not been read
```

Unknown keys, words outside the vocabularies below, and rules, restrictions or articles that do not exist are errors
that name file and key. Whether a handler exists is not known here: the floor lists kinds without one as "not
performable here". `any/any` stands for every person of every organisation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sakimori.law.reading import Reader
from sakimori.text import Text

ORGANISATIONS = frozenset(
    [
        "operator",
        "vendor",
        "contractor",
        "ministry",
        "regional_bureau",
        "cabinet_office",
        "committee",
        "ppc",
        "police",
        "defence",
        "sector_body",
        "carrier",
        "ipa",
        "nict",
        "jpcert",
        "council_associate",
        "foreign_government",
        "any",
        "system",
    ]
)
ROLES = frozenset(
    [
        "reporter",
        "approver",
        "viewer",
        "vendor_contact",
        "intake",
        "officer",
        "decider",
        "analyst",
        "chair",
        "member",
        "secretariat",
        "inspector",
        "liaison",
        "administrator",
        "system",
        "any",
    ]
)
ADDRESSEES = ORGANISATIONS - {"any", "system"} | frozenset(
    [
        "minister",
        "prime_minister",
        "recipient",
        "supplier",
        "supplier_minister",
        "foreign_minister",
        "computer_administrator",
        "requester",
        "council_members",
        "diet",
        "persons_concerned",
        "all_operators",
        "agreement_party",
        "public",
    ]
)
BEARERS = ADDRESSEES | {"actor", "system"}
PURPOSES = frozenset({"sanction"})
COMPETENCE = frozenset({"designation", "record"})
PROMPTLY = frozenset({"promptly", "without_delay", "immediately"})
HOUSE_SECOND = Text(
    "二人目による確認は当システムの定めで、法の求めではありません。",
    "Confirmation by a second person is a house rule, not a demand of the law.",
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who may act: a role within an organisation of a type."""

    organisation: str
    role: str


@dataclass(frozen=True, slots=True)
class Start:
    """A clock this act starts, who bears it, and the payload or outcome field that begins it."""

    rule: str
    bearer: str
    from_: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Whom this act obliges to tell, within which rule (or promptly, without_delay, immediately), on what basis."""

    to: str
    within: str
    basis: str


@dataclass(frozen=True, slots=True)
class ActKind:
    """One kind of act in one version, as listed in the law book."""

    name: str
    version: int
    title: Text
    room: str
    basis: tuple[str, ...]
    in_force_by: str
    actors: tuple[Actor, ...]
    predicates: tuple[str, ...]
    second_person: str
    second_actors: tuple[Actor, ...]
    proposal_rule: str | None
    settles: tuple[str, ...]
    fulfils: tuple[str, ...]
    starts: tuple[Start, ...]
    notifies: tuple[Notify, ...]
    restricts: Mapping[str, tuple[str, ...]]
    releases: tuple[str, ...]
    bulk: bool
    system: bool
    speaks_for: tuple[str, ...]
    competence: str
    token: bool
    fresh_proof: bool
    purpose: str | None
    house_rule: Text | None
    text_unknown: bool
    known_since: date
    source: str
    confidence: str


def read_kinds(data: object, where: str) -> list[ActKind]:
    """Return the kinds of one file. Raises LawDataError naming file and key."""
    with Reader(data, where) as file:
        room = file.word("room")
        defaults = file.mapping("defaults")
        return [_read(entry, defaults, room, place) for entry, place in file.entries("kinds")]


def _read(entry: object, defaults: Mapping[str, object], room: str, place: str) -> ActKind:
    merged = {**defaults, **entry} if isinstance(entry, Mapping) else entry
    if isinstance(merged, Mapping) and isinstance(merged.get("name"), str):
        place = f"{place.partition(':')[0]}: {merged['name']}"
    with Reader(merged, place) as kind:
        name = kind.word("name")
        if not name.startswith(f"{room}.") or len(name.split(".")) < len(("room", "thing", "verb")):
            raise kind.error(
                f"名前は「{room}.<対象>.<動詞>」の形です: {name}", f"'{name}' should be {room}.<thing>.<verb>"
            )
        basis = kind.words("basis")
        actors = _actors(kind, "actors")
        if not basis:
            raise kind.error("「basis」(根拠条文)がありません。", "lacks 'basis' (the articles it stands on).")
        if not actors:
            raise kind.error("「actors」(行う者)がありません。", "lacks 'actors' (who may do it).")
        second = kind.word("second_person", ("none", "house", "law"), "none")
        proposal = kind.maybe_word("proposal_rule")
        if second != "none" and proposal is None:
            raise kind.error(
                "二人目が要る種類には「proposal_rule」が要ります。", "needs 'proposal_rule' for its second person."
            )
        system = kind.flag("system")
        if system != (actors == (Actor("system", "system"),)):
            raise kind.error(
                "「system: true」と「actors: [system/system]」は一緒に使います。",
                "'system: true' and 'actors: [system/system]' go together.",
            )
        speaks_for = kind.words("speaks_for", ORGANISATIONS - {"any", "system"})
        if speaks_for and not system:
            raise kind.error(
                "「speaks_for」は「system: true」の種類だけが持ちます。",
                "'speaks_for' is for kinds with 'system: true' only: others name their actors.",
            )
        house_rule = kind.maybe_text("house_rule")
        return ActKind(
            name=name,
            version=kind.number("version", 1),
            title=kind.text("title"),
            room=room,
            basis=basis,
            in_force_by=kind.word("in_force_by", default=basis[0]),
            actors=actors,
            predicates=kind.words("predicates"),
            second_person=second,
            second_actors=_actors(kind, "second_actors") or actors,
            proposal_rule=proposal,
            settles=kind.words("settles"),
            fulfils=kind.words("fulfils"),
            starts=tuple(_start(item, spot) for item, spot in kind.entries("starts")),
            notifies=tuple(_notify(item, spot) for item, spot in kind.entries("notifies")),
            restricts=_restricts(kind),
            releases=kind.words("releases"),
            bulk=kind.flag("bulk"),
            system=system,
            speaks_for=speaks_for,
            competence=kind.word("competence", COMPETENCE, "designation"),
            token=kind.flag("token"),
            fresh_proof=kind.flag("fresh_proof") or second != "none",
            purpose=kind.maybe_word("purpose", PURPOSES),
            house_rule=house_rule or (HOUSE_SECOND if second == "house" else None),
            text_unknown=kind.flag("text_unknown"),
            known_since=kind.day("known_since"),
            source=kind.word("source"),
            confidence=kind.confidence("certain"),
        )


def _actors(kind: Reader, key: str) -> tuple[Actor, ...]:
    actors = []
    for item in kind.words(key):
        organisation, _, role = item.partition("/")
        if organisation not in ORGANISATIONS or role not in ROLES:
            types, roles = ", ".join(sorted(ORGANISATIONS)), ", ".join(sorted(ROLES))
            raise kind.error(
                f"「{key}」の「{item}」は「組織の型/役割」ではありません。型: {types}。役割: {roles}。",
                f"'{item}' in '{key}' is not <organisation>/<role>. Organisations: {types}. Roles: {roles}.",
            )
        actors.append(Actor(organisation, role))
    return tuple(actors)


def _start(item: object, place: str) -> Start:
    with Reader(item, place) as start:
        return Start(start.word("rule"), start.word("bearer", BEARERS), start.word("from"))


def _notify(item: object, place: str) -> Notify:
    with Reader(item, place) as notify:
        return Notify(notify.word("to", ADDRESSEES), notify.word("within"), notify.word("basis"))


def _restricts(kind: Reader) -> Mapping[str, tuple[str, ...]]:
    groups = kind.mapping("restricts")
    with Reader(groups, f"{kind.where}.restricts") as reader:
        return {group: reader.words(group) for group in groups}
