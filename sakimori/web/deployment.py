"""What this installation is: read from `deployment.json` in its home directory.

A home holds everything of one deployment: `deployment.json`, the database (SQLite), `keys/`, the log's tiles and
spools. `SAKIMORI_HOME` names it; the default is `var/home` below the current directory.
"""

import json
import os
from pathlib import Path
from typing import Any

from sakimori.errors import SakimoriError
from sakimori.text import Text

EDITIONS = ("operator", "authority", "committee")

_DEFAULT: dict[str, Any] = {
    "name": "unnamed",
    "edition": "authority",
    "title": {"ja": "未設定", "en": "not set up"},
    "worlds": {"real": {}, "rehearsal": {"of": "real", "rehearsal": True}},
    "default_world": "real",
    "url": "http://127.0.0.1:8080",
    "hosts": ["127.0.0.1", "localhost", "[::1]"],
}


def home() -> Path:
    """Return the home directory of this deployment (environment variable `SAKIMORI_HOME`)."""
    return Path(os.environ.get("SAKIMORI_HOME", "var/home")).resolve()


def load(directory: Path) -> dict[str, Any]:
    """Return the deployment's description; the defaults where nothing has been set up yet.

    Raises `SakimoriError` where `deployment.json` cannot be read, or says something no deployment can be.
    """
    path = directory / "deployment.json"
    if not path.exists():
        return dict(_DEFAULT)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _broken(path, Text("JSON として読めません", "it cannot be read as JSON"), str(error)) from None
    fault = _fault(found)
    if fault is not None:
        raise _broken(path, fault, "")
    return {**_DEFAULT, **found}


def _fault(found: Any) -> Text | None:
    """Return what is wrong with a description, or None."""
    if not isinstance(found, dict):
        return Text("全体が {…} ではありません", "it is no object ({…})")
    wanted = {**_DEFAULT, **found}
    for key, kind in (("name", str), ("title", dict), ("worlds", dict), ("default_world", str), ("url", str),
                      ("hosts", list)):  # fmt: skip
        if not isinstance(wanted[key], kind):
            return Text(f"「{key}」の形が違います", f"“{key}” is not of the right form")
    if wanted["edition"] not in EDITIONS:
        return Text(f"「edition」は {'、'.join(EDITIONS)} のどれかです", f"“edition” is one of {', '.join(EDITIONS)}")
    if wanted["default_world"] not in wanted["worlds"]:
        return Text("「default_world」が「worlds」にありません", "“default_world” is not among “worlds”")
    bases = {spec.get("of", name) if isinstance(spec, dict) else None for name, spec in wanted["worlds"].items()}
    if not bases <= set(wanted["worlds"]):
        return Text("「worlds」に、もとの世界のないものがあります", "“worlds” has one whose base is missing")
    return None


def _broken(path: Path, what: Text, detail: str) -> SakimoriError:
    return SakimoriError(
        Text(f"設置の記述 {path} が壊れています: {what.ja}。", f"{path} is broken: {what.en}."),
        code="deployment.broken",
        where=detail or str(path),
        mend=Text(
            "バックアップから戻すか、示されたところを直してください。データベースと鍵はそのままです。",
            "Restore it from a backup, or mend the place named. Database and keys are untouched.",
        ),
    )
