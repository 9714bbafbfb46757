"""What every compiled kernel is built on: the decorator, guarded loads from a buffer, prefetch.

One source, two builds. The release build reads raw memory behind the explicit checks of the kernels; with
`SAKIMORI_CHECKED=1` every load is checked against its buffer and every array index against its array (CI runs the whole
corpus that way). Offsets are never negative: kernels count upwards from checked places.
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])
CHECKED = os.environ.get("SAKIMORI_CHECKED") == "1"
_BYTE = ir.IntType(8)
_WORD = ir.IntType(64)


def kernel(function: F) -> F:
    """Compile a function; compiled code is cached beside the source (or where NUMBA_CACHE_DIR says)."""
    made = njit(cache=not CHECKED, boundscheck=CHECKED, nogil=True, error_model="numpy")(function)
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
_load32_le = _loader(32, swap=False)


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
def _hold(offset: int, size: int, limit: int) -> None:
    if offset < 0 or size < 0 or offset + size > limit:
        raise IndexError("outside its buffer")


if CHECKED:

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
    def le32(base: int, limit: int, offset: int) -> int:
        """Return 32 bits, little endian."""
        return _load32_le(base, offset)

    @kernel
    def copy(target: int, target_limit: int, to: int, source: int, source_limit: int, at: int, size: int) -> None:
        """Copy bytes between buffers."""
        _move(target + to, source + at, size)
