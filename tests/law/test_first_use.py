"""`sakimori.law` alone: quick in a fresh process, without Django or anything above it."""

import os
import subprocess
import sys

from tests.support.run import REPOSITORY

LIMIT = 0.3  # seconds: the mark set for the first use
CODE = """
import sys, time
import sakimori.law as law
from datetime import date
assert str(law.deadline("kyokaho.incident.full", date(2026, 11, 20)).due) == "2026-12-21"
spent = time.process_time()
assert law.decide("kyokaho.notify.change", {"maker_name_changed": True}, date(2026, 11, 20)).outcome == "change"
assert law.terms() and law.kinds()
above = [name for name in sys.modules if name.split(".")[0] in ("django", "typst", "click")]
above += [name for name in sys.modules if name.startswith("sakimori.") and name.split(".")[1] not in
          ("law", "text", "errors")]
assert not above, above
print(spent)
"""


def test_the_first_use_is_quick_and_brings_nothing_along() -> None:
    """Processor time of the whole process, interpreter included, so that a busy machine does not count."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    command = [sys.executable, "-c", CODE]
    runs = [float(subprocess.check_output(command, text=True, cwd=REPOSITORY, env=plain)) for _ in range(3)]
    assert min(runs) < LIMIT
