"""Processes are kept alive; one that cannot live ends them all with an error."""

import os
import signal
import sys
import threading
import time

import pytest

from sakimori.cli import watching

LIVES = [sys.executable, "-c", "import time; time.sleep(60)"]
DIES = [sys.executable, "-c", "raise SystemExit(3)"]


def child(name, arguments):
    return watching.Child(name, arguments, os.environ)


def wait_for(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


def test_one_that_is_killed_is_started_again(capfd):
    stop, kept = threading.Event(), child("worker", LIVES)
    keeper = threading.Thread(target=watching.keep, args=([kept], stop), kwargs={"first_pause": 0.1})
    keeper.start()
    wait_for(lambda: kept.running is not None)
    first = kept.running
    os.kill(first.pid, signal.SIGKILL)
    wait_for(lambda: kept.running is not None and kept.running.pid != first.pid)
    second = kept.running
    assert second.poll() is None
    stop.set()
    keeper.join()
    assert second.poll() is not None
    assert "starting again" in capfd.readouterr().err


def test_one_that_keeps_ending_ends_the_whole():
    lives, dies = child("site", LIVES), child("worker", DIES)
    with pytest.raises(watching.ChildError) as refused:
        watching.keep([lives, dies], threading.Event(), first_pause=0.02)
    assert refused.value.where == "worker"
    assert "(3)" in refused.value.what.en
    assert lives.running.poll() is not None
