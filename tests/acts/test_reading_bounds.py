"""A value no database can take is refused as the asker's fault, never a crash."""

import pytest

from sakimori.acts import reading
from sakimori.acts.errors import PayloadError
from tests.support.deployment import viewer

HUGE = 10**23


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("organisation", "role", "query", "arguments"),
    [
        ("power", "reporter", "acts.done", {"limit": HUGE}),
        ("committee", "secretariat", "oversight.counts", {"year": -1}),
        ("power", "reporter", "acts.opened", {"limit": HUGE}),
        ("power", "approver", "assets.support_ends", {"days": -HUGE}),
    ],
)
def test_a_number_out_of_bounds_is_refused(parties, organisation, role, query, arguments):
    with pytest.raises(PayloadError):
        reading.read(viewer(organisation, role), query, **arguments)
