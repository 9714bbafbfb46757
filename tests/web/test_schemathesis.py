"""The whole API by schemathesis against a live server: examples and random calls as several roles.

No call may end in a 5xx, in a status or a content type the document does not name, or in a body that is not of the
schema it names. A longer run against a server of one's own: docs/api.md.
"""

import hashlib
import json
import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sakimori.parties.models import Token
from sakimori.web.api import document
from tests.support.deployment import ORGANISATIONS, WORLD, fixed
from tests.web import scene

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = (("power", "approver"), ("meti", "officer"), ("cabinet", "analyst"))
EXAMPLES = int(os.environ.get("SAKIMORI_FUZZ_EXAMPLES", "2"))
SEED = int(os.environ.get("SAKIMORI_FUZZ_SEED", "20261124"))
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
_BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def _token(organisation: str, role: str) -> str:
    secret = f"{organisation}-{role}-secret"
    Token.objects.create(
        organisation=fixed(organisation),
        role=role,
        world=WORLD,
        name="fuzz",
        digest=hashlib.sha256(secret.encode()).hexdigest(),
    )
    return secret


@pytest.mark.parametrize(("organisation", "role"), ROLES)
def test_no_call_breaks_the_document(live_server, parties, organisation, role):
    assert organisation in ORGANISATIONS
    scene.play()
    headers = {"Authorization": f"Bearer {_token(organisation, role)}"}
    schema = schemathesis.openapi.from_dict(json.loads(document()))
    broken, called = [], 0
    for found in schema.get_all_operations():
        operation = found.ok()
        faults = _try(operation, live_server.url, headers)
        called += 1
        broken += faults
    assert called > 100
    assert not broken, "\n\n".join(broken[:20])


def _try(operation: Any, url: str, headers: dict[str, str]) -> list[str]:
    faults: list[str] = []

    @seed(SEED)
    @_BOUNDED
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        try:
            case.call_and_validate(base_url=url, headers=headers, timeout=60, checks=list(CHECKS))
        except FailureGroup as found:
            faults.extend(
                f"{operation.label}: {one!r}\n{one}\n{case.as_curl_command()}"[:1500] for one in found.exceptions
            )

    call()
    return faults
