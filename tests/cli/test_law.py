"""`sakimori law` as a person runs it: exact JSON, both languages, exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sakimori.cli.law import law_group

ASSET = Path(__file__).parent.parent / "law" / "assets" / "order_excerpt.xml"


def run(*args: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(law_group, args)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_deadline_json_is_exactly_as_promised() -> None:
    code, out, _ = run("deadline", "kyokaho.incident.full", "--from", "2026-11-20", "--json")
    assert code == 0
    answer = json.loads(out)
    keys = ["rule", "from", "from_means", "due", "in_force", "basis", "confidence", "derivation", "is_target"]
    assert list(answer) == keys
    assert (answer["due"], answer["in_force"], answer["basis"]) == ("2026-12-21", True, "命令4(2)")
    assert (answer["confidence"], answer["is_target"]) == ("certain", False)


def test_deadline_in_hours_carries_an_offset() -> None:
    _, out, _ = run("deadline", "electricity.first", "--from", "2026-11-20T09:00", "--json")
    assert json.loads(out)["due"] == "2026-11-21T09:00:00+09:00"


def test_deadline_with_a_fact_and_a_day() -> None:
    args = ("--from", "2026-12-01", "--set", "introduced=2027-02-02", "--json")
    _, out, _ = run("deadline", "kyokaho.notice.designated", *args)
    assert json.loads(out)["due"] == "2027-06-02"
    _, out, _ = run("deadline", "espa.grace", "--from", "2026-11-20", "--on", "2026-06-01", "--json")
    assert json.loads(out)["due"] == "2027-05-20"


def test_not_in_force_is_computed() -> None:
    _, out, _ = run("deadline", "measures.transit.period", "--from", "2026-11-20", "--json")
    answer = json.loads(out)
    assert (answer["due"], answer["in_force"]) == ("2027-05-20", False)


def test_unknown_is_null_with_a_reason() -> None:
    code, out, _ = run("deadline", "espa.grace", "--from", "2026-11-20", "--json")
    answer = json.loads(out)
    assert (code, answer["due"]) == (0, None)
    assert "未詳" in answer["reason"]


def test_waiting_rule_names_the_first_free_day() -> None:
    _, out, _ = run("deadline", "espa.standstill", "--from", "2026-11-20", "--json")
    answer = json.loads(out)
    assert answer["due"] == "2026-12-19"
    assert any("2026-12-20" in line and "12月20日(日)" in line for line in answer["derivation"])


def test_deadline_speaks_both_languages() -> None:
    _, out, _ = run("deadline", "kyokaho.incident.full", "--from", "令和8年11月20日")
    assert "認知 2026年11月20日(金) + 30日 = 12月20日(日) → 12月21日(月)、命令4条2項" in out
    assert "awareness 2026-11-20 (Fri) + 30 days" in out


@pytest.mark.parametrize(
    "args",
    [
        ("deadline", "no.such.rule", "--from", "2026-11-20"),
        ("deadline", "kyokaho.incident.full", "--from", "2026-02-30"),
        ("deadline", "kyokaho.incident.full", "--from", "someday"),
        ("deadline", "kyokaho.incident.full", "--from", "9999-12-31"),
        ("deadline", "kyokaho.incident.full", "--from", "2026-11-20", "--set", "nonsense"),
        ("deadline", "kyokaho.incident.full", "--from", "2026-11-20", "--set", "introduced=2026-11-20"),
        ("deadline", "kyokaho.incident.full", "--from", "2026-11-20", "--on", "2026-02-30"),
        ("deadline", "kyokaho.incident.full", "--from", "2026-11-20", "--known", "2026-01-01"),
        ("show", "no.such.key"),
        ("list", "--on", "2026-02-30"),
        ("diff", "no-such-file.xml"),
    ],
)
def test_unknown_rule_or_impossible_date_exits_2_and_says_why(args: tuple[str, ...]) -> None:
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    japanese, english = err.strip().splitlines()[:2]
    assert any("ぁ" <= letter <= "ん" for letter in japanese)
    assert not any("ぁ" <= letter <= "ん" for letter in english)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("kyokaho.incident.full", "Rule (clock)"),
        ("kyokaho.incident.full.period", "Parameter"),
        ("measures.transit.period", "Parameter"),  # a rule and a parameter of the same name: both
        ("reported_information", "Restriction"),
        ("assets.notification.file", "Act kind"),
        ("kyokaho.scope", "Decision table"),
        ("強化法17", "Article"),
        ("specified_critical_computer", "Term"),
        ("特定重要電子計算機", "Term"),
    ],
)
def test_show(key: str, expected: str) -> None:
    code, out, _ = run("show", key)
    assert code == 0
    assert expected in out
    code, out, _ = run("show", key, "--json")
    assert expected in json.loads(out)


def test_list_and_its_filters() -> None:
    _, everything, _ = run("list", "--json")
    _, unknown, _ = run("list", "--unknown", "--json")
    _, later, _ = run("list", "--not-in-force", "--json")
    rows = json.loads(everything)
    assert {row["group"] for row in rows} >= {"article", "parameter", "rule", "kind", "restriction", "table"}
    assert all(row["unknown"] for row in json.loads(unknown))
    assert 0 < len(json.loads(unknown)) < len(rows)
    keys = {row["key"] for row in json.loads(later)}
    assert {"強化法17", "measures.transit.period"} <= keys
    assert "kyokaho.incident.full" not in keys
    _, past, _ = run("list", "--not-in-force", "--on", "2026-09-30", "--json")
    assert "kyokaho.incident.full" in {row["key"] for row in json.loads(past)}
    _, plain, _ = run("list", "--unknown")
    assert "unknown.platform" in plain


def test_check_is_clean() -> None:
    code, out, _ = run("check")
    assert code == 0
    assert "clean" in out
    code, _, err = run("check", "--on", "2027-12-01")
    assert code == 1
    assert "施行の限度" in err


def test_book_puts_unknowns_first_in_both_languages(tmp_path: Path) -> None:
    code, out, _ = run("book", "--out", str(tmp_path / "book"), "--on", "2026-11-20", "--html-only")
    assert code == 0
    assert len(out.splitlines()) == 2
    for language, word in (("ja", "未詳のもの"), ("en", "What is unknown")):
        text = (tmp_path / "book" / f"law-book.{language}.html").read_text(encoding="utf-8")
        assert text.index('<h2 id="unknown">') < text.index('<h2 id="article">')
        assert word in text
        assert "kyokaho.incident.full" in text
        assert f'lang="{language}"' in text
        assert "<script" not in text
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert run("book", "--out", str(file / "x"))[0] == 2


def test_book_on_paper(tmp_path: Path) -> None:
    code, out, err = run("book", "--out", str(tmp_path / "book"))
    if code:  # no Japanese font on this machine: the pages are there all the same, and the error says what to install
        assert (code, len(out.splitlines())) == (2, 2)
        assert "fonts-noto-cjk" in err
        pytest.skip("no font with Japanese letters")
    assert [Path(line).name for line in out.splitlines()] == [
        *("law-book.ja.html", "law-book.en.html", "law-book.ja.pdf", "law-book.en.pdf"),
    ]
    for language in ("ja", "en"):
        assert (tmp_path / "book" / f"law-book.{language}.pdf").read_bytes().startswith(b"%PDF-")
    assert run("book", "--out", str(tmp_path / "book"), "--on", "2026-02-30")[0] == 2


def test_diff(tmp_path: Path) -> None:
    assert run("diff", str(ASSET))[0] == 0
    changed = tmp_path / "order.xml"
    changed.write_text(ASSET.read_text(encoding="utf-8").replace("三十日以内", "四十日以内"), encoding="utf-8")
    code, out, _ = run("diff", str(changed), "--json")
    assert code == 1
    assert {"changed"} == {item["kind"] for item in json.loads(out)}
    code, out, _ = run("diff", str(changed))
    assert "三十日" in out
    kept = tmp_path / "kept.yaml"
    run("diff", str(ASSET), "--record", str(kept))
    assert "命令" in kept.read_text(encoding="utf-8")
