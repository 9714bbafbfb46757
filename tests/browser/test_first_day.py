"""The first real day: from an empty directory to a first filed notification, each click, field and page load counted.

Two installations run as they do in life, each a process of its own: the minister's, founded by a script, and the
operator's, founded by `sakimori init` as its administrator answers it. What the operator's people do is counted, to
the last key on the terminal; the limit is forty, and the walk is written for readers in docs/first-day.md.
"""

import base64
import csv
import hmac
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from tests.support.browser import Opener
from tests.support.run import REPOSITORY, inherited

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIMIT = 40
MINUTES = 30
PASSWORD = "correct horse battery staple"  # noqa: S105 - of people that do not exist
BUSINESS, FACILITY = "water", "第一浄水場"
NUMBER = "8999999000001"
_ROWS = (
    ("K-1", "監視制御サーバー", "架空計装", "監視制御パッケージ", "アプリケーション", "2024-06-01", "○"),
    ("K-2", "監視制御サーバー2", "架空計装", "監視制御パッケージ", "アプリケーション", "2024-06-01", "○"),
    ("K-3", "履歴データベース", "架空情報", "履歴データベース", "ミドルウェア", "2023-04-01", "○"),
    ("K-4", "社内ポータル", "架空ソフト", "社内ポータル", "アプリケーション", "2020-01-01", "×"),
    ("K-5", "監視端末", "架空計装", "操作端末", "機器", "2022-10-01", "○"),
)
_FLAGS = (
    "経路制御なしで送信", "直近のルーター", "直近のファイアウォール", "中継保存", "構成図の保存", "識別符号の保存",
    "アクセス制御", "インターネットアドレス", "定期データの作成",
)  # fmt: skip


@dataclass(slots=True)
class Counted:
    """What the operator's people did, one line an interaction."""

    done: list[str] = field(default_factory=list)
    shots: Path | None = None

    def _shoot(self, page: Page) -> None:
        if self.shots is not None:
            page.screenshot(path=self.shots / f"first-day-{len(self.done):02}.png", full_page=True)

    def load(self, page: Page, address: str, what: str) -> None:
        self.done.append(f"open {what}")
        page.goto(address)
        self._shoot(page)

    def click(self, page: Page, selector: str) -> None:
        self.done.append(f"click {page.locator(selector).first.inner_text().strip()}")
        page.locator(selector).first.click()
        page.wait_for_load_state()
        self._shoot(page)

    def fill(self, page: Page, selector: str, value: str, what: str = "") -> None:
        self.done.append(f"fill {what or selector}")
        page.fill(selector, value)

    def choose(self, page: Page, selector: str, value: str) -> None:
        self.done.append(f"choose {selector}")
        page.select_option(selector, value)


def totp(secret: str) -> str:
    """Return the code an authenticator application shows now (RFC 6238, 30 s, SHA-1, 6 digits)."""
    counter = int(time.time()) // 30
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter.to_bytes(8, "big"), "sha1").digest()
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sakimori(home: Path, *arguments: str, typed: str | None = None) -> str:
    """Run a command of the real program; return what it printed."""
    environment = inherited()
    done = subprocess.run(
        [sys.executable, "-m", "sakimori.cli", "--home", str(home), *arguments],
        input=typed, capture_output=True, text=True, check=False, cwd=REPOSITORY, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def served(home: Path, port: int) -> Iterator[None]:
    """Serve a home with the real command until the block ends."""
    environment = inherited()
    process = subprocess.Popen(
        [sys.executable, "-m", "sakimori.cli", "--home", str(home), "serve", "--bind", f"127.0.0.1:{port}"],
        cwd=REPOSITORY, env=environment,
    )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code < 500:
                    break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait()


def inside(home: Path, code: str, *arguments: str) -> str:
    """Run a few lines inside a deployment, as its own people would with scripts; return what they printed."""
    environment = {**inherited(), "SAKIMORI_HOME": str(home), "SAKIMORI_DATABASE_URL": ""}
    start = "from sakimori.cli.floor import set_up; set_up()\nimport sys, json\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code, *arguments],
        capture_output=True, text=True, check=False, cwd=REPOSITORY, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


_CARD = """
from sakimori.web.enrol import card
print(json.dumps(card.own("real"), ensure_ascii=False))
"""
_CONNECT = """
from sakimori.parties.models import Account
from sakimori.parties.queries import viewers_of
from sakimori.acts import clock
from sakimori.web.enrol import card, doing
from sakimori.web.enrol.entering import Doing
who = Account.objects.get(login="kan")
viewer = viewers_of(who.person, "real", "real", clock.today("real"))[0]
doing.connect(Doing(viewer, ""), card.read(open(sys.argv[1], encoding="utf-8").read()))
"""
_ARRIVED = """
from sakimori.acts.models import Dispatch
print(json.dumps([[one.status, one.channel] for one in Dispatch.objects.all()]))
"""


@pytest.fixture
def minister(tmp_path: Path) -> Iterator[Path]:
    """The minister's installation, running, with its card on a file: the operator gets the file by mail."""
    home, port = tmp_path / "minister", free_port()
    sakimori(
        home, "init", "--no-ask", "--name", "mlit", "--edition", "authority", "--authority", "land",
        "--admin-name", "架空 係長", "--admin-login", "kan", "--url", f"http://127.0.0.1:{port}",
    )  # fmt: skip
    (tmp_path / "minister.card.json").write_text(inside(home, _CARD), encoding="utf-8")
    with served(home, port):
        yield home


def inventory(path: Path) -> Path:
    """Write the operator's own list of five computers."""
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["管理番号", "名称", "特定重要設備", "製造者名", "製品名", "種別", "導入日", "設備との回線", "供用先",
             "設備の一部", *_FLAGS]
        )  # fmt: skip
        for key, name, maker, product, unit, introduced, part in _ROWS:
            writer.writerow([key, name, FACILITY, maker, product, unit, introduced, "専用", "その他", part,
                             *["×" for _ in _FLAGS]])  # fmt: skip
    return path


def join(counted: Counted, page: Page, link: str) -> None:
    """Open a one-time link, choose a password, set up the application that makes codes, put the codes away."""
    counted.load(page, link, "the one-time link")
    counted.fill(page, "input[name=password]", PASSWORD, "password")
    counted.fill(page, "input[name=again]", PASSWORD, "password again")
    counted.click(page, "main form button.main")
    counted.click(page, "a[href*='/access/totp']")
    secret = re.sub(r"\s", "", page.locator("main code").first.inner_text())
    counted.fill(page, "input[name=code]", totp(secret), "code")
    counted.click(page, "main form button.main")
    counted.click(page, "main a.button.main")


def test_from_an_empty_directory_to_a_first_filed_notification(
    tmp_path: Path, minister: Path, open_window: Opener, shots: Path | None
) -> None:
    began = time.monotonic()
    counted = Counted(shots=shots)
    home, port = tmp_path / "operator", free_port()
    answers = {"organisation": "架空水道企業団", "corporate number": NUMBER, "administrator": "架空 花子",
               "log-in name": "hanako"}  # fmt: skip
    counted.done += ["run sakimori init", *(f"answer {question}" for question in answers)]
    typed = "".join(f"{answer}\n" for answer in answers.values())
    told = sakimori(home, "init", "--ask", "--url", f"http://127.0.0.1:{port}", typed=typed)
    link = re.search(r"http://\S+/access/invitation/\S+", told)
    assert link is not None, told
    counted.done.append("run sakimori serve")
    with served(home, port):
        first = open_window(javascript=False)
        second_link = _enrol(counted, first.page, link[0], tmp_path)
        (tmp_path / "operator.card.json").write_text(inside(home, _CARD), encoding="utf-8")
        inside(minister, _CONNECT, str(tmp_path / "operator.card.json"))
        _propose(counted, first.page, inventory(tmp_path / "inventory.csv"))
        second = open_window(javascript=False)
        join(counted, second.page, second_link)
        _confirm(counted, second.page)
        counts = _wait_until_arrived(home)
    assert counts == [["arrived", "http"]]
    for number, line in enumerate(counted.done, start=1):
        print(f"{number:2} {line}")  # noqa: T201 - the walk, for whoever runs it with -s
    assert len(counted.done) <= LIMIT
    assert time.monotonic() - began < MINUTES * 60
    assert not first.offsite
    assert not second.offsite


def _enrol(counted: Counted, page: Page, link: str, tmp_path: Path) -> str:
    """Walk the guided run as the administrator; return the second person's link."""
    join(counted, page, link)
    assert page.url.endswith("/enrol/step/designations/")
    counted.choose(page, "#f-business", BUSINESS)
    counted.fill(page, "#f-designated_on", "2023-11-17", "designated on")
    counted.fill(page, "#f-facility", FACILITY, "facility")
    counted.fill(page, "#f-in_place_since", "2015-04-01", "in place since")
    counted.click(page, "main form.stack button.main")
    assert "2027" in page.inner_text("main"), "what follows is said at once"
    counted.done.append("choose the card file")
    page.set_input_files("#file", tmp_path / "minister.card.json")
    counted.click(page, "main form button.main")
    card = json.loads((tmp_path / "minister.card.json").read_text(encoding="utf-8"))
    assert card["url"] in page.inner_text("main")
    counted.click(page, "main form button.main")
    assert page.url.partition("?")[0].endswith("/enrol/step/people/")
    counted.fill(page, "#f-name_ja", "架空 次郎", "second person")
    counted.click(page, "main form.stack button.main")
    shown = page.locator("code.one-time").inner_text()
    counted.click(page, "form[action*=summary] button.main")
    assert page.url.endswith("/assets/import/")
    return shown


def _propose(counted: Counted, page: Page, file: Path) -> None:
    counted.done.append("choose the list of computers")
    page.set_input_files("input[type=file]", file)
    counted.click(page, "main form button.main")
    counted.click(page, "main form button.main")
    counted.click(page, "main a.button.main")
    counted.click(page, "main form button.main")
    assert "/assets/filings/" in page.url


def _confirm(counted: Counted, page: Page) -> None:
    counted.click(page, "main a[href*='/assets/filings/'], main a[href*='/proposals/']")
    counted.click(page, "main form button.main")


def _wait_until_arrived(home: Path) -> list[list[str]]:
    end = time.monotonic() + 60
    while True:
        found: list[list[str]] = json.loads(inside(home, _ARRIVED))
        if (found and all(status == "arrived" for status, _ in found)) or time.monotonic() > end:
            return found
        time.sleep(1)
