"""The law book: all entries under `data/`, checked against each other, with one digest. Loaded once, then read only."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

import yaml

from sakimori.law import articles, build
from sakimori.law.build_rules import read_rules
from sakimori.law.calendars import Calendar
from sakimori.law.crosscheck import crosscheck
from sakimori.law.errors import (
    LawDataError,
    LawError,
    UnknownKindError,
    UnknownParameterError,
    UnknownRestrictionError,
    UnknownRuleError,
    nearest,
)
from sakimori.law.kinds import ActKind, read_kinds
from sakimori.law.model import Article, Instrument, Parameter, ParameterHistory, Restriction, Rule, Source
from sakimori.text import Text

REMEMBERED = 4096  # references kept parsed; more than the book cites, yet bounded whatever is asked
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class LawBook:
    """Everything the law says here, by key. `digest`: SHA-256 (hex) over all files of `data/` by name and content."""

    digest: str
    sources: Mapping[str, Source]
    instruments: Mapping[str, Instrument]
    names: Mapping[str, str]
    parameters: Mapping[str, ParameterHistory]
    rule_versions: Mapping[str, tuple[Rule, ...]]
    kind_versions: Mapping[str, tuple[ActKind, ...]]
    restrictions: Mapping[str, Restriction]
    calendars: Mapping[str, Calendar]
    files: Mapping[str, bytes] = field(repr=False)
    _parsed_refs: dict[str, articles.Parsed] = field(default_factory=dict, repr=False, compare=False)
    _spoken_refs: dict[str, Text] = field(default_factory=dict, repr=False, compare=False)

    def parameter(self, key: str, on: date | None = None, known: date | None = None) -> Parameter:
        """Return the value that is law on that day, as known on `known` (default: all we know).

        Without `on` the latest value. Before its first day the first value is returned (ask `in_force` of its article).
        Raises UnknownParameterError, or LawError when the parameter has no value on that day any more.
        """
        history = self.parameters.get(key)
        if history is None:
            raise UnknownParameterError(
                Text(f"数値「{key}」はありません。", f"There is no parameter '{key}'."),
                where=key,
                mend=nearest(key, list(self.parameters)),
            )
        values = [value for value in history.values if known is None or value.known_since <= known]
        if not values:
            raise LawError(
                Text(f"「{key}」は{known}にはまだ知られていません。", f"'{key}' was not known yet on {known}."),
                where=key,
            )
        if on is None:
            return max(values, key=lambda value: (value.valid_from, value.known_since))
        begun = [value for value in values if value.valid_from <= on] or _earliest(values)
        current = max(begun, key=lambda value: (value.valid_from, value.known_since))
        if current.valid_until is not None and current.valid_until < on:
            raise LawError(
                Text(f"「{key}」は{current.valid_until}で失効しました。", f"'{key}' ended on {current.valid_until}."),
                where=key,
            )
        return current

    def rule(self, key: str, on: date | None = None, known: date | None = None) -> Rule:
        """Return the clock of that key (the version for the day, default the latest). Raises UnknownRuleError."""
        versions = [rule for rule in self.rule_versions.get(key, ()) if known is None or rule.known_since <= known]
        if not versions and key in self.rule_versions:
            raise LawError(
                Text(f"「{key}」は{known}にはまだ知られていません。", f"'{key}' was not known yet on {known}."),
                where=key,
            )
        if not versions:
            raise UnknownRuleError(
                Text(f"規定「{key}」はありません。", f"There is no rule '{key}'."),
                where=key,
                mend=nearest(key, list(self.rule_versions)),
            )
        if on is None:
            return max(versions, key=lambda rule: (rule.valid_from, rule.known_since))
        first = min(rule.valid_from for rule in versions)
        begun = [rule for rule in versions if rule.valid_from <= max(on, first)]
        return max(begun, key=lambda rule: (rule.valid_from, rule.known_since))

    def rules(self) -> tuple[Rule, ...]:
        """Return the latest version of every clock, by key."""
        return tuple(self.rule(key) for key in sorted(self.rule_versions))

    def kind(self, name: str, version: int | None = None) -> ActKind:
        """Return the act kind, the latest version unless one is named. Raises UnknownKindError."""
        versions = self.kind_versions.get(name, ())
        for kind in reversed(versions):
            if version is None or kind.version == version:
                return kind
        raise UnknownKindError(
            Text(
                f"行為の種類「{name}」(版 {version or '-'})はありません。",
                f"There is no act kind '{name}' (version {version or '-'}).",
            ),
            where=name,
            mend=nearest(name, list(self.kind_versions)),
        )

    def kinds(self) -> tuple[ActKind, ...]:
        """Return the latest version of every act kind, by name."""
        return tuple(self.kind_versions[name][-1] for name in sorted(self.kind_versions))

    def article(self, ref: str, known: date | None = None) -> Article:
        """Return the article with its day of commencement. Raises UnknownArticleError."""
        return articles.article(ref, self.parse(ref), known)

    def parse(self, ref: str) -> articles.Parsed:
        """Return instrument, number and path of a reference, remembering those read before."""
        found = self._parsed_refs.get(ref)
        if found is None:
            found = articles.parse(ref, self.instruments, self.names)
            if len(self._parsed_refs) < REMEMBERED:
                self._parsed_refs[ref] = found
        return found

    def cite(self, ref: str) -> Text:
        """Return a reference as people say it, in both languages. Raises UnknownArticleError."""
        return articles.spoken(self.parse(ref))

    def in_force(self, ref: str, on: date, known: date | None = None) -> bool:
        """Tell whether that article is law on that day; unknown commencement means no, until the Act's outer limit."""
        parsed = self.parse(ref)
        entry = articles.commencement(parsed, known)
        if entry is None:
            articles.article(ref, parsed, known)  # raises: we hold no such article
        return articles.in_force(entry, on)

    def spoken(self, ref: str) -> Text:
        """Return an article reference as people say it in both languages."""
        found = self._spoken_refs.get(ref)
        if found is None:
            found = articles.spoken(self.parse(ref))
            if len(self._spoken_refs) < REMEMBERED:
                self._spoken_refs[ref] = found
        return found

    def restriction(self, key: str) -> Restriction:
        """Return the restriction; a parametrised key (need_to_know:<matter>) is found by its head."""
        found = self.restrictions.get(key)
        if found is None:
            head, colon, _ = key.partition(":")
            found = self.restrictions.get(head) if colon else None
            if found is None or not found.parametrised:
                raise UnknownRestrictionError(
                    Text(f"取扱制限「{key}」はありません。", f"There is no restriction '{key}'."),
                    where=key,
                    mend=nearest(key, list(self.restrictions)),
                )
        return found


def _earliest(values: list[Parameter]) -> list[Parameter]:
    first = min(value.valid_from for value in values)
    return [value for value in values if value.valid_from == first]


def read_files() -> dict[str, bytes]:
    """Return the law data shipped with the package: path below `data/` to content."""
    root = files("sakimori.law").joinpath("data")
    out: dict[str, bytes] = {}

    def walk(folder: Any, prefix: str) -> None:
        for item in folder.iterdir():
            if item.is_dir():
                walk(item, f"{prefix}{item.name}/")
            elif item.name.endswith(".yaml"):
                out[prefix + item.name] = item.read_bytes()

    walk(root, "")
    return out


def digest_of(content: Mapping[str, bytes]) -> str:
    """Return the SHA-256 (hex) over every file's name and content, in order of names."""
    total = hashlib.sha256()
    for name in sorted(content):
        total.update(name.encode() + b"\x00" + hashlib.sha256(content[name]).digest())
    return total.hexdigest()


@lru_cache(maxsize=512)
def _parsed(name: str, content: bytes) -> object:
    try:
        return yaml.load(content, Loader=_LOADER)  # noqa: S506  (both are safe loaders)
    except yaml.YAMLError as error:
        raise LawDataError(name, f"YAMLとして読めません: {error}", f"is not readable as YAML: {error}") from error


def build_book(content: Mapping[str, bytes]) -> LawBook:
    """Return the law book made of these files. Raises LawDataError naming file and key."""
    in_folder: dict[str, list[str]] = {}
    for name in sorted(content):
        in_folder.setdefault(str(PurePosixPath(name).parent), []).append(name)
    instruments = build.read_instruments(_parsed("instruments.yaml", content["instruments.yaml"]), "instruments.yaml")
    overrides = [
        pair
        for name in in_folder.get("calendars", [])
        if name.endswith("overrides.yaml")
        for pair in build.read_overrides(_parsed(name, content[name]), name)
    ]
    calendars = [
        build.read_calendar(_parsed(name, content[name]), name, overrides)
        for name in in_folder.get("calendars", [])
        if not name.endswith("overrides.yaml")
    ]
    parameters: dict[str, ParameterHistory] = {}
    for name in in_folder.get("parameters", []):
        for key, history in build.read_parameters(_parsed(name, content[name]), name).items():
            if key in parameters:
                raise LawDataError(f"{name}: {key}", "同じキーの数値が既にあります。", "repeats a parameter key.")
            parameters[key] = history
    names = {instrument.name: instrument.name for instrument in instruments.values()}
    names.update({alias: instrument.name for instrument in instruments.values() for alias in instrument.aliases})
    book = LawBook(
        digest=digest_of(content),
        sources=build.read_sources(_parsed("sources.yaml", content["sources.yaml"]), "sources.yaml"),
        instruments=instruments,
        names=names,
        parameters=parameters,
        rule_versions=_rules(content, in_folder.get("rules", [])),
        kind_versions=_kinds(content, in_folder.get("kinds", [])),
        restrictions=build.read_restrictions(
            _parsed("restrictions.yaml", content["restrictions.yaml"]), "restrictions.yaml"
        ),
        calendars={calendar.key: calendar for calendar in calendars},
        files=content,
    )
    crosscheck(book)
    return book


def _rules(content: Mapping[str, bytes], names: list[str]) -> dict[str, tuple[Rule, ...]]:
    out: dict[str, tuple[Rule, ...]] = {}
    for name in names:
        for rule in read_rules(_parsed(name, content[name]), name):
            if any(
                (other.valid_from, other.known_since) == (rule.valid_from, rule.known_since)
                for other in out.get(rule.key, ())
            ):
                raise LawDataError(
                    f"{name}: {rule.key}", "同じ日付の規定が既にあります。", "repeats a rule of the same dates."
                )
            out[rule.key] = (*out.get(rule.key, ()), rule)
    return out


def _kinds(content: Mapping[str, bytes], names: list[str]) -> dict[str, tuple[ActKind, ...]]:
    out: dict[str, tuple[ActKind, ...]] = {}
    for name in names:
        for kind in read_kinds(_parsed(name, content[name]), name):
            if any(other.version == kind.version for other in out.get(kind.name, ())):
                raise LawDataError(
                    f"{name}: {kind.name}", "同じ名前と版の種類が既にあります。", "repeats a kind of the same version."
                )
            out[kind.name] = tuple(sorted((*out.get(kind.name, ()), kind), key=lambda other: other.version))
    return out


@lru_cache(maxsize=1)
def book() -> LawBook:
    """Return the law book shipped with the package, loaded once."""
    return build_book(read_files())
