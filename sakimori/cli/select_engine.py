"""Which engine `sakimori select` runs, and what does not go together with it."""

import importlib.util
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from sakimori.errors import SakimoriError
from sakimori.selection import fast
from sakimori.selection.receipt import FAST, REFERENCE
from sakimori.text import Text

_SCHEMES = ("tls://", "tcp://")
_BELONGS = {
    "cluster_ca": "cluster",
    "cluster_cert": "cluster",
    "cluster_key": "cluster",
    "spool_limit": "spool",
    "spool_memory": "spool",
}
"""Options that say nothing without another: a certificate for no cluster is a mistake, not a wish."""


def not_alone() -> None:
    """Refuse an option of this command that stands without the one it belongs to."""
    given = click.get_current_context()
    said = {name for name in given.params if given.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    for name in sorted(said & _BELONGS.keys()):
        main, option = _BELONGS[name], f"--{name.replace('_', '-')}"
        if not {main, f"{main}_folder"} & said:
            raise SakimoriError(
                Text(f"{option} は --{main} とともに使います。", f"{option} goes with --{main}."),
                code="selection.option_alone",
                where=option,
                mend=Text(
                    f"--{main} も指定するか、{option} を外してください。", f"Give --{main} too, or leave {option} out."
                ),
            )


def engine_for(asked: str | None, workers: int) -> str:
    """Return the engine to run: the one asked for, else the fast one where it is installed."""
    chosen = asked or (FAST if fast.available() else REFERENCE)
    if asked == FAST and not fast.available():
        raise SakimoriError(
            Text("高速エンジンのライブラリがありません。", "the libraries of the fast engine are not installed."),
            code="selection.engine_absent",
            mend=Text(
                "追加機能 engine を入れるか、--engine reference を使ってください。",
                "Install the extra `engine`, or use --engine reference.",
            ),
        )
    if chosen == REFERENCE and workers > 1:
        raise SakimoriError(
            Text("参照エンジンは一つのプロセスで動きます。", "the reference engine runs in one process."),
            code="selection.engine_workers",
            mend=Text(
                "--workers を外すか、--engine fast を使ってください。", "Leave --workers out, or use --engine fast."
            ),
        )
    return chosen


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    try:
        return text.startswith(_SCHEMES) and bool(parts.hostname) and parts.port is not None
    except ValueError:  # a port that is no number
        return False


def can_cluster(address: str, engine: str, workers: int) -> None:
    """Refuse an address that is none, what does not go together with a cluster, or one whose library is missing."""
    if not _is_address(address):
        raise SakimoriError(
            Text(
                "クラスタの番地は tls:// か tcp:// で始まります。", "a cluster's address begins with tls:// or tcp://."
            ),
            code="selection.cluster_address",
            where=address,
            mend=Text(
                "tls://ホスト:ポート、この計算機の中だけなら tcp://127.0.0.1:ポート のように書いてください。",
                "Write tls://HOST:PORT, or tcp://127.0.0.1:PORT where all of it stays on this machine.",
            ),
        )
    if engine != FAST or workers > 1:
        raise SakimoriError(
            Text(
                "クラスタは高速エンジンで、作業者の数は自分で決めます。",
                "a cluster runs the fast engine, its workers its own.",
            ),
            code="selection.engine_cluster",
            mend=Text("--engine と --workers を外してください。", "Leave --engine and --workers out."),
        )
    if importlib.util.find_spec("distributed") is None:
        raise SakimoriError(
            Text("クラスタのライブラリがありません。", "the library for clusters is not installed."),
            code="selection.cluster_absent",
            mend=Text("追加機能 cluster を入れてください。", "Install the extra `cluster`."),
        )
