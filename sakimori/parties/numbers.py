"""The 法人番号 (corporate number): 13 digits of which the first checks the others."""

import unicodedata

_DIGITS = 13
_MODULUS = 9


def corporate_number(value: str) -> str:
    """Return a 法人番号 as 13 plain digits, or "" for nothing; full-width digits, blanks and hyphens are understood.

    番号法施行令35条; check digit by 法人番号の指定等に関する省令2条: 9 less the weighted sum of the others modulo 9.
    Raises `ValueError`, in both languages, where it is no such number.
    """
    plain = "".join(one for one in unicodedata.normalize("NFKC", value) if one not in " -‐－")
    if not plain:
        return ""
    if len(plain) != _DIGITS or not (plain.isascii() and plain.isdigit()):
        raise ValueError("法人番号は13桁の数字です / a corporate number has 13 digits")
    body = [int(digit) for digit in plain[1:]]
    weighted = sum(digit * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(body)))
    if int(plain[0]) != _MODULUS - weighted % _MODULUS:
        raise ValueError("法人番号の検査数字が合いません / the check digit of the corporate number is wrong")
    return plain
