"""What the doctor looks at in the deployment: database, migrations, log, worker, outbox, peers' clocks, mail."""

import smtplib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import httpx
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sakimori.acts import clock, condition, outside, pulse, standing
from sakimori.cli.upkeep.doctor import FAIL, WARN, Check, Finding, good
from sakimori.parties.models import Peer
from sakimori.record import fences
from sakimori.text import Text

SKEW_SECONDS = 120
TIMEOUT_SECONDS = 5


def _database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    waiting = MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes())
    if waiting:
        yield Finding(
            "database",
            FAIL,
            Text(f"未適用の移行が{len(waiting)}件あります。", f"{len(waiting)} migrations are not applied."),
            Text("新しい版のプログラムが古い表の上で動いています。", "A newer program runs on older tables."),
            Text("止めてから `sakimori upgrade`", "Stop it, then `sakimori upgrade`"),
        )
        return
    yield good(
        "database", f"データベース（{connection.vendor}）は最新です。", f"The {connection.vendor} is up to date."
    )
    if connection.vendor == "postgresql":
        yield from _role()


def _role() -> Iterator[Finding]:
    weak = [name for name in fences.weaknesses() if name != "owner"]
    if weak:
        yield Finding(
            "database-role",
            FAIL,
            Text(
                f"行ごとの権限が効きません: {', '.join(weak[:3])}",
                f"Row-level security does not hold: {', '.join(weak[:3])}",
            ),
            Text("誤った問合せ一つで、他の組織の行が見えます。", "One wrong query would show others' rows."),
            Text(
                "SUPERUSER と BYPASSRLS のない役割で接続してください。欠けた柵は `sakimori upgrade` が戻します。",
                "Connect as a role without SUPERUSER or BYPASSRLS; `sakimori upgrade` puts fences back.",
            ),
        )
        return
    yield good("database-role", "データベースの役割は普通の権限です。", "The database role has ordinary rights.")


def _log() -> Iterator[Finding]:
    stands = standing.look()
    if stands.read_only:
        yield Finding(
            "log",
            FAIL,
            Text(f"読み取り専用です。{stands.why.ja}", f"It is read-only. {stands.why.en}"),
            Text("公表した記録と食い違う歴史を作らないためです。", "So that it never shows a second history."),
            Text(
                "`sakimori log catch-up`、`sakimori log clear` の順に。", "`sakimori log catch-up`, then `log clear`."
            ),
        )
        return
    yield good("log", "データベースと記録は一致しています。", "Database and log agree.")
    if outside.anchor_path() is None:
        yield Finding(
            "anchor",
            WARN,
            Text("記録の先端の控え（アンカー）がありません。", "No anchor keeps the head of the log elsewhere."),
            Text(
                "ホームごと古い状態に戻されても、相手方に問い合わせるまで分かりません。",
                "If the whole home is put back, nobody notices until a peer is asked.",
            ),
            Text(
                "SAKIMORI_ANCHOR に、別の記憶装置のディレクトリを指定してください。",
                "Set SAKIMORI_ANCHOR to a directory on another device.",
            ),
        )
    elif outside.anchored() is None and standing.leaves():
        yield Finding(
            "anchor",
            FAIL,
            Text(
                "アンカーが読めないか、この記録のものではありません。", "The anchor is unreadable or not of this log."
            ),
            Text("古い状態に戻されても分かりません。", "A home put back would not be noticed."),
            Text("ディレクトリの権限と容量を確かめてください。", "See to the directory's rights and space."),
        )
    else:
        yield good("anchor", "アンカーは記録と一致しています。", "The anchor agrees with the log.")


def _worker() -> Iterator[Finding]:
    beat = pulse.read()
    if beat.dead:
        parts = ", ".join(beat.dead)
        yield Finding(
            "worker",
            FAIL,
            Text(f"裏方が動いていません: {parts}", f"The worker does not work: {parts}"),
            Text("届出は記録に入らず、相手に届きません。", "What is filed enters no log and reaches nobody."),
            Text("`sakimori serve`（または worker）を起動してください。", "Start `sakimori serve` (or `worker`)."),
        )
        return
    for name, fault in beat.failing.items():
        yield Finding(
            "worker",
            WARN,
            Text(f"裏方の仕事「{name}」が失敗しています（{fault}）。", f"The worker's task {name} fails ({fault})."),
            Text("その仕事だけが止まっています。", "Only that task is held up."),
            Text("記録（ログ）の該当行を確かめてください。", "See its lines in the log."),
        )
    yield good("worker", "裏方は動いています。", "The worker works.")


def _outbox() -> Iterator[Finding]:
    found = condition.look()
    if found.outbox_stuck:
        yield Finding(
            "outbox",
            WARN,
            Text(
                f"何度も送れない便が{found.outbox_stuck}件あります。", f"{found.outbox_stuck} deliveries keep failing."
            ),
            Text("相手に届くまで、義務は果たされたことになりません。", "Nothing is settled before it has arrived."),
            Text(
                "相手方の設置を確かめるか、`sakimori envelope export` で運んでください。",
                "See to the other deployment, or carry them with `sakimori envelope export`.",
            ),
        )
        return
    yield good("outbox", "送れない便はありません。", "No delivery is stuck.")


def _peers() -> Iterator[Finding]:
    peers = {peer.name: peer.url for peer in Peer.objects.exclude(url="").order_by("name")}
    for name, url in peers.items():
        try:
            answer = httpx.get(f"{url}/livez", timeout=TIMEOUT_SECONDS, follow_redirects=False)
            there = parsedate_to_datetime(answer.headers["date"])
        except (httpx.HTTPError, KeyError, ValueError, TypeError) as error:
            fault = type(error).__name__
            yield Finding(
                "peers",
                WARN,
                Text(f"{name} が応答しません（{fault}）。", f"{name} does not answer ({fault})."),
                Text("封筒が届きません。", "Envelopes do not arrive."),
                Text("経路と相手の稼働を確かめてください。", "See to the network and to the other side."),
            )
            continue
        skew = abs((clock.wall() - there).total_seconds())
        if skew > SKEW_SECONDS:
            yield Finding(
                "clock",
                FAIL,
                Text(f"{name} と時計が{skew:.0f}秒ずれています。", f"The clock is {skew:.0f} s apart from {name}'s."),
                Text("期限と署名の時刻が狂います。", "Deadlines and signatures go by the clock."),
                Text("時刻同期（chrony 等）を確かめてください。", "See to time synchronisation (chrony)."),
            )
        else:
            yield good("peers", f"{name} は応答し、時計も合っています。", f"{name} answers, and the clocks agree.")
    if not peers:
        yield good("peers", "アドレスのある相手方はありません。", "There is no peer with an address.")


def _mail() -> Iterator[Finding]:
    if settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend"):
        yield Finding(
            "mail",
            WARN,
            Text("メールは送られません（SAKIMORI_SMTP 未設定）。", "No mail is sent (SAKIMORI_SMTP is not set)."),
            Text("通知は受信箱にだけ入ります。", "Notices reach inboxes only."),
            Text("SAKIMORI_SMTP=ホスト:ポート", "SAKIMORI_SMTP=host:port"),
        )
        return
    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=TIMEOUT_SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        fault = type(error).__name__
        yield Finding(
            "mail",
            FAIL,
            Text(f"メールサーバーに届きません（{fault}）。", f"The mail server cannot be reached ({fault})."),
            Text("通知がメールで届きません。", "Notices do not go out by mail."),
            Text("SAKIMORI_SMTP と経路を確かめてください。", "See to SAKIMORI_SMTP and the network."),
        )
        return
    yield good("mail", "メールサーバーは応答しています。", "The mail server answers.")


CHECKS: list[tuple[str, Check]] = [
    ("database", _database),
    ("log", _log),
    ("worker", _worker),
    ("outbox", _outbox),
    ("peers", _peers),
    ("mail", _mail),
]
