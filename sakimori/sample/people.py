"""Names of people who do not exist: the placeholders of Japanese legal writing (甲, 乙, 丙, …)."""

from sakimori.text import Text

_FAMILY = (
    ("甲野", "Kono"),
    ("乙川", "Otsukawa"),
    ("丙山", "Heiyama"),
    ("丁田", "Chota"),
    ("戊谷", "Botani"),
    ("己塚", "Kizuka"),
    ("庚原", "Kohara"),
    ("辛森", "Shinmori"),
    ("壬浜", "Jinhama"),
    ("癸岡", "Kioka"),
)
_GIVEN = (
    ("一郎", "Ichiro"),
    ("花子", "Hanako"),
    ("二郎", "Jiro"),
    ("梅子", "Umeko"),
    ("三郎", "Saburo"),
    ("松子", "Matsuko"),
    ("四郎", "Shiro"),
    ("竹子", "Takeko"),
    ("五郎", "Goro"),
    ("桜子", "Sakurako"),
    ("六郎", "Rokuro"),
    ("菊子", "Kikuko"),
)
NAMES = len(_FAMILY) * len(_GIVEN)  # names before a number is added


def placeholder(number: int) -> Text:
    """Return the name of fictitious person `number` (from 0); different numbers have different names.

    >>> placeholder(0), placeholder(11)
    (Text(ja='甲野 一郎', en='Ichiro Kono'), Text(ja='乙川 花子', en='Hanako Otsukawa'))
    """
    again, place = divmod(number, NAMES)
    family = _FAMILY[place % len(_FAMILY)]
    given = _GIVEN[place // len(_FAMILY)]
    more = f" {again + 1}" if again else ""
    return Text(f"{family[0]} {given[0]}{more}", f"{given[1]} {family[1]}{more}")


def address(number: int, domain: str) -> str:
    """Return the mail address of fictitious person `number` below a domain that nobody can own (RFC 2606)."""
    return f"person{number:04}@{domain}"
