"""`sakimori`: the root command. Sub-commands are loaded only when called, so that pure ones start fast."""

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from sakimori import __version__

_COMMANDS = {
    "act": ("sakimori.cli.act", "act_group", "Perform, propose, confirm acts / 行為を行う・提案する・確認する"),
    "assets": ("sakimori.cli.assets", "assets_group", "Critical computers: check, import, file / 特定重要電子計算機"),
    "backup": ("sakimori.cli.backup", "backup", "Back up while serving; verify a backup / 控え"),
    "database": ("sakimori.cli.database", "database_group", "Roles of a PostgreSQL database / PostgreSQL の役割"),
    "demo": ("sakimori.cli.demo", "demo", "Play the loop on the sample world, then serve it / 見本の世界で一巡"),
    "doctor": ("sakimori.cli.upkeep_commands", "doctor", "What is wrong here, and how to mend it / 診断"),
    "envelope": ("sakimori.cli.envelope", "envelope_group", "Carry envelopes as files / 封筒をファイルで運ぶ"),
    "init": ("sakimori.cli.init", "init", "Found a deployment in a home directory / 設置を始める"),
    "keys": ("sakimori.cli.keys", "keys_group", "Keys of this deployment and its peers / 鍵"),
    "law": ("sakimori.cli.law", "law_group", "The law as data / データとしての法令"),
    "log": ("sakimori.cli.log", "log_group", "Verify the log / 記録を検証する"),
    "names": (
        "sakimori.cli.names",
        "names_group",
        "Official names: fetch, load, show / 製品の正式な名称",
    ),
    "receipt": ("sakimori.cli.log", "receipt_group", "Verify a receipt, offline / 記録証明を検証する"),
    "restore": ("sakimori.cli.backup", "restore", "Restore a backup into an empty home / 控えから復元する"),
    "select": ("sakimori.cli.select", "select_group", "Automatic selection / 自動選別"),
    "serve": ("sakimori.cli.serve", "serve", "Serve a deployment: site, API, sequencer, outbox / 起動する"),
    "upgrade": ("sakimori.cli.upkeep_commands", "upgrade", "Bring a deployment to this version / 版を上げる"),
    "worker": ("sakimori.cli.serve", "worker", "Run sequencer, outbox and transport only / 裏方のみ動かす"),
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their help, without importing any."""
        with formatter.section("Commands / コマンド"):
            formatter.write_dl([(name, spec[2]) for name, spec in sorted(_COMMANDS.items())])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sakimori")
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    envvar="SAKIMORI_HOME",
    help="Home directory of the deployment / 設置のホーム",
)
@click.pass_context
def main(ctx: click.Context, home: Path | None) -> None:
    """防人 Sakimori: from the first asset notification to the warning that comes back."""
    ctx.obj = {"home": home}


def home_of(ctx: click.Context) -> Any:
    """Return the `--home` given to the root command, or None."""
    return (ctx.obj or {}).get("home")
