"""Fuzz target for dictionaries of names: any bytes are names that can be used, or a spoken error, never anything else.

Same form as `fuzz_proofs`: `fuzz_one(data: bytes) -> None`; `tests/matching/test_dictionary.py` runs it.
"""

import io

from sakimori.matching import dictionary


def fuzz_one(data: bytes) -> None:
    """What is read has both names, keys to find it by, and comes once."""
    try:
        found = dictionary.read(io.BytesIO(data))
    except dictionary.DictionaryError:
        return
    if not found.officials or not all(all(one.keys) for one in found.officials):
        raise AssertionError("a name that cannot be found")
    if len({one.keys for one in found.officials}) != len(found.officials):
        raise AssertionError("a name comes twice")
    if any(len(one.vendor) > dictionary.NAME_LIMIT for one in found.officials):
        raise AssertionError("a name too long to store")


TARGETS = (fuzz_one,)
