"""`sakimori serve` and `sakimori worker`: one deployment's processes."""

import os
import signal
import sys
import threading
from pathlib import Path

import click

from sakimori.cli import watching
from sakimori.cli.floor import set_up, spoken


@click.command()
@click.option("--bind", default="127.0.0.1:8080", show_default=True, help="Address and port / アドレスとポート")
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True)
@click.pass_context
@spoken
def serve(ctx: click.Context, /, bind: str, threads: int) -> None:
    """Serve the site and API with gunicorn, and run the worker beside it.

    One that ends is started again; one that cannot be kept alive ends the whole with status 1.
    """
    home: Path | None = (ctx.obj or {}).get("home")
    set_up(home)
    from django.conf import settings  # noqa: PLC0415 - after set_up

    environment = {**os.environ, "SAKIMORI_HOME": str(settings.SAKIMORI_HOME)}
    arguments = site_arguments(bind, threads, Path(settings.SAKIMORI_HOME))
    children = [
        watching.Child("site", arguments, environment),
        watching.Child("worker", [sys.executable, "-m", "sakimori.cli", "worker"], environment),
    ]
    watching.keep(children, stop_on_signal())


def site_arguments(bind: str, threads: int, home: Path) -> list[str]:
    """Return the command line of the site's server."""
    return [
        sys.executable, "-m", "gunicorn", "sakimori.web.wsgi:application", "--bind", bind, "--workers", "1",
        "--threads", str(threads), "--control-socket", str(home / "gunicorn.ctl"), "--log-level", "warning",
        "--logger-class", "sakimori.web.server_log.ServerLogger",
    ]  # fmt: skip


def stop_on_signal() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop


@click.command()
@click.pass_context
@spoken
def worker(ctx: click.Context) -> None:
    """Run the sequencer, the outbox and the transport of a deployment until told to stop."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import metrics  # noqa: PLC0415 - after set_up
    from sakimori.acts import worker as background  # noqa: PLC0415
    from sakimori.web.agenda import mailing  # noqa: PLC0415

    end_metrics = metrics.serve()
    try:
        background.run(stop_on_signal(), [("daily mail", mailing.run_once)])
    finally:
        end_metrics()
