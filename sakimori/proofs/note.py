"""Signed notes as C2SP signed-note (c2sp.org/signed-note) has them: a text, an empty line, signature lines.

- valid UTF-8, no control characters but newline; the text is everything before the last empty line
- a signature line is: em dash, space, key name, space, base64(4-byte key ID || signature)
- signatures by unknown keys are ignored; a bad signature by a known key spoils the note; one good one is needed
- Ed25519 (type 0x01) and timestamped Ed25519 cosignatures (type 0x04, c2sp.org/tlog-cosignature) are understood
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sakimori.proofs.encoding import b64decode, b64encode
from sakimori.proofs.errors import MalformedError, SignatureError

ED25519 = 0x01
"""Signature type of plain Ed25519 over the note text."""
COSIGNATURE = 0x04
"""Signature type of a timestamped Ed25519 checkpoint cosignature."""
MAX_NOTE_BYTES = 1 << 20
"""A longer note is refused unread (house rule; the specification asks for some limit)."""
MAX_SIGNATURES = 64
"""A note with more signatures is refused (house rule; the specification asks for at least 16)."""

_DASH = "— "
_KEY_ID_BYTES = 4
_TIMESTAMP_BYTES = 8
_PUBLIC_BYTES = 32
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_VKEY_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: key name, 4-byte key ID, and the signature bytes (for a cosignature with its timestamp)."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the signature line with its newline."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note, nothing verified yet: the text with its final newline, and the signatures in order."""

    text: str
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key a note may be signed with: key name, signature type (0x01 or 0x04), 32-byte Ed25519 public key."""

    name: str
    type: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """Return the 4-byte key ID: SHA-256(name || 0x0A || type || public key), its first four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public_key).digest()[:4]

    def vkey(self) -> str:
        """Return the text form `name+hex(key ID)+base64(type || public key)`."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.type]) + self.public_key)}"


@dataclass(frozen=True, slots=True)
class GoodSignature:
    """A signature that verified: by which key, and for a cosignature when (POSIX seconds; None otherwise)."""

    key: VerifierKey
    timestamp: int | None


@dataclass(frozen=True, slots=True)
class VerifiedNote:
    """A note at least one known key signed: the text, the good signatures, the lines no known key explains."""

    text: str
    good: tuple[GoodSignature, ...]
    unknown: tuple[NoteSignature, ...]


def check_key_name(name: str) -> str:
    """Return `name` when it may be a key name (not empty, no Unicode space, no plus); MalformedError otherwise."""
    if not name or "+" in name or any(char.isspace() for char in name) or _CONTROL.search(name):
        raise MalformedError(
            "鍵の名前は空であってはならず、空白や「+」を含められません。",
            "a key name must not be empty and must hold no space and no plus.",
            where="key name",
        )
    return name


def parse_vkey(text: str) -> VerifierKey:
    """Return the key of a C2SP vkey; MalformedError when it is not one or its ID is not its own."""
    # The base64 part may hold plus signs, the name may not: split from the left.
    parts = text.split("+", 2)
    if len(parts) != 3 or not _VKEY_ID.fullmatch(parts[1]):  # noqa: PLR2004 - name, ID, key
        raise MalformedError("検証鍵 (vkey) の形ではありません。", "this is not a verifier key (vkey).", where="vkey")
    material = b64decode(parts[2], "vkey")
    if len(material) != 1 + _PUBLIC_BYTES or material[0] not in (ED25519, COSIGNATURE):
        raise MalformedError("Ed25519の検証鍵ではありません。", "this is not an Ed25519 verifier key.", where="vkey")
    key = VerifierKey(check_key_name(parts[0]), material[0], material[1:])
    if key.key_id.hex() != parts[1]:
        raise MalformedError("鍵IDが鍵と合いません。", "the key ID is not that of the key.", where="vkey")
    return key


def parse_note(data: bytes) -> Note:
    """Return the note in `data`, unverified; MalformedError when it is not a signed note."""
    if len(data) > MAX_NOTE_BYTES:
        raise _not_a_note("it is too long", "長すぎます")
    try:
        whole = bytes(data).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_a_note("it is not UTF-8", "UTF-8ではありません") from error
    if _CONTROL.search(whole):
        raise _not_a_note("it holds control characters", "制御文字があります")
    cut = whole.rfind("\n\n")
    if cut < 0 or not whole.endswith("\n"):
        raise _not_a_note("its text and signatures are not set apart", "本文と署名の区切りがありません")
    text, lines = whole[: cut + 1], whole[cut + 2 :].split("\n")[:-1]
    if not lines or len(lines) > MAX_SIGNATURES:
        raise _not_a_note("it has no signature or too many", "署名がないか、多すぎます")
    return Note(text, tuple(_parse_line(line) for line in lines))


def parse_signature_lines(text: str) -> tuple[NoteSignature, ...]:
    """Return the signatures in `text`: signature lines only, as a witness answers; MalformedError otherwise."""
    lines = text.split("\n")
    if lines[-1] or len(lines) < 2 or len(lines) > MAX_SIGNATURES + 1:  # noqa: PLR2004 - one line and its end
        raise _not_a_note("it has no signature or too many", "署名がないか、多すぎます")
    return tuple(_parse_line(line) for line in lines[:-1])


def format_note(note: Note) -> bytes:
    """Return the bytes of a note; MalformedError when text or names could not be read back the same."""
    data = (note.text + "\n" + "".join(signature.line() for signature in note.signatures)).encode("utf-8", "replace")
    if parse_note(data) != note:
        raise _not_a_note("its text cannot be told from its signatures", "本文と署名を区別できません")
    return data


def sign_text(text: str, name: str, private_key: Ed25519PrivateKey) -> NoteSignature:
    """Return the plain Ed25519 signature (type 0x01) of the note `text` under key `name`."""
    key = VerifierKey(check_key_name(name), ED25519, private_key.public_key().public_bytes_raw())
    return NoteSignature(name, key.key_id, private_key.sign(text.encode()))


def cosign_text(text: str, name: str, private_key: Ed25519PrivateKey, timestamp: int) -> NoteSignature:
    """Return the cosignature (type 0x04) of a checkpoint `text`, made at `timestamp` (POSIX seconds, from 0)."""
    if not 0 <= timestamp < 1 << 63:
        raise MalformedError(
            "時刻は0以上2^63未満の秒です。", "a timestamp is seconds from 0 to 2^63 - 1.", where="timestamp"
        )
    key = VerifierKey(check_key_name(name), COSIGNATURE, private_key.public_key().public_bytes_raw())
    signature = private_key.sign(_cosigned_message(text, timestamp))
    return NoteSignature(name, key.key_id, timestamp.to_bytes(_TIMESTAMP_BYTES, "big") + signature)


def verify_note(note: Note, keys: Iterable[VerifierKey]) -> VerifiedNote:
    """Return what is verified of `note` under the known `keys`.

    Raises SignatureError when a signature by a known key is bad, or when none by a known key is there.
    """
    known = {(key.name, key.key_id): key for key in keys}
    good: dict[VerifierKey, GoodSignature] = {}
    unknown: list[NoteSignature] = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            unknown.append(signature)
        else:
            good.setdefault(key, _verify_signature(note.text, signature, key))
    if not good:
        raise SignatureError(
            "知っている鍵による署名がありません。", "there is no signature by a known key.", where="note"
        )
    return VerifiedNote(note.text, tuple(good.values()), tuple(unknown))


def _verify_signature(text: str, signature: NoteSignature, key: VerifierKey) -> GoodSignature:
    raw, timestamp, message = signature.signature, None, text.encode()
    if key.type == COSIGNATURE:
        timestamp = int.from_bytes(raw[:_TIMESTAMP_BYTES], "big")
        raw, message = raw[_TIMESTAMP_BYTES:], _cosigned_message(text, timestamp)
    # A timestamp beyond 2^63 - 1 is forbidden; a plain signature must be 64 bytes, a cosignature 72.
    if (timestamp or 0) >= 1 << 63 or not ed25519_verifies(key.public_key, raw, message):
        raise SignatureError(
            f"鍵「{key.name}」の署名が正しくありません。", f"the signature by {key.name} is wrong.", where="note"
        )
    return GoodSignature(key, timestamp)


def ed25519_verifies(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the 64-byte Ed25519 `signature` (RFC 8032) on `message` is by the 32-byte `public_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _cosigned_message(text: str, timestamp: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def _parse_line(line: str) -> NoteSignature:
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != 2:  # noqa: PLR2004 - name and signature
        raise _not_a_note("a signature line is not one", "署名の行の形が正しくありません")
    raw = b64decode(parts[1], "note")
    if len(raw) <= _KEY_ID_BYTES:
        raise _not_a_note("a signature is too short", "署名が短すぎます")
    return NoteSignature(check_key_name(parts[0]), raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


def _not_a_note(en: str, ja: str) -> MalformedError:
    return MalformedError(f"署名付きノートではありません ({ja})。", f"this is not a signed note: {en}.", where="note")
