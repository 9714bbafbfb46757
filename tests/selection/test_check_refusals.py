"""`select check` refuses what the law does not let run: each case by its code, with what, where and how to mend it.

The cases are the ones the selection's own list of refusals names; `test_order.py` holds the many others.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sakimori.cli.select import select_group
from sakimori.selection import sample

DAY = datetime(2028, 1, 16, tzinfo=UTC)
HEX = 'hex: "4d5a9000"'
AGREEMENT = "basis: agreement\ndirection: outside-to-inside\nminimum_conditions: 2\n"
PORT = "  - {id: x1, kind: exploratory, field: dst_port, values: [4444]}\n"
SOURCE = '  - {id: a1, kind: address, side: source, values: ["203.0.113.64/27"]}\n'
DESTINATION = SOURCE.replace("source", "destination")


def _order(basis, direction, minimum, *conditions):
    head = f'authority: SAMPLE-2027-001\nbasis: "{basis}"\ndirection: {direction}\nminimum_conditions: {minimum}\n'
    return head + 'address_overrides: {"192.0.2.0/24": JP}\nconditions:\n' + "".join(conditions)


# what is wrong, the order, the refusal's code, where it is named, a word of each explanation and each way to mend it
CASES = {
    "matches everything": (
        sample.ORDER.replace(HEX, "regex: '.*'"), "open_repeat", "conditions[k1]",
        ("繰り返し", "上限"), ("open repeats", "upper bound"),
    ),
    "matches everything, bounded": (
        sample.ORDER.replace(HEX, "regex: '.{4,256}'"), "matches_anything", "conditions[k1]",
        ("どのような文", "特定のバイト"), ("text of any kind", "specific bytes"),
    ),
    "a Japanese word without ref": (
        sample.ORDER.replace(f'ref: "見本指令情報 1", {HEX}', "text: 機密情報"), "natural_language", "conditions[k1]",
        ("自然言語", "ref"), ("natural language", "ref"),
    ),
    "overlapping ids": (
        sample.ORDER + '  - {id: a2, kind: address, side: source, values: ["203.0.113.66"]}\n', "overlap",
        "conditions a1, a2", ("重なって", "まとめ"), ("overlap", "one condition"),
    ),
    "a basis that is none": (
        sample.ORDER.replace("basis: agreement", "basis: '18'"), "basis", "basis",
        ("根拠", "承認の根拠"), ("basis is one of", "basis of the authority"),
    ),
    "a direction of another basis": (
        sample.ORDER.replace("outside-to-inside", "inside-to-outside"), "direction", "direction",
        ("方向", "outside-to-inside"), ("direction does not agree", "outside-to-inside"),
    ),
    "exploratory under 32": (
        _order("32", "outside-to-inside", 1, SOURCE, PORT), "exploratory_here", "conditions[x1]",
        ("探索的", "承認された設備"), ("exploratory conditions are not allowed", "approved device"),
    ),
    "exploratory under 33": (
        _order("33", "inside-to-outside", 1, DESTINATION, PORT), "exploratory_here", "conditions[x1]",
        ("探索的", "承認された設備"), ("exploratory conditions are not allowed", "approved device"),
    ),
    "agreement data run as 17": (
        sample.ORDER.replace("basis: agreement", 'basis: "17"').replace("outside-to-inside", "outside-to-outside"),
        "authority_basis", "basis", ("根拠が承認の根拠と違います", "別の根拠で選別"),
        ("basis is not that of the authority", "cannot be selected on another"),
    ),
}  # fmt: skip


@pytest.fixture
def signed(tmp_path, authority, issuer):
    """Options naming a signed authority for agreement data, good for ninety days."""
    options = authority(sample.ORDER, valid_from=DAY - timedelta(days=1), valid_until=DAY + timedelta(days=90))
    (tmp_path / "authority.json").write_bytes(options["authority"].dumps())
    public = issuer.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "issuer.pem").write_bytes(public)
    return ["--authority", str(tmp_path / "authority.json"), "--trust", str(tmp_path / "issuer.pem")]


def check(tmp_path, text, *options):
    path = tmp_path / "order.yaml"
    path.write_text(text, encoding="utf-8")
    spoken = CliRunner().invoke(select_group, ["check", str(path), *options])
    answer = CliRunner().invoke(select_group, ["check", "--json", str(path), *options])
    assert spoken.exit_code == answer.exit_code
    return spoken, json.loads(answer.output)


def named(spoken, answer, code, where, ja, en):
    """The refusal stands in both answers, with its place, its way to mend and an article, in both languages."""
    assert spoken.exit_code == 1
    assert answer["accepted"] is False
    (found,) = [item for item in answer["refusals"] if item["code"] == f"selection.{code}"]
    assert where in found["where"]
    assert ja[0] in found["what"]["ja"]
    assert ja[1] in found["mend"]["ja"]
    assert en[0] in found["what"]["en"]
    assert en[1] in found["mend"]["en"]
    assert found["article"].startswith("強化法")
    for part in (f"[selection.{code}]", where, *ja, *en):
        assert part in spoken.output


@pytest.mark.parametrize("case", CASES)
def test_refused(case, tmp_path, signed):
    text, *expected = CASES[case]
    named(*check(tmp_path, text, *signed, "--now", DAY.isoformat()), *expected)


@pytest.mark.parametrize("case", [case for case in CASES if case != "agreement data run as 17"])
def test_refused_without_any_authority_too(case, tmp_path):
    text, *expected = CASES[case]
    named(*check(tmp_path, text), *expected)


def test_an_expired_authority(tmp_path, signed):
    end = (DAY + timedelta(days=90)).isoformat()
    spoken, answer = check(tmp_path, sample.ORDER, *signed, "--now", end)
    named(spoken, answer, "authority_expired", end, ("期間が終わって", "延長"), ("expired", "extension"))


def test_the_same_order_inside_its_authority_is_accepted(tmp_path, signed):
    spoken, answer = check(tmp_path, sample.ORDER, *signed, "--now", DAY.isoformat())
    assert (spoken.exit_code, answer) == (0, {"accepted": True, "refusals": [], "signature_checked": True})


def test_an_authority_whose_signature_nobody_checked_is_said_to_be_so(tmp_path, signed):
    """Without the issuer's key the check is one of the order only; nobody may take it for more."""
    spoken, answer = check(tmp_path, sample.ORDER, *signed[:2], "--now", DAY.isoformat())
    assert answer["signature_checked"] is False
    assert "署名は確かめていません" in spoken.output
    assert "signature was not checked" in spoken.output
