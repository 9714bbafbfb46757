import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori import proofs
from sakimori.acts.tiles import TileLog, TileLogError
from sakimori.proofs import merkle
from sakimori.proofs.layout import parse_tile_path, tile_path

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SEED = bytes(range(32)).hex()
ROOT = Path(__file__).resolve().parents[2]
WRITER = Path(__file__).with_name("crashing_writer.py")


def entry(number: int) -> bytes:
    return number.to_bytes(32, "big")


def publish(log: TileLog) -> None:
    log.publish(proofs.sign_checkpoint("test.example/log", log.size, log.root(log.size), KEY))


def grow(log: TileLog, *batches: int) -> None:
    for batch in batches:
        log.append([entry(number) for number in range(log.size, log.size + batch)])
        publish(log)


def leaf_hashes(size: int) -> list[bytes]:
    return [merkle.leaf_hash(entry(number)) for number in range(size)]


def files(path: Path) -> dict[str, bytes]:
    return {
        found.relative_to(path).as_posix(): found.read_bytes() for found in sorted(path.rglob("*")) if found.is_file()
    }


def test_the_worked_example_of_the_specification(tmp_path: Path) -> None:
    log = TileLog(tmp_path)
    grow(log, 70_000)
    names = [parse_tile_path(name) for name in files(tmp_path)]
    places = [name for name in names if name is not None]
    full = [place for place in places if place[2] == 256]
    assert sum(place[0] == 0 for place in full) == 273
    assert sum(place[0] == 1 for place in full) == 1
    assert sorted(place for place in places if place[2] < 256 and place[0] >= 0) == [
        (0, 273, 112),
        (1, 1, 17),
        (2, 0, 1),
    ]


def test_a_log_of_256_has_a_full_tile_and_a_partial_one_above(tmp_path: Path) -> None:
    grow(TileLog(tmp_path), 256)
    assert set(files(tmp_path)) == {"checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"}


@pytest.mark.parametrize(
    ("index", "path"), [(0, "000"), (999, "999"), (1000, "x001/000"), (1067, "x001/067"), (1234067, "x001/x234/067")]
)
def test_paths_are_those_of_the_specification(index: int, path: str) -> None:
    assert tile_path(0, index) == f"tile/0/{path}"
    assert tile_path(-1, index, 7) == f"tile/entries/{path}.p/7"
    assert parse_tile_path(f"tile/entries/{path}.p/7") == (-1, index, 7)


@pytest.mark.parametrize("path", ["tile/0/00", "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/64/000"])
def test_other_spellings_are_no_tiles(path: str) -> None:
    assert parse_tile_path(path) is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=8), st.data())
def test_any_batches_give_the_tree_of_the_rfc(
    tmp_path_factory: pytest.TempPathFactory, batches: list[int], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("log")
    log = TileLog(path)
    grow(log, *batches)
    hashes = leaf_hashes(sum(batches))
    for reader in (log, TileLog(path)):
        size = data.draw(st.integers(1, len(hashes)))
        index = data.draw(st.integers(0, size - 1))
        older = data.draw(st.integers(1, size))
        assert reader.size == len(hashes)
        assert reader.root(size) == merkle.root(hashes[:size])
        assert reader.leaf(index) == hashes[index]
        assert reader.entry(index) == entry(index)
        assert reader.entries(index, size) == [entry(number) for number in range(index, size)]
        assert reader.inclusion_proof(index, size) == merkle.inclusion_proof(hashes, index, size)
        assert reader.consistency_proof(older, size) == merkle.consistency_proof(hashes, older, size)


def test_how_entries_are_batched_does_not_show_in_what_a_full_log_needs(tmp_path: Path) -> None:
    grow(TileLog(tmp_path / "one"), 66_000)
    grow(TileLog(tmp_path / "many"), 1, 254, 1, 1, 65_000, 743)
    one, many = files(tmp_path / "one"), files(tmp_path / "many")
    assert one.items() <= many.items()


def test_proofs_read_few_tiles(tmp_path: Path) -> None:
    grow(TileLog(tmp_path), 70_000)
    log = TileLog(tmp_path)
    opened: list[str] = []
    watching = [True]
    sys.addaudithook(lambda event, args: opened.append(str(args[0])) if watching[0] and event == "open" else None)
    log.inclusion_proof(12_345, 70_000)
    log.consistency_proof(33_333, 70_000)
    watching[0] = False
    # Two proofs, each at most two tiles a level (the way to the leaf and the right edge), three levels.
    assert 2 <= len([name for name in opened if str(tmp_path) in name]) <= 12


def test_a_number_outside_the_log_is_refused(tmp_path: Path) -> None:
    log = TileLog(tmp_path)
    grow(log, 5)
    for wrong in (
        lambda: log.root(6),
        lambda: log.leaf(5),
        lambda: log.entry(-1),
        lambda: log.entries(2, 6),
        lambda: log.inclusion_proof(5, 5),
        lambda: log.consistency_proof(0, 5),
        lambda: log.append([bytes(65_536)]),
    ):
        with pytest.raises(TileLogError):
            wrong()


def test_a_checkpoint_of_another_tree_is_not_published(tmp_path: Path) -> None:
    log = TileLog(tmp_path)
    log.append([entry(0)])
    for note in (
        proofs.sign_checkpoint("test.example/log", 1, bytes(32), KEY),
        proofs.sign_checkpoint("test.example/log", 2, log.root(1), KEY),
        b"nothing of the sort",
    ):
        with pytest.raises(TileLogError):
            log.publish(note)
    assert not (tmp_path / "checkpoint").exists()


def test_what_was_published_is_never_taken_back(tmp_path: Path) -> None:
    log = TileLog(tmp_path)
    grow(log, 300)
    before = files(tmp_path)
    with pytest.raises(TileLogError):
        TileLog(tmp_path).recover(299)
    assert files(tmp_path) == before


def test_recover_discards_what_was_not_published(tmp_path: Path) -> None:
    log = TileLog(tmp_path)
    grow(log, 250)
    before = files(tmp_path)
    log.append([b"lost"] * 1000)
    assert log.size == 1250
    again = TileLog(tmp_path)
    assert again.size == 250
    again.recover(250)
    assert files(tmp_path) == before
    grow(again, 1000)
    assert again.root(1250) == merkle.root(leaf_hashes(1250))


def test_recover_refuses_a_damaged_edge(tmp_path: Path) -> None:
    grow(TileLog(tmp_path), 300)
    tile = tmp_path / tile_path(0, 1, 44)
    tile.write_bytes(bytes([tile.read_bytes()[0] ^ 1]) + tile.read_bytes()[1:])
    with pytest.raises(TileLogError):
        TileLog(tmp_path).recover(300)
    tile.unlink()
    with pytest.raises(TileLogError):
        TileLog(tmp_path).recover(300)


def test_a_reader_keeps_its_size_while_the_writer_goes_on(tmp_path: Path) -> None:
    log = TileLog(tmp_path)
    grow(log, 300)
    reader = TileLog(tmp_path)
    grow(log, 1000)
    assert not (tmp_path / tile_path(0, 1, 44)).exists()
    hashes = leaf_hashes(300)
    assert reader.root(300) == merkle.root(hashes)
    assert reader.entry(299) == entry(299)
    assert reader.inclusion_proof(299, 300) == merkle.inclusion_proof(hashes, 299, 300)


def run_writer(path: Path, first: int, batches: str, fatal: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(WRITER), str(path), SEED, str(first), batches, str(fatal)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )


def test_a_kill_at_any_file_operation_leaves_a_log_that_goes_on(tmp_path: Path) -> None:
    start = tmp_path / "start"
    grow(TileLog(start), 200)
    whole = run_writer(shutil.copytree(start, tmp_path / "whole"), 200, "50,310", 0)
    assert whole.returncode == 0, whole.stderr
    operations = int(whole.stdout.split()[-1])
    assert operations > 20
    key = [proofs.VerifierKey("test.example/log", 1, KEY.public_key().public_bytes_raw())]
    for fatal in range(1, operations + 1):
        path = shutil.copytree(start, tmp_path / f"killed-{fatal}")
        killed = run_writer(path, 200, "50,310", fatal)
        assert killed.returncode == -9, (fatal, killed.stderr)
        announced = max([200, *map(int, killed.stdout.split())])
        # Before anything is mended: the published head is whole, and nothing announced is gone.
        head = proofs.verify_checkpoint((path / "checkpoint").read_bytes(), origin="test.example/log", keys=key)
        size = head.checkpoint.size
        assert size in {200, 250, 560}
        assert size >= announced
        reader = TileLog(path)
        assert reader.entries(0, size) == [entry(number) for number in range(size)]
        assert reader.root(size) == head.checkpoint.root
        log = TileLog(path)
        log.recover(log.size)
        leftovers = [name for name in files(path) if name != "checkpoint" and parse_tile_path(name) is None]
        assert leftovers == []
        grow(log, 560 - log.size or 1)
        assert log.root(560) == merkle.root(leaf_hashes(560))
        shutil.rmtree(path)
