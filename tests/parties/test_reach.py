"""Where a webhook may go: outside over TLS, loopback by its own name, and nowhere inside."""

import subprocess
import sys

import pytest

from sakimori.parties import reach
from tests.support.run import REPOSITORY

INSIDE = (
    "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "127.0.0.2", "0.0.0.0",  # noqa: S104
    "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "[::ffff:127.0.0.1]", "[64:ff9b::a00:1]",
    "[2002:a00:1::1]", "224.0.0.1", "255.255.255.255",
)  # fmt: skip


@pytest.mark.parametrize("url", ["https://example.com/hook", "https://example.com:8443/a?b=c", "http://localhost:9/x",
                                 "http://127.0.0.1:9/x", "http://[::1]:9/x", "https://203.0.114.1/"])  # fmt: skip
def test_what_may_be_entered(url):
    reach.require_address(url)


@pytest.mark.parametrize("host", INSIDE)
def test_an_address_inside_is_refused(host):
    with pytest.raises(ValueError, match="/"):
        reach.require_address(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://", "http://[", "https://", "https:///x", "http://example.com/", "file:///etc/passwd",
     "gopher://127.0.0.1/", "https://user:secret@example.com/", "https://example.com:99999/", "https://example.com/#x",
     "https://e.example/" + "a" * 300, "http://127.0.0.1.example.com/", "http://localhost.example.com/"],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook(url):
    with pytest.raises(ValueError, match=" / "):
        reach.require_address(url)


@pytest.mark.parametrize("host", [one.strip("[]") for one in INSIDE])
def test_a_name_is_judged_by_what_it_stands_for_when_connecting(host):
    with pytest.raises(reach.UnreachableError):
        reach.resolve(host, 443)


def test_this_machine_under_another_name_than_loopback_is_inside():
    """In a process of its own: tests resolve nothing but loopback."""
    code = (
        "import django, socket; django.setup()\n"
        "from sakimori.parties import reach\n"
        "try: reach.resolve(socket.gethostname(), 443)\n"
        "except reach.UnreachableError: print('unreachable')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "unreachable\n"


def test_a_network_of_ones_own_can_be_allowed(settings):
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "webhook_networks": ["10.1.0.0/16"]}
    assert reach.resolve("10.1.2.3", 443) == "10.1.2.3"
    with pytest.raises(reach.UnreachableError):
        reach.resolve("10.2.0.1", 443)


@pytest.mark.parametrize(
    "url",
    [
        *("http://localhost/", "http://127.0.0.1:6379/", "https://127.0.0.1/", "http://[::1]:8080/"),
        *("https://[::127.0.0.1]/", "https://0x7f000001/", "https://2130706433/", "https://127.1/"),
    ],
)
def test_loopback_is_called_only_where_it_is_listed(settings, url):
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "webhook_networks": []}
    with pytest.raises(ValueError, match="/"):
        reach.require_address(url)
