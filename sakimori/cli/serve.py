"""`sakimori serve` and `sakimori worker`: one deployment's processes."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import click

from sakimori.cli.floor import set_up, spoken


@click.command()
@click.option("--bind", default="127.0.0.1:8080", show_default=True, help="Address and port / アドレスとポート")
@click.option("--threads", default=4, show_default=True)
@click.pass_context
@spoken
def serve(ctx: click.Context, bind: str, threads: int) -> None:
    """Serve the site and API with gunicorn, and run the worker beside it; ends both together."""
    home: Path | None = (ctx.obj or {}).get("home")
    set_up(home)
    from django.conf import settings  # noqa: PLC0415 - after set_up

    environment = {**os.environ, "SAKIMORI_HOME": str(settings.SAKIMORI_HOME)}
    control = Path(settings.SAKIMORI_HOME) / "gunicorn.ctl"
    site = subprocess.Popen(  # noqa: S603 - our own arguments
        [
            sys.executable, "-m", "gunicorn", "sakimori.web.wsgi:application", "--bind", bind, "--workers", "1",
            "--threads", str(threads), "--control-socket", str(control), "--log-level", "warning",
        ],
        env=environment,
    )  # fmt: skip
    backstage = subprocess.Popen([sys.executable, "-m", "sakimori.cli", "worker"], env=environment)
    children = [site, backstage]

    def end(*_: object) -> None:
        for child in children:
            if child.poll() is None:
                child.terminate()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    codes = []
    try:
        codes.append(_first_to_end(children))
    finally:
        end()
        for child in children:
            child.wait()
    sys.exit(codes[0] if codes and codes[0] > 0 else 0)


def _first_to_end(children: list[subprocess.Popen[bytes]]) -> int:
    ended = threading.Event()

    def watch(process: subprocess.Popen[bytes]) -> None:
        process.wait()
        ended.set()

    for child in children:
        threading.Thread(target=watch, args=(child,), daemon=True).start()
    ended.wait()
    return next(child.returncode for child in children if child.poll() is not None)


@click.command()
@click.pass_context
@spoken
def worker(ctx: click.Context) -> None:
    """Run the sequencer, the outbox and the transport of a deployment until told to stop."""
    set_up((ctx.obj or {}).get("home"))
    from sakimori.acts import worker as background  # noqa: PLC0415 - after set_up

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    background.run(stop)
