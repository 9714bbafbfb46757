"""One message, one meaning: what two rooms call by the same English word has the same Japanese, or its own context.

Django merges the catalogues of all rooms into one, so a second translation of the same message in the same context
would be shown in the wrong room or never. `pgettext("<room>", …)`, `{% translate … context "<room>" %}` and
`label(…, room)` keep them apart.
"""

import io
from collections.abc import Iterable, Iterator

from babel.messages.pofile import read_po

from tools.house.source import Finding, Source
from tools.house.translated import CATALOGUE, Message


def check_meanings(sources: Iterable[Source]) -> Iterator[Finding]:
    """Yield every message that a second catalogue translates otherwise than the first."""
    first: dict[Message, tuple[str, str]] = {}
    for source in sorted(sources, key=lambda one: one.path):
        if not (source.is_product and source.path.endswith(CATALOGUE)):
            continue
        for line, message, japanese in _entries(source):
            said, where = first.setdefault(message, (japanese, source.path))
            if said != japanese:
                yield Finding(
                    source.path, line, "meanings", f"{message.text!r} is {japanese!r} here and {said!r} in {where}"
                )


def _entries(source: Source) -> Iterator[tuple[int, Message, str]]:
    for entry in read_po(io.BytesIO(source.text.encode()), locale="ja"):
        single = entry.id if isinstance(entry.id, str) else entry.id[0]
        japanese = entry.string if isinstance(entry.string, str) else "".join(entry.string or ())
        if single and japanese:
            yield entry.lineno or 1, Message(entry.context or "", single), japanese
