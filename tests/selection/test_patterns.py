"""Patterns: the grammar, what it refuses, and leftmost-longest matching, checked against Python's own `re`."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.selection.overlap import MOST_STEPS, Effort, EffortError, overlap
from sakimori.selection.pattern import LONGEST, PatternError, literal, regex
from sakimori.selection.scanner import KEPT, Scanner


def find_all(pattern, data):
    """Leftmost-longest and non-overlapping, by trying every place and every length."""
    checker, place, found = re.compile(pattern, re.DOTALL), 0, []
    while place < len(data):
        ends = [end for end in range(len(data), place, -1) if checker.fullmatch(data, place, end)]
        if ends:
            found.append((place, data[place : ends[0]]))
            place = ends[0]
        else:
            place += 1
    return found


def scan(patterns, *runs):
    """`runs`: lists of pieces; a gap lies between runs."""
    scanner = Scanner(patterns)
    offset = 0
    for pieces in runs:
        for piece in pieces:
            scanner.data(offset, piece)
            offset += len(piece)
        scanner.gap()
    return scanner.found


@pytest.mark.parametrize(
    ("text", "data", "found"),
    [
        ("evil", b"xevilx", [(1, b"evil")]),
        (r"\x4d\x5a\x90\x00", b"..MZ\x90\x00", [(2, b"MZ\x90\x00")]),
        (r"GET /[a-z]{2,4}\.php", b"GET /ab.php GET /abcde.php", [(0, b"GET /ab.php")]),
        ("(abcd|abcdef)", b"abcdefg", [(0, b"abcdef")]),
        ("abcd(ef)?", b"abcdefabcd", [(0, b"abcdef"), (6, b"abcd")]),
        ("aaaa", b"aaaaaaaaa", [(0, b"aaaa"), (4, b"aaaa")]),
        ("MZ.{0,3}PE", b"MZPE MZ\n\0xPE MZ1234PE", [(0, b"MZPE"), (5, b"MZ\n\0xPE")]),
        ("[^a]bcde", b"abcdexbcde", [(5, b"xbcde")]),
        ("情報", "x情報".encode(), [(1, "情報".encode())]),
        (r"a\.b\\c", b"a.b\\c", [(0, b"a.b\\c")]),
        (r"[\x00-\x02]{4}", b"\0\1\2\0\1", [(0, b"\0\1\2\0")]),
        ("[]ab]", b"", None),
        (r"[a\]-]{4}", b"a]-a", [(0, b"a]-a")]),
    ],
)
def test_matching(text, data, found):
    if found is None:
        with pytest.raises(PatternError):
            regex(text)
        return
    result = scan([("k", regex(text))], [data])
    assert result["k"].first == found


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (".*", "open_repeat"),
        ("abcd*", "open_repeat"),
        ("abcd+", "open_repeat"),
        ("abcd{2,}", "open_repeat"),
        (".{4,40}", "matches_anything"),
        ("[a-z]{4,40}", "matches_anything"),
        ("[^a]{8}", "matches_anything"),
        ("a..b..c", "matches_anything"),
        ("(abcd|....)", "matches_anything"),
        ("abc", "too_short"),
        ("abcd?", "too_short"),
        ("abcd.{0,253}", "too_long"),
        ("(abcd){65}", "too_long"),
        ("^abcd", "anchor"),
        ("abcd$", "anchor"),
        (r"\babcd", "anchor"),
        ("(?=abcd)", "look_around"),
        ("(?i)abcd", "look_around"),
        (r"(abcd)\1", "escape"),
        (r"\dabcd", "escape"),
        ("abcd{2}{2}", "repeat"),
        ("abcd??", "repeat"),
        ("abcd{3,2}", "repeat"),
        ("(abcd", "unbalanced"),
        ("abcd)", "unbalanced"),
        ("abcd|", "empty"),
        ("", "empty"),
        ("[abcd", "unfinished"),
        ("abcd[", "unfinished"),
        ("[z-a]bcd", "class"),
        ("[情]abcd", "class"),
        ("abcd{x}", "repeat"),
        ("(" * 40 + "abcd" + ")" * 40, "too_deep"),
    ],
)
def test_refusals(text, key):
    with pytest.raises(PatternError) as caught:
        regex(text)
    assert caught.value.key == key


def test_a_literal_has_4_to_256_bytes():
    for size, fits in ((3, False), (4, True), (LONGEST, True), (LONGEST + 1, False)):
        if fits:
            assert literal(b"x" * size).maximum == size
        else:
            with pytest.raises(PatternError):
                literal(b"x" * size)


def test_ambiguous_nested_repeats_take_no_time():
    pattern = regex("((a|aa){1,50}b{0,8}){1,2}cdef")
    assert scan([("k", pattern)], [b"a" * 5000]) == {}


ATOMS = st.sampled_from(
    ["a", "b", "ab", "[ab]", ".", "c", r"\x61", "(ab|b)", "(a|ab|abc)", "a?", "b{1,3}", "(ab){0,2}", "(a|b){2}"]
)
PIECES = st.lists(
    st.lists(st.sampled_from([b"abca", b"abcab", b"a", b"b", b"c", b"ab", b"aaaa"]), max_size=4).map(b"".join),
    max_size=8,
)


@given(st.lists(ATOMS, min_size=1, max_size=6).map(lambda atoms: "abca" + "".join(atoms)), PIECES)
def test_any_cut_finds_what_trying_everything_finds(text, pieces):
    data = b"".join(pieces)
    found = scan([("k", regex(text))], pieces)
    expected = find_all(text.encode(), data)
    assert (found["k"].first if found else []) == expected[:KEPT]
    assert (found["k"].count if found else 0) == len(expected)


@given(st.lists(PIECES, min_size=1, max_size=4))
def test_no_match_crosses_a_gap(runs):
    patterns = [("k", regex("abca(b|bc)?")), ("m", literal(b"aaaa"))]
    whole: dict[str, list[tuple[int, bytes]]] = {"k": [], "m": []}
    offset = 0
    for pieces in runs:
        data = b"".join(pieces)
        for key, text in (("k", b"abca(b|bc)?"), ("m", b"aaaa")):
            whole[key] += [(offset + place, matched) for place, matched in find_all(text, data)]
        offset += len(data)
    found = scan(patterns, *runs)
    assert {key: found[key].first if key in found else [] for key in whole} == {
        key: value[:KEPT] for key, value in whole.items()
    }


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_match_is_not_decided_before_its_longest_end_is_known(cut):
    data = b"abcabbbx"
    assert scan([("k", regex("abcab{1,3}"))], [data[:cut], data[cut:]])["k"].first == [(0, b"abcabbb")]


def test_first_16_are_kept_and_the_rest_counted():
    found = scan([("k", literal(b"abcd"))], [b"abcd" * 40])["k"]
    assert (found.count, len(found.first)) == (40, 16)
    assert found.first[15] == (60, b"abcd")


@pytest.mark.parametrize(
    ("one", "other", "overlapping"),
    [
        (literal(b"abcd"), literal(b"abcd"), True),
        (literal(b"abcd"), literal(b"xabcdx"), True),
        (literal(b"abcd"), literal(b"abce"), False),
        (literal(b"abcdef"), literal(b"cdefgh"), False),
        (literal(b"abcd"), regex("[a-c]bcd"), True),
        (regex("ab(cd|xy)"), regex("[yz]ab(xy|q)zz"), True),
        (regex("abcd.{0,20}efgh"), literal(b"GET /"), False),
        (regex("abcd.{0,20}efgh"), literal(b"efgh"), True),
        (regex("abc(d|e){1,3}"), literal(b"abcded"), True),
        (regex("abc(d|e){1,3}"), literal(b"abcx"), False),
    ],
)
def test_overlap(one, other, overlapping):
    assert overlap(one, other) is overlapping
    assert overlap(other, one) is overlapping


def hostile(word):
    """A pattern whose match may begin at 200 places and end at 50."""
    return regex(f"[a-p]{{0,200}}{word}[a-p]{{1,50}}")


def test_patterns_of_long_repeats_are_compared_in_few_steps():
    """They once held each position against each, for each number of bytes in common, for ever."""
    effort = Effort()
    assert not overlap(hostile("AAAA"), hostile("BBBB"), effort)
    assert overlap(hostile("AAAA"), regex("[a-p]{3}AAAA[a-p]"), effort)
    assert MOST_STEPS - effort.left < 1_000_000


@pytest.mark.parametrize(("one", "other"), [("AAAA", "BBBB"), ("AAAB", "AAAA")])
def test_what_is_found_does_not_depend_on_the_effort(one, other):
    steps = Effort()
    found = overlap(hostile(one), hostile(other), steps)
    with pytest.raises(EffortError):
        overlap(hostile(one), hostile(other), Effort(MOST_STEPS - steps.left - 1))
    assert overlap(hostile(one), hostile(other), Effort(MOST_STEPS - steps.left)) is found


WORDS = st.lists(st.sampled_from(["A", "B", "[AB]", ".", "C?", "(AB|BA)", "A{2}", "B{0,3}"]), min_size=2, max_size=7)


@given(WORDS, WORDS)
def test_overlaps_are_those_of_walking_both_step_by_step(one, other):
    """The obvious way, place by place: what `overlap` does by sets."""
    patterns = []
    for words in (one, other):
        try:
            patterns.append(regex("".join(words)))
        except PatternError:
            return
    first, second = (pattern.automaton for pattern in patterns)
    assert overlap(*patterns) is (walked(first, second) or walked(second, first))


def walked(inner, outer):
    todo = {(i, o, 0) for i in inner.first for o in range(len(outer.values))}
    known = set(todo)
    while todo:
        i, o, common = todo.pop()
        if not inner.values[i] & outer.values[o]:
            continue
        common += max(len(inner.values[i]), len(outer.values[o])) <= 16
        if i in inner.last and common >= 4:
            return True
        fresh = {(j, p, common) for j in inner.follow[i] for p in outer.follow[o]} - known
        todo |= fresh
        known |= fresh
    return False
