"""Engines whose receipts count. Enrolling is our own rule: the law speaks of safety measures in general (26)."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sakimori.acts.context import Context
from sakimori.acts.errors import PreconditionError
from sakimori.custody import payloads as p
from sakimori.custody.models import Engine
from sakimori.errors import SakimoriError
from sakimori.record import Bound
from sakimori.selection import key_id
from sakimori.text import Text


def enrol(ctx: Context, payload: p.EnrolEngine) -> Bound:
    """Enrol an engine by its public key."""
    engine = ctx.create(
        Engine,
        organisation=ctx.actor.acting_organisation,
        key_id=key_id(_key(payload.public_key)),
        **payload.model_dump(mode="python"),
    )
    return Bound("custody.engine", engine.id)


def withdraw(ctx: Context, payload: p.WithdrawEngine) -> Bound:
    """Withdraw an engine: no receipt of its key is taken from now on."""
    engine = ctx.get(Engine, payload.engine, organisation=ctx.actor.acting_organisation, withdrawn_at=None)
    ctx.change(engine, withdrawn_at=ctx.now)
    return Bound("custody.engine", engine.id)


def is_new_key(ctx: Context, payload: p.EnrolEngine) -> SakimoriError | None:
    """The key is one, and was never enrolled here before: a withdrawn key does not come back."""
    known = Engine.objects.filter(world=ctx.world.name, public_key=payload.public_key).exists()
    if not known:
        _key(payload.public_key)
        return None
    return PreconditionError(
        Text("この鍵は既に登録されています。", "This key has been enrolled before."),
        code="custody.engine",
        where="public_key",
        mend=Text("新しい鍵を作ってください。", "Make a new key."),
    )


def _key(public_key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
