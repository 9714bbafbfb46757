"""The cage of the process that reads traffic: no network, nothing written but its answer, no core dump, no swap.

Linux only: Landlock (file system, network ports, scoped signals), seccomp (system calls), `no_new_privs`, `dumpable` 0,
`RLIMIT_CORE` 0, `mlockall`. What is applied is irrevocable for the process and everything it starts. `confine` proves
the cage by trying what it forbids. Sources: landlock(7), seccomp(2), prctl(2), mlockall(2) of the Linux man-pages;
numbers of system calls from the kernel's tables for x86_64 and aarch64.

Real mode refuses to start without all of it (house rule, to 強化法22(3), 35(3): what is not kept is erased at once,
so it must not be able to lie anywhere).
"""

import ctypes
import os
import platform
import resource
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sakimori.selection.errors import ModeError
from sakimori.text import Text

_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446  # the same on every architecture
_LANDLOCK_VERSION = 1
_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 5: 16}  # how many file-system rights each version of Landlock knows
_READING = 1 << 2 | 1 << 3  # read a file, list a folder: the libraries, the country data
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6
_NETWORK, _SCOPES = 3, 3  # bind and connect TCP; abstract sockets and signals
_SET_DUMPABLE, _SET_SECCOMP, _NO_NEW_PRIVS, _PARENT_DEATH = 4, 22, 38, 1
_FILTER_MODE = 2
_SIGKILL = 9
_STANDARD = 2
_LOCK_NOW_AND_LATER_ON_USE = 1 | 2 | 4

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # deny: EPERM
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32 = 0x40000000  # the 32-bit calls of x86_64 begin here
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

# name: number on x86_64, on aarch64 (None: not there)
_DENIED: dict[str, tuple[int | None, int | None]] = {
    # a way out over a network or to another process
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "pidfd_getfd": (438, 438),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "msgsnd": (69, 189), "semget": (64, 190),
    "mq_open": (240, 180), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # another program, or calls that pass by this filter
    "execve": (59, 221), "execveat": (322, 281), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    # files by another way, and what can be written to a file without opening it
    "memfd_create": (319, 279), "open_by_handle_at": (304, 265), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "setxattrat": (463, 463), "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None),
    "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88), "sethostname": (170, 161),
    "setdomainname": (171, 162),
    # the kernel, and limits already set
    "kexec_load": (246, 104), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "swapon": (167, 224), "syslog": (103, 116), "setrlimit": (160, 164),
}  # fmt: skip
# name: number on x86_64, on aarch64, which argument, denied when it is this value
_DENIED_WITH = {
    "prctl": (157, 167, 0, _SET_DUMPABLE),
    "ioctl": (16, 29, 1, 0x5412),  # TIOCSTI: typing into a terminal
}
_PRLIMIT = (302, 261)


@dataclass(frozen=True, slots=True)
class Confinement:
    """What is in force in the process: Landlock's version, and `locked` or `no swap` for its memory."""

    landlock: int
    memory: str

    def as_dict(self) -> dict[str, object]:
        """Return plain data for the receipt."""
        return {
            "in_force": True,
            "landlock": self.landlock,
            "seccomp": True,
            "core_dumps": False,
            "memory": self.memory,
        }


@cache
def _system() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def landlock_version() -> int:
    """Return the version (ABI) of Landlock this kernel offers; 0 where there is none."""
    if platform.system() != "Linux":
        return 0
    return max(0, int(_system().syscall(_LANDLOCK_CREATE, None, 0, _LANDLOCK_VERSION)))


def supported() -> bool:
    """Say whether this machine can confine a process and keep its memory out of swap."""
    if landlock_version() == 0 or platform.machine() not in _MACHINES:
        return False
    return "\nSeccomp:" in Path("/proc/self/status").read_text("utf-8", "replace")


def confine() -> Confinement:
    """Confine this process for good, and prove it.

    Raises:
        ModeError: this machine cannot, or something that must be impossible still is possible.
    """
    if not supported():
        raise unavailable("Landlock, seccomp")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _control(_SET_DUMPABLE, 0)
    _control(_PARENT_DEATH, _SIGKILL)
    _control(_NO_NEW_PRIVS, 1)
    memory = hold_memory()
    version = landlock_version()
    _restrict_files(version)
    _restrict_calls()
    for what, tried in (("write", _can_write), ("network", _can_reach_out), ("program", _can_start)):
        if tried():
            raise unavailable(what)
    return Confinement(version, memory)


def hold_only(wanted: set[int], *, quiet: bool) -> None:
    """Close every handle but the wanted; nothing goes to standard output any more, nor to standard error if quiet."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(_STANDARD + 1):
        if standard not in wanted and (standard < _STANDARD or quiet):
            os.dup2(nowhere, standard)
    for entry in list(Path("/proc/self/fd").iterdir()):
        handle = int(entry.name)
        if handle > _STANDARD and handle not in wanted:
            with suppress(OSError):
                os.close(handle)


def hold_memory() -> str:
    """Keep this process's memory out of swap: `locked`, or `no swap` where the machine has none.

    Not inherited by processes started later. Raises `ModeError` where neither is so.
    """
    if _system().mlockall(_LOCK_NOW_AND_LATER_ON_USE) == 0:
        return "locked"
    try:
        areas = Path("/proc/swaps").read_text("ascii").splitlines()[1:]
    except OSError:
        areas = ["unknown"]
    if areas:
        raise unavailable("mlockall")
    return "no swap"


def unavailable(what: str) -> ModeError:
    """Return the refusal to run unconfined, naming what is missing."""
    return ModeError(
        Text("選別の工程を隔離できません。", "the process that reads traffic cannot be confined."),
        where=what,
        mend=Text(
            "Landlock と seccomp のある Linux(5.13 以降、x86_64 か aarch64)で、メモリの固定(RLIMIT_MEMLOCK)を許すか"
            "スワップを止めて実行してください。",
            "Run on Linux (5.13 or later, x86_64 or aarch64) with Landlock and seccomp, and allow locked memory "
            "(RLIMIT_MEMLOCK) or turn swap off.",
        ),
        article="強化法22(3)、35(3)",
    )


def _control(option: int, value: int) -> None:
    if _system().prctl(option, value, 0, 0, 0) != 0:
        raise unavailable(f"prctl {option}")


def _restrict_files(version: int) -> None:
    """Forbid every right on files but reading, and TCP and signals to others where this Landlock knows them."""
    known = _RIGHTS_BY_ABI[max(abi for abi in _RIGHTS_BY_ABI if abi <= version)]
    files = ((1 << known) - 1) & ~_READING
    fields = [files]
    if version >= _NETWORK_SINCE:
        fields.append(_NETWORK)
    if version >= _SCOPES_SINCE:
        fields.append(_SCOPES)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    rules = int(_system().syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0))
    if rules < 0:
        raise unavailable("landlock_create_ruleset")
    done = _system().syscall(_LANDLOCK_RESTRICT, rules, 0)
    os.close(rules)
    if done != 0:
        raise unavailable("landlock_restrict_self")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def _restrict_calls() -> None:
    column, architecture = _MACHINES[platform.machine()]
    code = b"".join(_instructions(column, architecture))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    if _system().prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0) != 0:
        raise unavailable("seccomp")


def _instructions(column: int, architecture: int) -> Iterator[bytes]:
    """Yield the filter, one instruction of classic BPF each: code, jump if true, jump if not, operand."""
    yield _step(_LOAD, _ARCHITECTURE_AT)
    yield _step(_IF_EQUAL, architecture, 1, 0)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, _NUMBER_AT)
    yield _step(_IF_AT_LEAST, _X32, 0, 1)
    yield _step(_RETURN, _KILL)
    for numbers in _DENIED.values():
        number = numbers[column]
        if number is not None:
            yield _step(_IF_EQUAL, number, 0, 1)
            yield _step(_RETURN, _DENY)
    for entry in _DENIED_WITH.values():
        yield _step(_IF_EQUAL, entry[column], 0, 4)
        yield _step(_LOAD, _ARGUMENTS_AT + 8 * entry[2])
        yield _step(_IF_EQUAL, entry[3], 0, 1)
        yield _step(_RETURN, _DENY)
        yield _step(_LOAD, _NUMBER_AT)
    yield _step(_IF_EQUAL, _PRLIMIT[column], 0, 6)  # reading limits is allowed: the third argument is then null
    for half in (0, 4):
        yield _step(_LOAD, _ARGUMENTS_AT + 16 + half)
        yield _step(_IF_EQUAL, 0, 1, 0)
        yield _step(_RETURN, _DENY)
    yield _step(_RETURN, _ALLOW)


def _step(code: int, operand: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, operand)


def _can_write() -> bool:
    try:
        os.close(os.open(os.devnull, os.O_WRONLY))
    except PermissionError:
        return False
    return True


def _can_reach_out() -> bool:
    try:
        socket.socket().close()
    except PermissionError:
        return False
    return True


def _can_start() -> bool:
    """Say whether another program could be started; nothing is: the path names none."""
    try:
        os.execv("/nonexistent", ["/nonexistent"])  # noqa: S606  must be refused before the path is looked at
    except PermissionError:
        return False
    except OSError:
        return True
