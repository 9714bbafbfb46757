"""`sakimori select` on a machine whose clock says another time; when these tests run, its articles are not in force.

Real mode takes no time from its user, so the clock itself must be another; here the one function that reads it is.
"""

import sys
from datetime import datetime

_PROGRAM = """
from datetime import datetime
from sakimori.acts import clock
moment = datetime.fromisoformat({moment!r})
clock.wall = lambda: moment
from sakimori.cli.select import select_group
select_group()
"""


def select_at(moment: datetime) -> list[str]:
    """Return the command, without its arguments."""
    return [sys.executable, "-c", _PROGRAM.format(moment=moment.isoformat())]
