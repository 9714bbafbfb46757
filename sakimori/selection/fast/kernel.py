"""What every compiled kernel is built on: the decorator, guarded loads from a buffer, prefetch.

One source, two builds. The release build reads raw memory behind the explicit checks of the kernels; with
`SAKIMORI_CHECKED=1` every load is checked against its buffer and every array index against its array (CI runs the whole
corpus that way). Offsets are never negative: kernels count upwards from checked places.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])
CHECKED = os.environ.get("SAKIMORI_CHECKED") == "1"
_BYTE = ir.IntType(8)
_WORD = ir.IntType(64)


def _cached() -> bool:
    """Choose a folder for compiled code, named by all kernels' sources; say whether it can be written.

    numba itself looks at the file of a kernel only, not at those of the kernels it calls.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    chosen = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(chosen) / "sakimori-kernels" / f"{digest.hexdigest()[:24]}{'-checked' if CHECKED else ''}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, RuntimeError):
        return False
    setattr(numba.config, "CACHE_DIR", str(folder))  # noqa: B010  numba sets its names at run time
    return os.access(folder, os.W_OK)


_CACHE = _cached()
_KERNELS: list[Any] = []


def keep_no_more() -> None:
    """Write no compiled code any more: what is still compiled is for this process only. Kept code is still read."""
    for made in _KERNELS:
        made._cache.save_overload = lambda *_: None  # noqa: SLF001  numba has no public way


def kernel(function: F) -> F:
    """Compile a function; compiled code is kept for the next start where a folder for it can be written."""
    made = njit(cache=_CACHE, boundscheck=CHECKED, nogil=True, error_model="numpy")(function)
    _KERNELS.append(made)
    return cast("F", made)


def inlined(function: F) -> F:
    """As `kernel`, for one whose code is put wherever it is called: a call would cost about what it does."""
    made = njit(cache=_CACHE, boundscheck=CHECKED, nogil=True, error_model="numpy", forceinline=True)(function)
    _KERNELS.append(made)
    return cast("F", made)


def _loader(bits: int, *, swap: bool) -> Any:
    def load(typingctx: Any, address: Any, offset: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = builder.add(arguments[0], arguments[1])
            pointer = builder.inttoptr(place, ir.IntType(bits).as_pointer())
            value = builder.load(pointer)
            value.align = 1
            if swap:
                value = builder.bswap(value)
            return value if bits == 64 else builder.zext(value, _WORD)

        return types.int64(types.int64, types.int64), codegen

    return intrinsic(load)


_load8 = _loader(8, swap=False)
_load16_be = _loader(16, swap=True)
_load32_be = _loader(32, swap=True)
_load64_be = _loader(64, swap=True)
_load16_le = _loader(16, swap=False)
_load32_le = _loader(32, swap=False)
_load64 = _loader(64, swap=False)


def _storer(typingctx: Any, address: Any, offset: Any, value: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(builder.add(arguments[0], arguments[1]), _WORD.as_pointer())
        builder.store(arguments[2], pointer)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), codegen


_store64: Any = intrinsic(_storer)


def _prefetch(typingctx: Any, address: Any) -> Any:
    """Ask for the cache line at an address; never faults."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        small = ir.IntType(32)
        pointer = builder.inttoptr(arguments[0], _BYTE.as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [_BYTE.as_pointer(), small, small, small])
        name = "llvm.prefetch.p0"
        function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
        builder.call(function, [pointer, small(0), small(3), small(1)])
        return context.get_dummy_value()

    return types.void(types.int64), codegen


def _copy(typingctx: Any, target: Any, source: Any, size: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = _BYTE.as_pointer()
        to = builder.inttoptr(arguments[0], kind)
        at = builder.inttoptr(arguments[1], kind)
        function = builder.module.declare_intrinsic("llvm.memmove", [kind, kind, _WORD])
        builder.call(function, [to, at, arguments[2], ir.IntType(1)(0)])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), codegen


prefetch: Any = intrinsic(_prefetch)
_move: Any = intrinsic(_copy)


@kernel
def words(table):
    """Return how many words a table has."""
    return _load64(table, -8)


@kernel
def _hold(offset: int, size: int, limit: int) -> None:
    if offset < 0 or size < 0 or offset + size > limit:
        raise IndexError("outside its buffer")


if CHECKED:

    @kernel
    def get(table, number):
        """Return a word of a table (see `store.Table`); its length stands in front of it."""
        if number < 0 or number >= _load64(table, -8):
            raise IndexError("outside its table")
        return _load64(table, number << 3)

    @kernel
    def put(table, number, value):
        """Set a word of a table."""
        if number < 0 or number >= _load64(table, -8):
            raise IndexError("outside its table")
        _store64(table, number << 3, value)

    @kernel
    def u8(base: int, limit: int, offset: int) -> int:
        """Return the byte at `offset` of the buffer at address `base` that holds `limit` bytes."""
        _hold(offset, 1, limit)
        return _load8(base, offset)

    @kernel
    def be16(base: int, limit: int, offset: int) -> int:
        """Return 16 bits, big endian."""
        _hold(offset, 2, limit)
        return _load16_be(base, offset)

    @kernel
    def be32(base: int, limit: int, offset: int) -> int:
        """Return 32 bits, big endian."""
        _hold(offset, 4, limit)
        return _load32_be(base, offset)

    @kernel
    def be64(base: int, limit: int, offset: int) -> int:
        """Return 64 bits, big endian, as a signed number."""
        _hold(offset, 8, limit)
        return _load64_be(base, offset)

    @kernel
    def le16(base: int, limit: int, offset: int) -> int:
        """Return 16 bits, little endian."""
        _hold(offset, 2, limit)
        return _load16_le(base, offset)

    @kernel
    def le32(base: int, limit: int, offset: int) -> int:
        """Return 32 bits, little endian."""
        _hold(offset, 4, limit)
        return _load32_le(base, offset)

    @kernel
    def copy(target: int, target_limit: int, to: int, source: int, source_limit: int, at: int, size: int) -> None:
        """Copy bytes between buffers."""
        _hold(to, size, target_limit)
        _hold(at, size, source_limit)
        _move(target + to, source + at, size)

else:

    @kernel
    def get(table, number):
        """Return a word of a table (see `store.Table`); its length stands in front of it."""
        return _load64(table, number << 3)

    @kernel
    def put(table, number, value):
        """Set a word of a table."""
        _store64(table, number << 3, value)

    @kernel
    def u8(base: int, limit: int, offset: int) -> int:
        """Return the byte at `offset` of the buffer at address `base` that holds `limit` bytes."""
        return _load8(base, offset)

    @kernel
    def be16(base: int, limit: int, offset: int) -> int:
        """Return 16 bits, big endian."""
        return _load16_be(base, offset)

    @kernel
    def be32(base: int, limit: int, offset: int) -> int:
        """Return 32 bits, big endian."""
        return _load32_be(base, offset)

    @kernel
    def be64(base: int, limit: int, offset: int) -> int:
        """Return 64 bits, big endian, as a signed number."""
        return _load64_be(base, offset)

    @kernel
    def le16(base: int, limit: int, offset: int) -> int:
        """Return 16 bits, little endian."""
        return _load16_le(base, offset)

    @kernel
    def le32(base: int, limit: int, offset: int) -> int:
        """Return 32 bits, little endian."""
        return _load32_le(base, offset)

    @kernel
    def copy(target: int, target_limit: int, to: int, source: int, source_limit: int, at: int, size: int) -> None:
        """Copy bytes between buffers."""
        _move(target + to, source + at, size)
