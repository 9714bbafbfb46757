"""A player: one process inside one deployment, told by the story what to do next.

It reads one JSON call a line from standard input, `{"call": "steps.floor:settle", "with": {…}}`, runs that function of
`sakimori.sample` in the deployment of its home and answers with one JSON line. The functions do what any client does:
they perform acts, propose, confirm and read through the door.
"""

import importlib
import json
import os
import sys
import traceback
from typing import Any

from sakimori.errors import SakimoriError


def main() -> None:
    """Answer calls until standard input ends. `SAKIMORI_HOME` names the deployment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.web.settings")
    import django  # noqa: PLC0415 - after the home is known

    django.setup()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line)), ensure_ascii=False, default=str) + "\n")
        answers.flush()


def _answer(call: dict[str, Any]) -> dict[str, Any]:
    module, _, function = call["call"].partition(":")
    try:
        run = getattr(importlib.import_module(f"sakimori.sample.{module}"), function)
        return {"result": run(**call.get("with", {}))}
    except SakimoriError as error:
        return {"refused": error.as_dict(), "message": str(error)}
    except Exception as error:  # noqa: BLE001 - told to the story, which stops
        return {"failed": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}


if __name__ == "__main__":
    main()
