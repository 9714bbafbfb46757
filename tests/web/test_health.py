"""Health and metrics: one word to strangers, numbers to who may know, and never a name."""

import urllib.request

from django.test import Client

from sakimori.acts import condition, metrics, pulse, sequencer
from tests.support.deployment import ORGANISATIONS


def alive():
    beat = pulse.Beat()
    for part in pulse.STALE_SECONDS:
        beat.sign(part)


def test_a_deployment_without_a_worker_is_failing(parties):
    pulse.end()
    sequencer.drain()  # what the set-up left waiting is not the fault looked for
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["faults"]) == (503, ["worker"])
    alive()
    try:
        answer = Client().get("/healthz")
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    finally:
        pulse.end()
    assert Client().get("/livez").content == b"ok\n"


def test_strangers_hear_one_word(parties, monkeypatch):
    monkeypatch.setenv("SAKIMORI_MONITOR_TOKEN", "let-me-see")
    for stranger in (
        Client(REMOTE_ADDR="192.0.2.1"),
        Client(headers={"X-Forwarded-For": "192.0.2.1"}),
        Client(REMOTE_ADDR="192.0.2.1", headers={"Authorization": "Bearer wrong"}),
    ):
        assert stranger.get("/healthz").content == b"failing\n"
    known = Client(REMOTE_ADDR="192.0.2.1", headers={"Authorization": "Bearer let-me-see"})
    assert "log_size" in known.get("/healthz").json()


def test_metrics_are_off_by_default_and_name_nobody(parties, monkeypatch):
    monkeypatch.delenv("SAKIMORI_METRICS", raising=False)
    metrics.serve()()
    told = {}
    for family in metrics.DeploymentCollector().collect():
        for sample in family.samples:
            told[sample.name] = sample.value
            assert set(sample.labels) <= {"channel", "part"}
    assert told["sakimori_acts"] == condition.look().acts > 0
    assert told["sakimori_read_only"] == 0


def test_metrics_are_served_where_told(parties, monkeypatch):
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setattr(metrics.connections, "close_all", lambda: None)
    monkeypatch.setattr(metrics.condition, "look", lambda: condition.Condition(acts=7))
    monkeypatch.setenv("SAKIMORI_METRICS", f"127.0.0.1:{port}")
    end = metrics.serve()
    try:
        said = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    finally:
        end()
    assert "sakimori_acts 7.0" in said
    assert not [name for _, ja, en in ORGANISATIONS.values() for name in (ja, en) if name in said]
