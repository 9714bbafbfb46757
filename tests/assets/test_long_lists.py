"""50,000 computers are checked, previewed and imported in under a gibibyte; then filed at once."""

import pytest

from benchmarks import assets_import

ROWS = 50_000
MOST_MIB = 1024


@pytest.mark.slow
def test_fifty_thousand_computers(tmp_path):
    figures = assets_import.run(ROWS)
    assert figures["peak_mib"] < MOST_MIB, figures
    assert figures["notified"] == ROWS * 3 // 5
