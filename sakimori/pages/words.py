"""Words for machine names: a label for every field and every coded value, in the reader's language.

The English words are made from the name (`designated_on` → "Designated on"); they are msgids, and the catalogues give
the Japanese. A test holds that every label a payload can bring up is translated.
"""

import re

from django.utils.translation import get_language, gettext, pgettext

from sakimori.pages import codes

_WORD = re.compile(r"^[a-z][a-z_]+$")
_SUFFIX = {"ja": "Japanese", "en": "English"}
_NAMES = {
    "http": "HTTP",
    "id": "Identifier",
    "ipa": "IPA",
    "jpcert": "JPCERT/CC",
    "nict": "NICT",
    "ppc": "Personal Information Protection Commission",
    "smtp": "SMTP",
    "ddos": "DDoS",
    "tlp": "TLP",
    "url": "URL",
    "vpn": "VPN",
}


def sentence(name: str) -> str:
    """Return the English words of a machine name: `name_ja` → "Name (Japanese)", `tokyo_bureau` → "Tokyo bureau"."""
    if name in _NAMES:
        return _NAMES[name]
    head, _, tail = name.rpartition("_")
    if head and tail in _SUFFIX:
        return f"{sentence(head)} ({_SUFFIX[tail]})"
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def label(name: str, room: str = "") -> str:
    """Return the label of a field in the reader's language: the room's own word for it, else the common one."""
    return worded(sentence(name), room) if name else ""


def room_of(model: type[object]) -> str:
    """Return the room that a class, such as a payload model, belongs to."""
    return model.__module__.split(".")[1]


def worded(text: str, room: str = "") -> str:
    """Return an English label in the reader's language, where a room means something of its own by it: in its sense."""
    own = pgettext(room, text) if room else text
    return gettext(text) if own == text else own


def is_word(value: object) -> bool:
    """Return whether a coded value is made of words (and so has a translation), not a code such as `A-1`."""
    return isinstance(value, str) and bool(_WORD.match(value))


def choice(value: object, field: str = "") -> str:
    """Return how a coded value of a field is shown: by its meaning, else translated where it is made of words."""
    found = codes.meaning(value, field)
    if found is not None:
        return found.pick(get_language() or "ja")
    return label(str(value)) if is_word(value) else str(value)
