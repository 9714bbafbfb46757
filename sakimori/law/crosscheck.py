"""Does every entry of the law book point to something that exists? Run at load time; the first fault is raised."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sakimori.law import articles
from sakimori.law.errors import LawDataError, UnknownArticleError
from sakimori.law.kinds import ORGANISATIONS, PROMPTLY
from sakimori.law.references import citations

if TYPE_CHECKING:
    from sakimori.law.kinds import ActKind
    from sakimori.law.lawbook import LawBook
    from sakimori.law.model import Rule

MEASURED = frozenset({"hours", "days", "weeks", "months", "years", "business_days", "month_day", "day_of_month"})


def crosscheck(book: "LawBook") -> None:
    """Raise LawDataError for the first dangling reference: article, source, parameter, rule, label or calendar."""
    _check_articles(book)
    for where, source in _sources(book):
        if source not in book.sources:
            raise LawDataError(
                where,
                f"出典「{source}」は sources.yaml にありません。",
                f"names the source '{source}' that sources.yaml lacks.",
            )
    for versions in book.rule_versions.values():
        for rule in versions:
            _check_rule(book, rule)
    for kinds in book.kind_versions.values():
        for kind in kinds:
            _check_kind(book, kind)
    _check_ceilings(book)


def _check_ceilings(book: "LawBook") -> None:
    for restriction in book.restrictions.values():
        for ceiling in restriction.ceilings:
            if ceiling not in ORGANISATIONS:
                raise LawDataError(
                    f"restrictions.yaml: {restriction.key}",
                    f"組織の型「{ceiling}」はありません。",
                    f"has no organisation type '{ceiling}'.",
                )


def _check_articles(book: "LawBook") -> None:
    seen: set[str] = set()
    for where, ref in citations(book):
        if ref in seen:
            continue
        try:
            articles.article(ref, book.parse(ref))
        except UnknownArticleError as error:
            raise LawDataError(where, error.what.ja, error.what.en, mend=error.mend) from error
        seen.add(ref)


def _sources(book: "LawBook") -> Iterator[tuple[str, str]]:
    for history in book.parameters.values():
        yield from ((f"parameters: {history.key}", value.source) for value in history.values)
    for versions in book.rule_versions.values():
        yield from ((f"rules: {rule.key}", rule.source) for rule in versions)
    for kinds in book.kind_versions.values():
        yield from ((f"kinds: {kind.name}", kind.source) for kind in kinds)
    for instrument in book.instruments.values():
        yield from ((f"instruments: {instrument.name}", entry.source) for entry in instrument.commencements)
    yield from ((f"restrictions: {item.key}", item.source) for item in book.restrictions.values())


def _check_rule(book: "LawBook", rule: "Rule") -> None:
    where = f"rules: {rule.key}"
    window = rule.window
    wanted = [rule.period, rule.guide, rule.adjust.extend_limit]
    wanted += [window.anchor, window.within] if window else []
    for key in wanted:
        if key is not None and key not in book.parameters:
            raise LawDataError(
                where, f"数値「{key}」はありません。", f"uses the parameter '{key}', which does not exist."
            )
    if rule.period is not None and book.parameters[rule.period].unit not in MEASURED:
        raise LawDataError(
            where, f"「{rule.period}」の単位では数えられません。", f"cannot count in the unit of '{rule.period}'."
        )
    for key in (window.outside, window.before) if window else ():
        if key is not None and key not in book.rule_versions:
            raise LawDataError(
                where, f"規定「{key}」はありません。", f"points to the rule '{key}', which does not exist."
            )
    if rule.calendar is not None and rule.calendar not in book.calendars:
        raise LawDataError(
            where, f"暦「{rule.calendar}」はありません。", f"uses the calendar '{rule.calendar}', which does not exist."
        )


def _check_kind(book: "LawBook", kind: "ActKind") -> None:
    where = f"kinds: {kind.name}"
    rules = [*kind.settles, *(start.rule for start in kind.starts)]
    rules += [notify.within for notify in kind.notifies if notify.within not in PROMPTLY]
    for key in rules:
        if key not in book.rule_versions:
            raise LawDataError(where, f"規定「{key}」はありません。", f"names the rule '{key}', which does not exist.")
    proposal = kind.proposal_rule
    if proposal is not None and proposal not in book.rule_versions and proposal not in book.parameters:
        raise LawDataError(
            where,
            f"「{proposal}」という規定も数値もありません。",
            f"names '{proposal}', which is neither rule nor parameter.",
        )
    for key in [*kind.releases, *(label for labels in kind.restricts.values() for label in labels)]:
        head = key.partition(":")[0]
        if key not in book.restrictions and not (head in book.restrictions and book.restrictions[head].parametrised):
            raise LawDataError(
                where, f"取扱制限「{key}」はありません。", f"names the restriction '{key}', which does not exist."
            )
