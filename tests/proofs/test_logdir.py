import shutil
from functools import cache
from pathlib import Path

import pytest

from sakimori import proofs
from sakimori.proofs.layout import tile_path
from sakimori.proofs.logdir import inspect_log
from tests.proofs.proof_world import ORIGIN, checkpoint, entries, public, ring, ring_with, write_log

whole_ring = cache(ring)


def found(path: Path) -> list[str | None]:
    return [problem.where for problem in inspect_log(path, whole_ring()).problems]


def files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file())


def flip(file: Path, place: int, bit: int) -> bytes:
    data = file.read_bytes()
    file.write_bytes(data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :])
    return data


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 700])
def test_a_sound_log_is_sound(tmp_path: Path, size: int) -> None:
    write_log(tmp_path, entries(size))
    report = inspect_log(tmp_path, ring(), origin=ORIGIN, owner="operator", quorum=1)
    assert report.sound
    assert report.checkpoint is not None
    assert report.checkpoint.checkpoint.size == size
    assert report.files == len(files(tmp_path))
    assert report.beyond == ()


@pytest.mark.no_cover  # the same lines, once a byte: measuring doubles the time
def test_any_flipped_byte_of_a_small_log_is_found_in_its_file(tmp_path: Path) -> None:
    write_log(tmp_path, entries(9), partials=(4, 7))
    assert found(tmp_path) == []
    count = 0
    for file in files(tmp_path):
        bits = range(8) if file.name == "checkpoint" else (0, 5)
        for place in range(file.stat().st_size):
            for bit in bits:
                good = flip(file, place, bit)
                assert found(tmp_path) == [file.relative_to(tmp_path).as_posix()], (file, place, bit)
                file.write_bytes(good)
                count += 1
    assert count > 4000


def test_flipped_bytes_across_all_tiles_of_a_larger_log_are_found_in_their_file(tmp_path: Path) -> None:
    # Two full tiles and a bundle over 256, a partial tile, level 1, and partials of two smaller trees.
    write_log(tmp_path, entries(600), partials=(100, 520))
    assert len(files(tmp_path)) == 12
    for number, file in enumerate(files(tmp_path)):
        size = file.stat().st_size
        for place in {0, 1, size // 3, size // 2 + number, size - 1}:
            good = flip(file, place % size, number % 8)
            assert found(tmp_path) == [file.relative_to(tmp_path).as_posix()], (file, place)
            file.write_bytes(good)


def test_a_flip_high_up_in_three_levels_is_found_in_its_file(tmp_path: Path) -> None:
    leaves = entries(66_000)
    write_log(tmp_path, leaves)
    assert found(tmp_path) == []
    wanted = [tile_path(2, 0, 1), tile_path(1, 0), tile_path(1, 1, 1), tile_path(0, 17), tile_path(-1, 200)]
    for name in wanted:
        good = flip(tmp_path / name, 5, 5)
        assert found(tmp_path) == [name]
        (tmp_path / name).write_bytes(good)


def test_missing_longer_and_shorter_files_are_found(tmp_path: Path) -> None:
    write_log(tmp_path, entries(300))
    for file in files(tmp_path):
        name, good = file.relative_to(tmp_path).as_posix(), file.read_bytes()
        file.unlink()
        assert found(tmp_path) == [name]
        for bad in (b"", good[:-1], good + b"\0"):
            file.write_bytes(bad)
            assert found(tmp_path) == [name], name
        file.write_bytes(good)
    assert found(tmp_path) == []


def test_two_flips_are_both_found(tmp_path: Path) -> None:
    write_log(tmp_path, entries(600))
    flip(tmp_path / tile_path(0, 1), 9, 1)
    flip(tmp_path / tile_path(-1, 0), 9, 1)
    assert sorted(map(str, found(tmp_path))) == ["tile/0/001", "tile/entries/000"]


def test_a_whole_other_history_under_the_old_checkpoint_is_found(tmp_path: Path) -> None:
    write_log(tmp_path, [b"another", *entries(300)[1:]])
    (tmp_path / "checkpoint").write_bytes(checkpoint(entries(300)))
    assert found(tmp_path) == ["checkpoint"]


def test_entries_the_checkpoint_does_not_cover_are_named_not_trusted(tmp_path: Path) -> None:
    write_log(tmp_path, entries(300))
    old = checkpoint(entries(200))
    (tmp_path / "checkpoint").write_bytes(old)
    (tmp_path / "README").write_text("not of the log")
    report = inspect_log(tmp_path, ring())
    # The partial tiles of 200 leaves gave way to full ones; their beginning still proves the 200.
    assert report.sound
    assert "README" in report.beyond
    assert tile_path(0, 1, 44) in report.beyond


def test_a_signature_line_by_an_unknown_key_cannot_be_checked_and_is_said(tmp_path: Path) -> None:
    write_log(tmp_path, entries(5))
    without = ring(("committee", "witness"))
    assert [problem.code for problem in inspect_log(tmp_path, without).problems] == ["signature"]
    assert inspect_log(tmp_path, without, allow_unknown=True).sound


def test_the_log_must_be_the_one_asked_for(tmp_path: Path) -> None:
    write_log(tmp_path, entries(5))
    assert not inspect_log(tmp_path, ring(), origin="minister.example/log").sound
    assert not inspect_log(tmp_path, ring(), owner="minister").sound
    assert not inspect_log(tmp_path, ring(), quorum=2).sound


def test_a_compromised_log_key_proves_nothing(tmp_path: Path) -> None:
    write_log(tmp_path, entries(5))
    key = public("operator", "log")
    lost = proofs.Revocation(key.valid_from, "compromised")
    assert not inspect_log(tmp_path, ring_with(public("operator", "log", revoked=lost))).sound


def test_the_writer_and_this_definition_agree_on_every_byte(tmp_path: Path) -> None:
    from sakimori.acts.tiles import TileLog

    log, leaves = TileLog(tmp_path / "written"), entries(66_000)
    (tmp_path / "written").mkdir()
    log.append(leaves)
    log.publish(checkpoint(leaves))
    write_log(tmp_path / "defined", leaves)
    names = [file.relative_to(tmp_path / "defined") for file in files(tmp_path / "defined")]
    assert names == [file.relative_to(tmp_path / "written") for file in files(tmp_path / "written")]
    assert all(
        (tmp_path / "defined" / name).read_bytes() == (tmp_path / "written" / name).read_bytes() for name in names
    )
    shutil.rmtree(tmp_path)


def test_no_directory_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        inspect_log(tmp_path / "nothing", ring())
