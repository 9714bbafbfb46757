import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sakimori import proofs
from sakimori.proofs import merkle
from sakimori.proofs.cli import main
from tests.proofs.proof_world import ack, entries, envelope, private, receipt, receipt_file, ring, write_log

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def keys(tmp_path: Path) -> str:
    path = tmp_path / "keyring.json"
    path.write_bytes(proofs.format_keyring(ring()))
    return str(path)


def write(path: Path, value: Any) -> str:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_a_receipt_file(tmp_path: Path, keys: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", write(tmp_path / "r.json", receipt_file()), "--keys", keys]) == 0
    out = capsys.readouterr().out
    assert "記録証明は正しい" in out
    assert "Included in log operator.example/log at 3 (size 11, 1 cosignatures)" in out
    assert "受理を意味しません" in out


def test_a_receipt_without_proof_says_what_was_not_checked(
    tmp_path: Path, keys: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lang", "en", "receipt", write(tmp_path / "r.json", receipt()), "--keys", keys]) == 0
    out = capsys.readouterr().out
    assert "no inclusion proof yet" in out
    assert "記録日時" not in out


def test_a_forged_receipt(tmp_path: Path, keys: str, capsys: pytest.CaptureFixture[str]) -> None:
    forged = {**receipt_file(), "act_id": "0193-9"}
    assert main(["receipt", write(tmp_path / "r.json", forged), "--keys", keys]) == 1
    out = capsys.readouterr().out
    assert "検証に失敗しました" in out
    assert "Verification failed" in out


@pytest.mark.parametrize("arguments", [[], ["receipt"], ["nothing", "x"], ["receipt", "x"], ["log", "x"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_files_that_cannot_be_read(tmp_path: Path, keys: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receipt", str(tmp_path / "none"), "--keys", keys]) == 2
    assert main(["receipt", str(tmp_path), "--keys", keys]) == 2
    assert main(["log", str(tmp_path / "none"), "--keys", keys]) == 2
    assert main(["receipt", write(tmp_path / "r.json", receipt()), "--keys", str(tmp_path / "none")]) == 2


def test_proofs_in_our_names_and_in_those_of_the_published_vectors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in entries(9)]
    path, root = merkle.inclusion_proof(hashes, 4, 9), merkle.root(hashes)
    mine = {
        "leaf_hash": hashes[4].hex(),
        "index": 4,
        "tree_size": 9,
        "proof": [node.hex() for node in path],
        "root": root.hex(),
    }
    published = {
        "leafHash": base64.b64encode(hashes[4]).decode(),
        "leafIdx": 4,
        "treeSize": 9,
        "proof": [base64.b64encode(node).decode() for node in path],
        "root": base64.b64encode(root).decode(),
        "desc": "happy path",
        "wantErr": False,
    }
    for vector in (mine, published):
        assert main(["inclusion", write(tmp_path / "v.json", vector)]) == 0
    assert main(["inclusion", write(tmp_path / "v.json", {**mine, "index": 5})]) == 1
    assert main(["inclusion", write(tmp_path / "v.json", {**mine, "proof": "x"})]) == 1
    assert main(["inclusion", write(tmp_path / "v.json", [])]) == 1
    assert main(["inclusion", write(tmp_path / "v.json", {})]) == 1
    grown = {
        "size1": 4,
        "size2": 9,
        "proof": [node.hex() for node in merkle.consistency_proof(hashes, 4, 9)],
        "root1": merkle.root(hashes[:4]).hex(),
        "root2": root.hex(),
    }
    assert main(["consistency", write(tmp_path / "v.json", grown)]) == 0
    assert main(["consistency", write(tmp_path / "v.json", {**grown, "size1": 5})]) == 1
    same = {"size1": 9, "size2": 9, "proof": None, "root1": root.hex(), "root2": root.hex()}
    assert main(["consistency", write(tmp_path / "v.json", same)]) == 0


def test_a_log(tmp_path: Path, keys: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    write_log(log, entries(300))
    assert main(["log", str(log), "--keys", keys, "--origin", "operator.example/log", "--quorum", "1"]) == 0
    assert "300 entries, 1 cosignatures" in capsys.readouterr().out
    bundle = log / "tile/entries/000"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"!")
    (log / "stray\x1b[31m").write_text("")
    assert main(["log", str(log), "--keys", keys]) == 1
    out = capsys.readouterr().out
    assert "tile/entries/000: entry 255 does not match" in out
    assert "1 files are beyond" in out


def test_an_envelope_and_its_acknowledgement(tmp_path: Path, keys: str, capsys: pytest.CaptureFixture[str]) -> None:
    sent = write(tmp_path / "e.json", envelope())
    answer = write(tmp_path / "a.json", ack(envelope()))
    assert main(["envelope", sent, "--keys", keys, "--to", "minister"]) == 0
    assert main(["envelope", sent, "--keys", keys, "--to", "committee"]) == 1
    assert main(["ack", answer, "--keys", keys, "--envelope", sent]) == 0
    other = write(tmp_path / "o.json", envelope(id="0193-f"))
    assert main(["ack", answer, "--keys", keys, "--envelope", other]) == 1
    unsalted = write(tmp_path / "u.json", envelope(act=proofs.act_block(b"x", None)))
    capsys.readouterr()
    assert main(["envelope", unsalted, "--keys", keys]) == 0
    assert "the sender's signature alone vouches" in capsys.readouterr().out
    refused = ack(envelope(), outcome="refused", reason={"code": "x", "ja": "形が違う", "en": "wrong form"}, effects=[])
    assert main(["ack", write(tmp_path / "a.json", refused), "--keys", keys]) == 0
    assert "wrong form" in capsys.readouterr().out


def test_no_control_character_of_a_file_reaches_the_terminal(
    tmp_path: Path, keys: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoofed = proofs.sign_receipt(
        {
            name: value
            for name, value in {**receipt(), "kind": "a\u202eb\u3000c"}.items()
            if name not in ("key_id", "signature")
        },
        private("operator", "receipt"),
    )
    assert main(["receipt", write(tmp_path / "r.json", spoofed), "--keys", keys]) == 0
    out = capsys.readouterr().out
    assert "\u202e" not in out
    assert "a\\u202eb\u3000c" in out


def test_alone_it_needs_neither_the_rest_of_the_house_nor_a_japanese_terminal(tmp_path: Path, keys: str) -> None:
    script = (
        "import sys; from sakimori.proofs.cli import main; code = main(sys.argv[1:]);"
        "foreign = {n.split('.')[0] for n in sys.modules} & {'django', 'pydantic', 'yaml', 'click'};"
        "house = {n for n in sys.modules if n.startswith('sakimori.') and not n.startswith('sakimori.proofs')};"
        "sys.exit(code or (3 if foreign or house else 0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "receipt", write(tmp_path / "r.json", receipt_file()), "--keys", keys],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done
    assert b"The receipt is good" in done.stdout
