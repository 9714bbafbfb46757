"""What the doctor looks at on the machine: files and their modes, disk, fonts, catalogues, address."""

import shutil
import stat
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlparse

from django.conf import settings

from sakimori.cli.upkeep.doctor import FAIL, WARN, Check, Finding, good
from sakimori.text import Text

LOW_DISK, NO_DISK = 5 << 30, 500 << 20
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def checks(*, fix: bool) -> list[tuple[str, Check]]:
    """Return the checks of the machine by name; with `fix`, modes are mended."""
    return [
        ("home", partial(_home, fix=fix)),
        ("keys", partial(_keys, fix=fix)),
        ("disk", _disk),
        ("catalogues", _catalogues),
        ("fonts", _fonts),
        ("url", _url),
    ]


def _home(*, fix: bool) -> Iterator[Finding]:
    home = Path(settings.SAKIMORI_HOME)
    wrong = [home] if _open_to_others(home) else []  # nobody gets at a file in a directory closed to him
    if fix:
        for path in wrong:
            path.chmod(0o700)
        wrong = []
    if not wrong:
        yield good("home", "ホームは他の利用者から読めません。", "The home is closed to others.")
        return
    yield Finding(
        "home",
        FAIL,
        Text(f"他の利用者が読めます: {_names(wrong)}", f"Others may read: {_names(wrong)}"),
        Text("届出や報告の内容が入っています。", "It holds what was filed and reported."),
        Text("`sakimori doctor --fix`（0700 にします）", "`sakimori doctor --fix` (sets 0700)"),
    )


def _keys(*, fix: bool) -> Iterator[Finding]:
    directory = Path(settings.SAKIMORI_HOME) / "keys"
    needed = ("receipt.pem", "log.pem", "envelope.pem")
    missing = [name for name in needed if not (directory / name).exists()]
    if missing:
        names = ", ".join(missing)
        yield Finding(
            "keys",
            FAIL,
            Text(f"鍵がありません: {names}", f"Keys are missing: {names}"),
            Text("行為も記録もできません。", "Nothing can be signed or recorded."),
            Text("控えから復元してください（sakimori restore）。", "Restore them from a backup (sakimori restore)."),
        )
    present = [directory, *directory.iterdir()] if directory.is_dir() else []
    wrong = [path for path in present if _open_to_others(path)]
    if fix:
        for path in wrong:
            path.chmod(0o700 if path.is_dir() else 0o600)
        wrong = []
    if wrong:
        yield Finding(
            "keys",
            FAIL,
            Text(f"秘密鍵を他の利用者が読めます: {_names(wrong)}", f"Others may read private keys: {_names(wrong)}"),
            Text("読んだ者は、この設置の名で署名できます。", "Whoever reads them can sign in this deployment's name."),
            Text(
                "`sakimori doctor --fix` の後、読まれたおそれがあれば `sakimori keys rotate`。",
                "`sakimori doctor --fix`; then, if they may have been read, `sakimori keys rotate`.",
            ),
        )
    elif not missing:
        yield good("keys", "秘密鍵は揃い、閉じています。", "The private keys are there, and closed to others.")


def _open_to_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _names(paths: list[Path]) -> str:
    return ", ".join(path.name for path in paths)


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.SAKIMORI_HOME).free
    gib = f"{free / (1 << 30):.1f} GiB"
    if free >= LOW_DISK:
        yield good("disk", f"空きは {gib} です。", f"{gib} are free.")
        return
    yield Finding(
        "disk",
        FAIL if free < NO_DISK else WARN,
        Text(f"空きが {gib} しかありません。", f"Only {gib} are free."),
        Text("満ちると、何も記録できなくなります。", "When it is full, nothing can be recorded."),
        Text("古い控えを移すか、容量を増やしてください。", "Move old backups away, or add space."),
    )


def _catalogues() -> Iterator[Finding]:
    package = Path(__file__).resolve().parents[2]
    sources = sorted(package.rglob("*.po"))
    old = [path for path in sources if not path.with_suffix(".mo").exists()]
    old += [path for path in sources if path not in old and path.stat().st_mtime > _made(path) + 1]
    if not old:
        yield good("catalogues", "日本語と英語の文言は揃っています。", "The texts of both languages are compiled.")
        return
    yield Finding(
        "catalogues",
        WARN,
        Text(f"文言が古いままです（{len(old)}件）。", f"Texts are not compiled ({len(old)})."),
        Text("画面の一部が英語のままになります。", "Parts of the screens stay in English."),
        Text("`make setup`、または配布物を入れ直してください。", "`make setup`, or install the package again."),
    )


def _made(source: Path) -> float:
    return source.with_suffix(".mo").stat().st_mtime


def _fonts() -> Iterator[Finding]:
    missing = [name for name in ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold") if find_spec(name) is None]
    if not missing:
        yield good("fonts", "印刷用の日本語書体があります。", "The Japanese typefaces for print are there.")
        return
    yield Finding(
        "fonts",
        WARN,
        Text("印刷用の日本語書体がありません。", "The Japanese typefaces for print are missing."),
        Text("PDF の文字が欠けることがあります。", "Letters may be missing in PDF files."),
        Text("配布物を入れ直してください。", "Install the package again."),
    )


def _url() -> Iterator[Finding]:
    parts = urlparse(str(settings.SAKIMORI_DEPLOYMENT["url"]))
    host = parts.hostname or ""
    if host not in settings.ALLOWED_HOSTS:
        yield Finding(
            "url",
            FAIL,
            Text(
                f"url のホスト {host} が hosts にありません。",
                f"The host of url, {host}, is not among hosts.",
            ),
            Text("通知メールの先の画面が開きません。", "Pages named in mail do not open."),
            Text("deployment.json の hosts に加えてください。", "Add it to hosts in deployment.json."),
        )
    elif parts.scheme != "https" and host not in _LOOPBACK:
        yield Finding(
            "url",
            FAIL,
            Text("url が https ではありません。", "The url is not https."),
            Text("パスワードが平文で流れます。", "Passwords travel in the clear."),
            Text(
                "TLS のプロキシを前に置き、SAKIMORI_HTTPS=1 とします（手引きの「TLS」）。",
                "Put a TLS proxy in front and set SAKIMORI_HTTPS=1 (runbook, “TLS”).",
            ),
        )
    elif parts.scheme == "https" and not settings.SESSION_COOKIE_SECURE:
        yield Finding(
            "url",
            FAIL,
            Text("SAKIMORI_HTTPS=1 が設定されていません。", "SAKIMORI_HTTPS=1 is not set."),
            Text("ログインのクッキーが平文でも送られます。", "Log-in cookies are sent in the clear, too."),
            Text("環境に SAKIMORI_HTTPS=1 を加えてください。", "Add SAKIMORI_HTTPS=1 to the environment."),
        )
    else:
        yield good("url", f"アドレスは {parts.scheme}://{host} です。", f"The address is {parts.scheme}://{host}.")
