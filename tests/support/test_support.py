"""The fixtures themselves: each does what its docstring promises."""

import os
import smtplib
import socket
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.support import absent, network, run


@pytest.mark.postgres
def test_postgres_is_real_durable_and_not_superuser(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("show fsync").fetchone() == ("on",)
        assert connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (False,)
        connection.execute("create table mine (id int)")


@pytest.mark.postgres
def test_each_test_has_its_own_database(postgres_server):
    first, second = postgres_server.create_database(), postgres_server.create_database()
    with psycopg.connect(postgres_server.url(first)) as connection:
        connection.execute("create table mine (id int)")
    with psycopg.connect(postgres_server.url(second)) as connection:
        assert connection.execute("select to_regclass('mine')").fetchone() == (None,)
    for name in (first, second):
        postgres_server.drop_database(name)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(postgres_server.url(first))


def test_smtp_sink_keeps_and_refuses(smtp_sink):
    with smtplib.SMTP("127.0.0.1", smtp_sink.port) as client:
        client.sendmail("from@ministry.example", "to@operator.example", "Subject: 警告\n\n本文".encode())
        assert smtp_sink.wait_for(1)[0]["subject"] is not None
        assert smtp_sink.recipients == [["to@operator.example"]]
        smtp_sink.refuse_with = "451 not now"
        with pytest.raises(smtplib.SMTPDataError, match="not now"):
            client.sendmail("from@ministry.example", "to@operator.example", "Subject: x\n\n")
    assert len(smtp_sink.messages) == 1


@pytest.mark.browser
def test_browser_finds_faults_and_stays_here(open_window, tmp_path):
    window = open_window(width=390)
    window.page.set_content("<title>x</title><img src='http://203.0.113.1/a.png'><p style='width:900px'>防人</p>")
    assert any(fault.startswith("image-alt") for fault in window.accessibility_faults())
    assert window.overflows()
    assert window.offsite == ["http://203.0.113.1/a.png"]
    assert window.screenshot(tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.browser
def test_browser_passes_a_clean_page(open_window):
    window = open_window()
    window.page.set_content("<!doctype html><html lang=ja><title>防人</title><main><h1>防人</h1></main></html>")
    assert (window.accessibility_faults(), window.offsite, window.errors, window.overflows()) == ([], [], [], False)


@pytest.mark.parametrize("address", [("203.0.113.1", 80), ("2001:db8::1", 80, 0, 0), ("example.org", 80)])
def test_other_machines_cannot_be_reached(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as client:
        with pytest.raises(network.OffsiteConnectionError):
            client.connect(address)
        with pytest.raises(network.OffsiteConnectionError):
            client.connect_ex(address)
    with socket.socket(family, socket.SOCK_DGRAM) as client, pytest.raises(network.OffsiteConnectionError):
        client.sendto(b"x", address)


def test_other_names_are_not_resolved():
    with pytest.raises(network.OffsiteConnectionError):
        socket.getaddrinfo("example.org", 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", None, b"localhost"])
def test_this_machine_is_allowed(host):
    assert network.is_local(host)


def test_absent_things_are_named_and_counted():
    class Report:
        longrepr = ("test_x.py", 1, "Skipped: absent: PostgreSQL server (apt-get install postgresql)")

    class Other:
        longrepr = ("test_x.py", 1, "Skipped: another reason")

    (line,) = absent.closing_lines([Report(), Report(), Other()])
    assert "PostgreSQL server (apt-get install postgresql): 2 tests" in line


def test_the_home_of_tests_is_private():
    assert "SAKIMORI_HOME" not in os.environ or os.environ["SAKIMORI_HOME"].startswith(str(run.directory()))


def test_what_is_made_once_a_run_is_made_by_one_and_awaited_by_the_others():
    name, made = f"support-{uuid.uuid4()}", []

    def make(root):
        made.append(root)
        time.sleep(0.05)
        (root / "whole").touch()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: (root := run.once(name, make), (root / "whole").exists()), range(4)))
    assert found == [(made[0], True)] * 4
    assert len(made) == 1


def test_what_broke_off_is_made_anew():
    name = f"support-{uuid.uuid4()}"

    def half(root):
        (root / "half").touch()
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - the test's own
        run.once(name, half)
    assert list(run.once(name, lambda root: (root / "whole").touch()).iterdir()) == [run.once(name, half) / "whole"]


@pytest.mark.no_cover
def test_what_a_test_starts_that_is_not_measured_is_not_measured_either():
    assert not [name for name in os.environ if name.startswith("COVERAGE_PROCESS_")]
