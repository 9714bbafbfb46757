"""What may stand on a screen: a name out of a file must not move the cursor, change colours, or turn a line around."""

import unicodedata


def showable(text: str) -> bool:
    """Say whether a text holds only what is seen: no control characters, no marks that turn the line's direction."""
    return all(map(_seen, text))


def shown(text: str) -> str:
    """Return a text with everything that is not seen written out, as Python writes it."""
    return "".join(letter if _seen(letter) else ascii(letter)[1:-1] for letter in text)


def _seen(letter: str) -> bool:
    return letter.isprintable() or unicodedata.category(letter) == "Zs"  # a full-width space is one like others
