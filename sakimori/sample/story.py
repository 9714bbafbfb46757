"""The loop, told: from a list of computers to the warning that comes back, and the account of it all."""

import secrets
from pathlib import Path
from typing import Any

import click

from sakimori.sample import chapters, chapters_rehearsal
from sakimori.sample.indicators import FICTITIOUS_WEAKNESS
from sakimori.sample.organisations import SampleWorld, sample_world
from sakimori.sample.register import register
from sakimori.sample.stage import DEPLOYMENTS, REHEARSAL, WORLD, Stage
from sakimori.sample.telling import Teller
from sakimori.text import Text

REAL_WEAKNESS = "CVE-2025-24472"
TITLE = Text(
    "防人 Sakimori ── 見本の世界での一巡（人物・組織・事案はすべて架空）",
    "Sakimori: the loop on the sample world (all people, organisations and incidents are fictitious)",
)


class Story:
    """Plays the six steps on a stage; `data` is the directory of real input, or None for generated samples."""

    def __init__(self, stage: Stage, teller: Teller, data: Path | None, *, operators: int, assets: int) -> None:
        self.stage = stage
        self.tell = teller
        self.data = data
        self.assets = assets
        self.operators = operators
        self.world: SampleWorld = sample_world(operators)
        self.facts: dict[str, Any] = {}
        self.kev = data if data is not None and (data / "kev").is_dir() else None
        self.weakness = FICTITIOUS_WEAKNESS if self.kev is None else REAL_WEAKNESS
        self.password = secrets.token_urlsafe(9)

    def play(self) -> None:
        """Play the whole loop; `StageError` where a step fails."""
        self.tell.title(TITLE)
        self._prologue()
        chapters.assets(self)
        chapters.incidents(self)
        chapters_rehearsal.measures(self)
        chapters_rehearsal.selection(self)
        chapters.warnings(self)
        chapters.account(self)
        click.echo()

    # --- what the chapters use ----------------------------------------------------------------------------------------

    def call(self, deployment: str, function: str, **arguments: Any) -> Any:
        """Return what a step function returned in a deployment."""
        return self.stage.players[deployment].call(f"steps.{function}", **arguments)

    def at(self, organisation: str, function: str, **arguments: Any) -> Any:
        """Return what a step function returned for an organisation, in the deployment that hosts it."""
        host = self.world.organisations[organisation].deployment
        return self.call(host, function, organisation=organisation, **arguments)

    def settle(self) -> None:
        """Let every deployment do its background work, until filings and their acknowledgements have arrived."""
        for name in (*DEPLOYMENTS, *DEPLOYMENTS):
            self.call(name, "floor:settle")

    def name(self, organisation: str) -> Text:
        """Return an organisation's name."""
        return self.world.organisations[organisation].name

    def key_of(self, organisation: str) -> str:
        """Return the key of an organisation by its id."""
        return next(key for key, one in self.world.organisations.items() if str(one.id) == organisation)

    def name_of(self, organisation: str) -> Text:
        """Return an organisation's name by its id."""
        return self.name(self.key_of(organisation))

    # --- before and after ---------------------------------------------------------------------------------------------

    def _prologue(self) -> None:
        source = (
            Text(f"実データ {self.data.name} を使います。", f"Real input is read from {self.data.name}.")
            if self.data
            else Text(
                "実データがないため、自作の小さな見本を使います。",
                "No real input here: small generated samples are used.",
            )
        )
        self.tell.say(source.ja, source.en)
        rings = {name: self.call(name, "floor:keyring") for name in DEPLOYMENTS}
        for name in DEPLOYMENTS:
            rows = list(register(self.world, name))
            rows += [
                {"thing": "peer", "name": other, "edition": other, "url": self.stage.url(other), "keys": ring["keys"]}
                for other, ring in rings.items()
                if other != name
            ]
            self.call(name, "floor:enrol", world=WORLD, rows=rows, title="見本の登録簿 / sample register")
            self.call(name, "floor:accounts", logins=self._logins(name), password=self.password)
        self.stage.wait_until_served()
        day = self.world.today
        self.tell.say(
            f"三つの設置（官庁・事業者・監理委員会）が互いに封筒だけで話します。見本の世界の今日は {day} です。",
            f"Three deployments (authorities, one operator, the committee) talk by envelopes only. It is {day} there.",
        )

    def _logins(self, deployment: str) -> dict[str, str]:
        hosted = {one.key for one in self.world.hosted_by(deployment)}
        return {key: str(one.id) for key, one in self.world.people.items() if one.organisation in hosted}

    def log_ins(self) -> None:
        """Print where to look, and one log-in a role."""
        self.tell.say(
            "ブラウザーで開いてください（パスワードはすべて同じです）。", "Open in a browser (one password for all)."
        )
        click.secho(f"     password: {self.password}", bold=True)
        shown: set[tuple[str, str]] = set()
        for key, person in self.world.people.items():
            organisation = self.world.organisations[person.organisation]
            if (organisation.type, person.role) in shown:
                continue
            shown.add((organisation.type, person.role))
            url = self.stage.url(organisation.deployment)
            click.echo(f"     {url}  {key:28} {organisation.name.ja} · {person.role}")


__all__ = ["REHEARSAL", "Story"]
