"""The worker does by the clock what the rooms ask of it."""

import threading

from sakimori.acts import pulse, registry, worker


def test_the_worker_runs_every_recurring_duty_in_every_world(parties, monkeypatch):
    done = []
    stop = threading.Event()

    def due(world):
        done.append(world)
        if len(done) > 1:
            stop.set()
        return 0

    assert "custody.erase" in registry.recurring()
    monkeypatch.setattr(registry, "recurring", lambda: {"test": due})
    worker.errands(pulse.Beat(), stop)
    assert {"sample", "sample-rehearsal"} <= set(done)
