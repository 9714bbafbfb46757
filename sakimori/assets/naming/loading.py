"""Loading a dictionary of names: the whole source anew, in one transaction; what was decided stays as it was."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from sakimori.acts import clock
from sakimori.assets.models import NameSource, OfficialName
from sakimori.matching import dictionary
from sakimori.record.laying import stack

_AT_ONCE = 2000
_LONGEST = 200  # letters of a key that are stored and compared


def load(data: bytes, origin: str) -> NameSource:
    """Read a dictionary and put it in place of what its source gave before; return what is now loaded.

    Raises `matching.dictionary.DictionaryError` where it cannot be read: what was loaded before stays.
    """
    read = dictionary.read(io.BytesIO(data))
    with transaction.atomic():
        OfficialName.objects.filter(source=read.sort).delete()
        stack(OfficialName, _rows(read), _AT_ONCE)
        kept, _ = NameSource.objects.update_or_create(
            source=read.sort,
            defaults={
                "origin": origin[:300],
                "digest": hashlib.sha256(data).hexdigest(),
                "names": len(read.officials),
                "left_out": read.left_out,
                "loaded_at": clock.wall(),
            },
        )
    return kept


def _rows(read: dictionary.Names) -> Iterator[dict[str, Any]]:
    for one, (vendor, product) in zip(read.officials, read.keys, strict=True):
        yield {
            "source": read.sort,
            "vendor": one.vendor,
            "product": one.product,
            "vendor_key": vendor[:_LONGEST],
            "product_key": product[:_LONGEST],
            "cpe": one.cpe,
        }
