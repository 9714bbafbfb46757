"""What this installation is: read from `deployment.json` in its home directory.

A home holds everything of one deployment: `deployment.json`, the database (SQLite), `keys/`, the log's tiles and
spools. `SAKIMORI_HOME` names it; the default is `var/home` below the current directory.
"""

import json
import os
from pathlib import Path
from typing import Any

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
    """Return the deployment's description; the defaults where nothing has been set up yet."""
    path = directory / "deployment.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {**_DEFAULT, **found}
