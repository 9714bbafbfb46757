"""A pytest plugin (`-p tests.acts.keeping`) that keeps the smallest act of every kind and version the tests perform.

Used by `tools/stored_acts.py`; the directory is in `SAKIMORI_KEEP_ACTS`.
"""

import json
import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def keep_acts(request):
    """After a test with a database, and before it is rolled back, keep what acts it performed."""
    if not {"db", "parties"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("db")
    yield
    from sakimori.acts.models import ActContent

    folder = Path(os.environ["SAKIMORI_KEEP_ACTS"])
    for content in ActContent.objects.values_list("content", flat=True):
        if b'"trial.' in bytes(content):
            continue
        document = json.loads(bytes(content))
        path = folder / f"{document['kind']}.v{document['kind_version']}.{os.getpid()}.json"
        if not path.exists() or len(content) < path.stat().st_size:
            path.write_bytes(bytes(content))
