"""One-time links: whoever is invited, or has been recovered, chooses a password with one.

The secret stands in the link only; the desk table keeps its SHA-256. A new link ends the earlier ones of the account.
"""

import secrets
import uuid

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from sakimori import law
from sakimori.acts import clock
from sakimori.acts.models import Act
from sakimori.errors import SakimoriError
from sakimori.parties.models import Account
from sakimori.parties.secrets import digest
from sakimori.text import Text
from sakimori.web.access.spans import span
from sakimori.web.models import Invitation

FIRST, RECOVERY = "first", "recovery"
_LASTS = {FIRST: "invitation", RECOVERY: "recovery"}


def invite(account_id: int, *, purpose: str = FIRST, act: uuid.UUID | None = None) -> str:
    """Return a one-time link (absolute URL) with which the account's person chooses a password.

    It lasts `house.access.invitation` hours (after a recovery `house.access.recovery`) and ends every earlier link of
    this account. `act` is the recovery it follows from: one link an act. Raises `SakimoriError` where the account is
    disabled, was recovered (then only the act's own link counts), or the act's link has been shown already.
    """
    account = Account.objects.filter(id=account_id, is_active=True).first()
    if account is None:
        raise SakimoriError(
            Text("この利用者はいないか、停止されています。", "There is no such account, or it is disabled."),
            code="access.no_account",
            mend=Text("停止を解除してから招待してください。", "Enable it before inviting."),
        )
    if purpose == FIRST and _was_recovered(account):
        raise SakimoriError(
            Text(
                "再設定のあとのリンクは、再設定を確認した管理者に表示されます。",
                "After a recovery the link is shown to the administrator who confirmed it.",
            ),
            code="access.recovered",
            article="house",
            mend=Text(
                "リンクを失くした場合は、再設定をやり直してください。", "If it is lost, recover the log-in anew."
            ),
        )
    secret = secrets.token_urlsafe(32)
    now = clock.wall()
    with transaction.atomic():
        if act is not None and Invitation.objects.filter(act=act).exists():
            raise SakimoriError(
                Text("このリンクは既に表示されました。", "This link has been shown already."),
                code="access.shown",
                mend=Text("届いていなければ、再設定をやり直してください。", "If it is lost, recover the account anew."),
            )
        Invitation.objects.filter(account=account, used_at=None).update(expires_at=now)
        Invitation.objects.create(
            account=account,
            digest=digest(secret),
            purpose=purpose,
            act=act,
            made_at=now,
            expires_at=now + span(_LASTS[purpose]),
        )
    base = str(settings.SAKIMORI_DEPLOYMENT["url"]).rstrip("/")
    return f"{base}{reverse('access:invitation', args=[secret])}"


def _was_recovered(account: Account) -> bool:
    """Return whether two administrators ended the account's password and nobody has chosen one since."""
    recovered = Act.objects.filter(kind="parties.account.recover", subject=account.person)
    return not account.has_usable_password() and recovered.exists()


def lasts(purpose: str) -> int:
    """Return for how many hours a link of this purpose is good."""
    return int(str(law.parameter(f"house.access.{_LASTS[purpose]}").value))


def open_invitation(kept: str) -> Invitation | None:
    """Return the invitation of that digest while it is good: not spent, not over, its account not disabled."""
    return (
        Invitation.objects.select_related("account")
        .filter(digest=kept, used_at=None, expires_at__gt=clock.wall(), account__is_active=True)
        .first()
    )


def accept(invitation: Invitation, password: str) -> Account | None:
    """Spend the invitation and set the password; None where somebody spent it a moment earlier."""
    with transaction.atomic():
        spent = Invitation.objects.filter(id=invitation.id, used_at=None).update(used_at=clock.wall())
        if spent != 1:
            return None
        account: Account = invitation.account
        account.set_password(password)
        account.save(update_fields=["password"])
    return account
