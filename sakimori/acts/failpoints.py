"""Named places where a test may kill the process, to show that nothing accepted is lost and nothing is done twice.

`SAKIMORI_FAILPOINT=perform.before_commit` ends the process there, at once, as a power cut would. Unset, a failpoint
costs one dictionary look-up.
"""

import os

NAMES = (
    "perform.before_commit",
    "perform.after_commit",
    "sequencer.after_append",
    "sequencer.before_publish",
    "sequencer.after_publish",
    "outbox.before_send",
    "outbox.after_send",
    "envelope.before_post",
    "envelope.after_post",
    "envelope.after_receive",
)


def reach(name: str) -> None:
    """End the process with status 137 if the environment asks for it at this point."""
    if os.environ.get("SAKIMORI_FAILPOINT") == name:
        os._exit(137)
