"""Give memory back so that nothing can be read from it any more.

Pages shared with other processes are freed by `MADV_REMOVE`, which a private mapping refuses; `MADV_DONTNEED` empties
the pages of a private one, while of a shared one it would only forget where they are. Locked memory (real mode) allows
neither and is overwritten.
"""

import ctypes
import mmap

_WAYS = (mmap.MADV_REMOVE, mmap.MADV_DONTNEED)


def wipe(memory: mmap.mmap) -> None:
    """Empty an anonymous mapping, shared or private: every byte of it reads as zero afterwards."""
    for way in _WAYS:
        try:
            memory.madvise(way)
        except OSError:
            continue
        return
    ctypes.memset(ctypes.addressof(ctypes.c_char.from_buffer(memory)), 0, len(memory))
