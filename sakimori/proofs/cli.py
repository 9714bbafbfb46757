"""`sakimori-verify`: checks receipts, proofs, envelopes and whole logs from files alone, offline.

Exit code 0: all of it holds; 1: verification failed; 2: wrong usage or an unreadable file.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sakimori.proofs.encoding import b64decode, hex_decode, parse_json
from sakimori.proofs.envelope import MAX_ENVELOPE_BYTES, verify_ack, verify_envelope
from sakimori.proofs.errors import MalformedError, ProofError
from sakimori.proofs.keyring import KeyRing, parse_keyring
from sakimori.proofs.logdir import inspect_log
from sakimori.proofs.merkle import verify_consistency, verify_inclusion
from sakimori.proofs.parcel import open_parcel, verify_parcel_files
from sakimori.proofs.receipt import verify_receipt

OK, FAILED, USAGE = 0, 1, 2

_MAX_PROOF_FILE = 1 << 20
_HEX_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line (`sys.argv` unless given) and return the exit code: 0, 1 or 2."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Japanese letters must not turn a good verification into a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    say = _speaker(arguments.lang)
    try:
        return int(arguments.run(arguments, say))
    except ProofError as error:
        say(f"✗ 検証に失敗しました。{_place(error)}{error.ja}", f"✗ Verification failed. {_place(error)}{error.en}")
        return FAILED
    except OSError as error:
        reason = f"{error.filename or ''}: {error.strerror or error}"
        say(f"ファイルを読めません ({reason})。", f"A file cannot be read ({reason}).")
        return USAGE


_Say = Callable[[str, str], None]


def _receipt(arguments: argparse.Namespace, say: _Say) -> int:
    receipt = verify_receipt(arguments.file.read_bytes(), _ring(arguments))
    say(
        f"✓ 記録証明は正しい: {receipt.deployment} / {receipt.kind} v{receipt.kind_version} / {receipt.act_id}",
        f"✓ The receipt is good: {receipt.deployment} / {receipt.kind} v{receipt.kind_version} / {receipt.act_id}",
    )
    moment, world = receipt.recorded_at.isoformat(), receipt.world
    say(
        f"  記録日時 {moment}、世界 {world}",
        f"  recorded {moment}, world {world}",
    )
    if receipt.act is None:
        say("  行為の内容は入っていません (照合していません)。", "  It carries no act, so no content was compared.")
    else:
        say("✓ 行為の内容は記録されたものです。", "✓ The act's content is the one recorded.")
    if receipt.inclusion is None:
        say(
            "  ログに含まれることの証明はまだ入っていません (記録の約束だけを確かめました)。",
            "  It carries no inclusion proof yet (only the promise to record was checked).",
        )
    else:
        head = receipt.inclusion.checkpoint
        size, count = head.checkpoint.size, len(head.cosignatures)
        say(
            f"✓ ログ「{receipt.origin}」の{receipt.inclusion.index}番に含まれる (大きさ{size}、連署{count})。",
            f"✓ Included in log {receipt.origin} at {receipt.inclusion.index} (size {size}, {count} cosignatures).",
        )
    say(f"  {receipt.statement[0]}", f"  {receipt.statement[1]}")
    return OK


def _inclusion(arguments: argparse.Namespace, say: _Say) -> int:
    vector = _vector(arguments.file)
    verify_inclusion(
        _hash(vector, "leaf_hash", "leafHash"),
        _field(vector, "index", "leafIdx"),
        _field(vector, "tree_size", "treeSize"),
        _path(vector),
        _hash(vector, "root"),
    )
    say("✓ 葉はこの木に含まれる。", "✓ The leaf is included in the tree.")
    return OK


def _consistency(arguments: argparse.Namespace, say: _Say) -> int:
    vector = _vector(arguments.file)
    verify_consistency(
        _field(vector, "size1"), _field(vector, "size2"), _path(vector), _hash(vector, "root1"), _hash(vector, "root2")
    )
    say("✓ 後の木は先の木に追記しただけのものである。", "✓ The later tree only appends to the earlier one.")
    return OK


def _log(arguments: argparse.Namespace, say: _Say) -> int:
    report = inspect_log(
        arguments.directory,
        _ring(arguments),
        origin=arguments.origin,
        owner=arguments.owner,
        quorum=arguments.quorum,
        allow_unknown=arguments.allow_unknown,
    )
    for problem in report.problems:
        say(f"✗ {_place(problem)}{problem.ja}", f"✗ {_place(problem)}{problem.en}")
    if report.checkpoint is not None:
        head, count = report.checkpoint.checkpoint, len(report.checkpoint.cosignatures)
        say(
            f"  ログ「{head.origin}」、記録{head.size}件、連署{count}、調べたファイル{report.files}個",
            f"  log {head.origin}, {head.size} entries, {count} cosignatures, {report.files} files looked at",
        )
    if report.beyond:
        count = len(report.beyond)
        say(
            f"  チェックポイントがまだ及ばないか、ログのものでないファイルが{count}個ある (調べていない)。",
            f"  {count} files are beyond the checkpoint or no part of the log (not looked at).",
        )
    if report.sound:
        say("✓ 記録は全て、署名されたとおりである。", "✓ The whole log is as it was signed.")
        return OK
    count = len(report.problems)
    say(f"✗ 検証に失敗しました (問題{count}件)。", f"✗ Verification failed ({count} problems).")
    return FAILED


def _envelope(arguments: argparse.Namespace, say: _Say) -> int:
    with arguments.file.open("rb") as stream:
        envelope = verify_envelope(open_parcel(stream, MAX_ENVELOPE_BYTES), _ring(arguments), recipient=arguments.to)
        if envelope.files:
            verify_parcel_files(stream, envelope.files)
            count = len(envelope.files)
            say(
                f"✓ ファイル{count}件は、封筒が名指すとおりである。",
                f"✓ Its {count} files are those the envelope names.",
            )
    say(
        f"✓ 封筒は正しい: {envelope.sender} → {envelope.recipient} / {envelope.receipt.kind} / {envelope.id}",
        f"✓ The envelope is good: {envelope.sender} → {envelope.recipient} / {envelope.receipt.kind} / {envelope.id}",
    )
    moment = envelope.sent_at.isoformat()
    say(f"  発送日時 {moment}、世界 {envelope.world}", f"  sent {moment}, world {envelope.world}")
    if not envelope.act.committed:
        say(
            "  ソルトがないため、内容を記録証明と照合していません (差出人の署名だけが内容を保証します)。",
            "  Without a salt the content was not compared with the receipt (the sender's signature alone vouches).",
        )
    return OK


def _ack(arguments: argparse.Namespace, say: _Say) -> int:
    envelope = None
    if arguments.envelope is not None:
        with arguments.envelope.open("rb") as stream:
            envelope = parse_json(open_parcel(stream, MAX_ENVELOPE_BYTES), "envelope", MAX_ENVELOPE_BYTES)
    ack = verify_ack(arguments.file.read_bytes(), _ring(arguments), envelope=envelope)
    outcome = {"accepted": ("受け取った", "accepted"), "refused": ("拒んだ", "refused")}[ack.outcome]
    moment = ack.received_at.isoformat()
    say(
        f"✓ 受領確認は正しい: {ack.sender} が封筒 {ack.envelope_id} を {moment} に{outcome[0]}。",
        f"✓ The acknowledgement is good: {ack.sender} {outcome[1]} envelope {ack.envelope_id} at {moment}.",
    )
    if ack.reason is not None:
        say(f"  理由: {ack.reason.ja}", f"  reason: {ack.reason.en}")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sakimori-verify",
        description="防人の記録証明・ログ・封筒をファイルだけで検証する。 / "
        "Verify Sakimori receipts, logs and envelopes from files alone.",
        epilog="終了コード 0 正しい / 1 検証失敗 / 2 使い方の誤り。 / Exit code 0 good, 1 failed, 2 usage.",
    )
    parser.add_argument("--lang", choices=("ja", "en", "both"), default="both", help="表示言語 / language of messages")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _command(commands, "receipt", _receipt, "記録証明を検証する / verify a receipt file", keys=True)
    _command(commands, "inclusion", _inclusion, "包含証明 (JSON) を検証する / verify an inclusion proof (JSON)")
    _command(commands, "consistency", _consistency, "一貫性証明 (JSON) を検証する / verify a consistency proof (JSON)")
    log = _command(commands, "log", _log, "ログ全体を検証する / verify a whole log", keys=True, file="directory")
    log.add_argument("--origin", help="このログであること / the log must be this one")
    log.add_argument("--owner", help="この設置のログであること / the log must be this deployment's")
    log.add_argument("--quorum", type=int, default=0, help="必要な連署の数 / cosignatures needed (default 0)")
    log.add_argument(
        "--allow-unknown", action="store_true", help="鍵束にない鍵の署名を許す / allow signatures by unknown keys"
    )
    envelope = _command(commands, "envelope", _envelope, "封筒を検証する / verify an envelope", keys=True)
    envelope.add_argument("--to", help="この宛先であること / it must be addressed to this deployment")
    ack = _command(commands, "ack", _ack, "受領確認を検証する / verify an acknowledgement", keys=True)
    ack.add_argument("--envelope", type=Path, help="この封筒への答えであること / it must answer this envelope")
    return parser


def _command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace, _Say], int],
    text: str,
    *,
    keys: bool = False,
    file: str = "file",
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.add_argument(file, type=Path)
    if keys:
        parser.add_argument("--keys", type=Path, required=True, help="鍵束のファイル / the key ring file")
    parser.set_defaults(run=run)
    return parser


def _speaker(lang: str) -> _Say:
    def say(ja: str, en: str) -> None:
        lines = {"ja": [ja], "en": [en], "both": [ja, en]}[lang]
        sys.stdout.write("".join(_printable(line) + "\n" for line in lines))

    return say


def _ring(arguments: argparse.Namespace) -> KeyRing:
    return parse_keyring(arguments.keys.read_bytes())


def _printable(line: str) -> str:
    # Names come from files: no control or direction character of theirs reaches the terminal.
    return "".join(char if char.isprintable() or char == "\u3000" else ascii(char)[1:-1] for char in line)


def _place(error: ProofError) -> str:
    return f"{error.where}: " if error.where else ""


def _vector(path: Path) -> dict[str, Any]:
    value = parse_json(path.read_bytes(), path.name, _MAX_PROOF_FILE)
    if not isinstance(value, dict):
        raise MalformedError("JSONのオブジェクトではありません。", "this is not a JSON object.", where=path.name)
    return value


def _field(vector: dict[str, Any], *names: str) -> Any:
    # Our own name first, then the one the published test vectors use.
    for name in names:
        if name in vector:
            return vector[name]
    raise MalformedError("必要な項目がありません。", "this field is missing.", where=names[0])


def _hash(vector: dict[str, Any], *names: str) -> bytes:
    return _bytes(_field(vector, *names), names[0])


def _path(vector: dict[str, Any]) -> list[bytes]:
    proof = _field(vector, "proof")
    if proof is None:
        return []
    if not isinstance(proof, list):
        raise MalformedError("証明はハッシュの列であるべきです。", "a proof is a list of hashes.", where="proof")
    return [_bytes(node, f"proof[{place}]") for place, node in enumerate(proof)]


def _bytes(value: object, where: str) -> bytes:
    if isinstance(value, str) and _HEX_HASH.fullmatch(value):
        return hex_decode(value, where)
    return b64decode(value, where)


if __name__ == "__main__":
    sys.exit(main())
