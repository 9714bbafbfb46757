"""Reading the machine's clock anywhere but in `acts/clock.py` is found."""

import pytest

from tools.house.clock import check
from tools.house.source import Source


def found(text, path="sakimori/assets/handlers.py"):
    return [finding.line for finding in check(Source(path, text))]


@pytest.mark.parametrize(
    "text",
    [
        "import datetime\nx = datetime.datetime.now(zone)",
        "from datetime import datetime as dt\nx = dt.utcnow()",
        "from datetime import date\nx = date.today()",
        "import time\nx = time.time()",
        "from time import time\nx = time()",
        "from django.utils import timezone\nx = timezone.now()",
        "from django.utils import timezone\nwhen = Field(default=timezone.now)",
        "from django.utils.timezone import now\nx = now()",
        "from django.db.models.functions import Now\nx = Now()",
        "from django.db import models\nx = models.DateTimeField(auto_now_add=True)",
    ],
)
def test_reading_the_clock_is_found(text):
    assert found(text) == [2]


def test_templates_too():
    assert found("<p>\n{% now 'Y' %}", "sakimori/web/templates/base.html") == [2]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("from datetime import datetime\nx = datetime.now(zone)", "sakimori/acts/clock.py"),
        ("import time\nx = time.monotonic()", "sakimori/acts/sequencer.py"),
        ("from sakimori.acts import clock\nx = clock.now(world)", "sakimori/acts/door.py"),
        ("import time\nx = time.time()", "tests/acts/test_door.py"),
    ],
)
def test_the_clock_and_monotonic_timers_are_left_alone(text, path):
    assert found(text, path) == []
