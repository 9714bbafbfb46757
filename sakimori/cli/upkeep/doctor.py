"""The doctor: is this machine and this deployment as they must be? What is wrong, why it matters, how to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sakimori.text import Text

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found: level `ok`, `warn` or `fail`; `what` is wrong, `why` it matters, how to `mend` it."""

    check: str
    level: str
    what: Text
    why: Text | None = None
    mend: Text | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        found = asdict(self)
        for name in ("what", "why", "mend"):
            value = getattr(self, name)
            found[name] = {"ja": value.ja, "en": value.en} if value else None
        return found


Check = Callable[[], Iterator[Finding]]


def good(check: str, ja: str, en: str) -> Finding:
    """Return the finding that all is well."""
    return Finding(check, OK, Text(ja, en))


def examine(*, fix: bool = False) -> list[Finding]:
    """Return what every check found; with `fix`, file modes are mended first. Never raises for what it finds."""
    from sakimori.cli.upkeep import checks_machine, checks_running  # noqa: PLC0415 - need Django set up

    checks: list[tuple[str, Check]] = [
        *checks_machine.checks(fix=fix),
        *checks_running.CHECKS,
    ]
    found: list[Finding] = []
    for name, check in checks:
        try:
            found.extend(check())
        except Exception as error:  # noqa: BLE001 - a check that fails is a finding, and the others go on
            fault = type(error).__name__
            found.append(
                Finding(
                    name,
                    FAIL,
                    Text(f"調べられませんでした（{fault}）。", f"This could not be looked at ({fault})."),
                    Text("上の項目が原因のことがあります。", "Something above may be the cause."),
                )
            )
    return found
