"""Mail in a stream that is not read as SMTP: behind a proxy's line or another protocol, after a gap, joined half way.

Nothing is learnt from it, as it does not begin by the grammar (selection-semantics §6); but what a record may not show
of a mail it may not show there either (§7), so everything from the first command on is withheld.
"""

import re

from sakimori.selection.facts import Facts

_COMMAND = re.compile(rb"\n[ \t]{0,16}(?i:[EL]HLO[ \t\r\n]|HELO[ \t\r\n]|(?:MAIL FROM|RCPT TO):|AUTH (?:PLAIN|LOGIN))")
_LONGEST = 32  # bytes; no match is longer


class Later:
    """Looks at every byte that no parser reads, once, for a line that begins with a command of SMTP."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._tail = b"\n"
        self._end: int | None = None
        self._found = False

    def data(self, offset: int, data: bytes) -> None:
        """Take bytes of the stream from this offset on; where some are missing before them, a line may begin."""
        if self._found:
            return
        if offset != self._end:
            self._tail = b"\n"
        text = self._tail + data
        command = _COMMAND.search(text)
        if command:
            self._facts.withheld.append((offset - len(self._tail) + command.start() + 1, None))
            self._found = True
        self._tail, self._end = text[-_LONGEST:], offset + len(data)
