"""Give memory back so that nothing can be read from it any more.

Of a mapping private to its process, `MADV_DONTNEED` empties the pages; of one shared with other processes it would only
forget where they are, so `MADV_REMOVE` frees them. Locked memory (real mode) allows neither and is overwritten.
"""

import ctypes
import mmap


def wipe(memory: mmap.mmap, *, shared: bool = False) -> None:
    """Empty an anonymous mapping: every byte of it reads as zero afterwards."""
    try:
        memory.madvise(mmap.MADV_REMOVE if shared else mmap.MADV_DONTNEED)
    except OSError:  # locked pages are not given back
        ctypes.memset(ctypes.addressof(ctypes.c_char.from_buffer(memory)), 0, len(memory))
