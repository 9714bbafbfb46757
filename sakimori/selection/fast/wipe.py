"""Give memory back so that nothing can be read from it any more.

The buffers are shared anonymous mappings: `MADV_DONTNEED` only forgets where their pages are, and what stood in them is
there again at the next look. `MADV_REMOVE` frees the pages; memory that is locked (real mode) must be overwritten.
"""

import ctypes
import mmap


def wipe(memory: mmap.mmap) -> None:
    """Empty a shared anonymous mapping: every byte of it reads as zero afterwards."""
    try:
        memory.madvise(mmap.MADV_REMOVE)
    except OSError:  # locked pages are not removed
        ctypes.memset(ctypes.addressof(ctypes.c_char.from_buffer(memory)), 0, len(memory))
