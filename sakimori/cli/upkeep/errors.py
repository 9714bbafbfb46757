"""Why looking after a deployment did not succeed."""

from sakimori.errors import SakimoriError


class BackupError(SakimoriError):
    """A backup cannot be made, is not what it must be, or cannot be restored here; nothing was changed."""

    code = "backup.refused"


class UpgradeError(SakimoriError):
    """The deployment cannot be upgraded (or must not be downgraded); nothing was changed."""

    code = "upgrade.refused"
