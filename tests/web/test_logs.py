"""The logs tell what happened and nothing of what was in it: secrets planted everywhere turn up nowhere."""

import io
import json
import logging
import uuid

import pytest
import structlog

from sakimori.web import logs
from tests.support.deployment import fixed, viewer

SECRET = "hidden-4711"  # noqa: S105 - planted to be searched for


@pytest.fixture
def lines(monkeypatch):
    """Everything logged at the most talkative level, as JSON lines."""
    monkeypatch.setenv("SAKIMORI_LOG_FORMAT", "json")
    spec = logs.configure()["formatters"]["bare"]
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=spec["processors"], foreign_pre_chain=spec["foreign_pre_chain"])
    )
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)
    monkeypatch.undo()
    logs.configure()
    assert SECRET not in out.getvalue()


def test_secrets_in_forms_queries_and_headers_reach_no_log(enter, lines):
    client = enter("power", "reporter")
    client.get(f"/?{SECRET}=1&q={SECRET}", headers={"User-Agent": SECRET, "Authorization": f"Bearer {SECRET}"})
    client.get(f"/acts/{uuid.uuid4()}/?x={SECRET}")
    client.get(f"/no/such/page/{SECRET}/")
    client.post("/acts/new/parties.consent.give/", {"matter": SECRET, "organisation": SECRET})
    client.post("/login/", {"login": SECRET, "password": SECRET})
    client.get(f"/api/v1/{SECRET}", headers={"Authorization": f"Bearer {SECRET}"})
    answer = client.post("/envelopes/", SECRET.encode(), content_type="application/json")
    requests = [line for line in lines() if line.get("event") == "request"]
    assert len(requests) == 7
    assert {"method", "route", "status", "ms", "request"} <= set(requests[0])
    assert requests[-1]["request"] == answer.headers["X-Request-ID"]
    assert (requests[-1]["route"], requests[-1]["status"]) == ("envelopes", 422)


def test_an_act_is_logged_by_id_and_kind_only(parties, lines):
    from sakimori.acts import door

    done = door.perform(
        "parties.consent.give",
        {"organisation": str(fixed("power")), "matter": SECRET, "given_on": "2026-11-24"},
        by=viewer("power", "approver"),
    )
    (line,) = [line for line in lines() if line.get("event") == "act"]
    assert (line["act"], line["kind"]) == (str(done.act), "parties.consent.give")
    assert set(line) == {"event", "act", "kind", "ms", "level", "logger", "timestamp"}


def test_faults_are_told_by_type_and_place(lines):
    def broken():
        raise ValueError(SECRET)

    for name in ("sakimori.test", "django.request", "httpx"):
        try:
            broken()
        except ValueError:
            logging.getLogger(name).exception("failed for %s", SECRET if name != "sakimori.test" else "x")
    logging.getLogger("gunicorn.error").warning(f"Invalid request from ip={SECRET}")  # noqa: G004 - as gunicorn does
    logging.getLogger("gunicorn.error").warning("Listening at: http://127.0.0.1:1")
    said = [
        line for line in lines() if line["logger"] in ("sakimori.test", "django.request", "httpx", "gunicorn.error")
    ]
    assert [line.get("error") for line in said] == ["ValueError"] * 3 + [None] * 2
    assert said[0]["at"][-1].startswith("test_logs.py:")
    assert said[-1]["event"] == "Listening at: http://127.0.0.1:1"
