"""Fuzz targets for uploaded files: any bytes under any name are taken whole or refused with words, nothing else.

Same form as `fuzz_proofs`: `fuzz_one(data: bytes) -> None`; `tests/pages/test_sniffing.py` runs them under hypothesis.
"""

import contextlib
import io
import zipfile
from collections.abc import Callable

from sakimori.acts import filenames, sniffing
from sakimori.acts.sniffing import UploadError

_OFFICE = (".xlsx", ".docx")


def fuzz_content(data: bytes) -> None:
    """Whatever is taken is not an archive besides (but for workbooks), and under one binary kind at most."""
    taken = []
    for extension in sniffing.KINDS:
        with contextlib.suppress(UploadError):
            sniffing.media_type(data, extension)
            taken.append(extension)
    binary = {sniffing.KINDS[one][0] for one in taken} - {
        "text/plain", "text/csv", "text/tab-separated-values", "message/rfc822"
    }  # fmt: skip
    if len(binary) > 1:
        raise AssertionError(f"taken as several kinds: {binary}")
    if taken and not set(taken) & set(_OFFICE) and zipfile.is_zipfile(io.BytesIO(data)):
        raise AssertionError(f"an archive was taken as {taken}")


def fuzz_name(data: bytes) -> None:
    """Whatever name is kept has no path, no hidden character, and goes out in one header line."""
    name = data.decode("utf-8", "replace")
    with contextlib.suppress(UploadError):
        kept = filenames.checked(name)
        if not kept.isprintable() or set(kept) & set("/\\\r\n\x00") or len(kept) > filenames.LONGEST:
            raise AssertionError(f"kept {kept!r}")
        filenames.disposition(kept).encode("ascii")


TARGETS: tuple[Callable[[bytes], None], ...] = (fuzz_content, fuzz_name)
