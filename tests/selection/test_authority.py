"""The signed authority: what it must be, what an order may ask under it, what real mode accepts."""

import io
import json
import os
import threading
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.selection import (
    AllowedCondition,
    AuthorityError,
    Countries,
    ModeError,
    OrderRefusedError,
    check_order,
    key_id,
    load_authority,
    load_order,
    sample,
    select,
    sign,
    verify,
    verify_receipt,
)
from sakimori.selection.receipt import MACHINE
from sakimori.selection.records import LIMB_III
from tests.selection.conftest import NOW

ORDER = load_order(sample.ORDER)


def codes(options, order=ORDER, now=NOW):
    return [item.code.removeprefix("selection.") for item in check_order(order, options["authority"].authority, now)]


def test_an_order_inside_its_authority(authority):
    assert codes(authority(sample.ORDER)) == []


def test_file_form_round_trip_and_signature(authority):
    options = authority(sample.ORDER)
    again = load_authority(options["authority"].dumps())
    assert verify(again, options["trusted"]) == options["authority"].authority


def test_a_changed_authority_does_not_verify(authority):
    options = authority(sample.ORDER)
    changed = options["authority"].model_copy(
        update={"authority": options["authority"].authority.model_copy(update={"equipment": "another"})}
    )
    with pytest.raises(AuthorityError):
        verify(changed, options["trusted"])


def test_an_untrusted_key_is_refused(authority):
    options = authority(sample.ORDER)
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    with pytest.raises(AuthorityError):
        verify(sign(options["authority"].authority, other), options["trusted"])
    with pytest.raises(AuthorityError):  # the id of a trusted key does not help another key
        verify(sign(options["authority"].authority, other, next(iter(options["trusted"]))), options["trusted"])


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b'{"authority": {}}', b"\xff"])
def test_what_is_no_authority(raw):
    with pytest.raises(AuthorityError) as caught:
        load_authority(raw)
    assert caught.value.explain("ja")


def test_a_number_beyond_what_json_readers_agree_about_is_refused(authority):
    """Found by `fuzz_authority`: it could be read, but neither written nor verified."""
    raw = authority(sample.ORDER)["authority"].dumps()
    assert b'"minimum_conditions":2' in raw
    with pytest.raises(AuthorityError):
        load_authority(raw.replace(b'"minimum_conditions":2', b'"minimum_conditions":%d' % 2**53))


def test_times_need_a_zone(authority):
    with pytest.raises(ValueError, match="time zone"):
        authority(sample.ORDER, valid_from=NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"id": "another"}, ["authority_id"]),
        ({"basis": "17", "direction": "outside-to-outside"}, ["authority_basis", "authority_direction"]),
        ({"basis": "32", "minimum_conditions": 1}, ["authority_basis"]),
        ({"direction": "inside-to-outside"}, ["authority_law", "authority_direction"]),
        ({"minimum_conditions": 1}, ["authority_law"]),
        ({"basis": "99"}, ["authority_law", "authority_basis"]),
        ({"minimum_conditions": 3}, ["authority_minimum"]),
        ({"valid_until": NOW}, ["authority_expired"]),
        ({"valid_until": NOW + timedelta(seconds=1)}, []),
        ({"valid_from": NOW}, []),
        ({"valid_from": NOW + timedelta(seconds=1)}, ["authority_early"]),
        ({"allowed": ()}, ["authority_condition"] * 3),
    ],
)
def test_what_lies_outside(authority, changes, found):
    assert codes(authority(sample.ORDER, **changes)) == found


def allow(**fields):
    return AllowedCondition(**fields)


@pytest.mark.parametrize(
    ("entry", "inside"),
    [
        (allow(kind="address", sides=("source",), values=("203.0.113.0/24", "example")), True),
        (allow(kind="address", sides=("either",), values=("203.0.113.0/24", "evil.example")), True),
        (allow(kind="address", sides=("source",), values=("*",)), True),
        (allow(kind="address", sides=("destination",), values=("*",)), False),
        (allow(kind="address", sides=("source",), values=("203.0.113.64/28", "evil.example")), False),
        (allow(kind="address", sides=("source",), values=("203.0.113.0/24",)), False),
        (allow(kind="address", sides=("source",), values=("203.0.113.0/24", "www.evil.example")), False),
        (allow(kind="address", values=("*",)), False),
    ],
)
def test_addresses_inside_the_allowed(authority, entry, inside):
    rest = [item for item in authority(sample.ORDER)["authority"].authority.allowed if item.kind != "address"]
    assert codes(authority(sample.ORDER, allowed=(entry, *rest))) == ([] if inside else ["authority_condition"])


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        (("hex:4d5a9000",), []),
        (("hex:4D5A9000", "hex:00000000"), []),
        (("hex:4d5a9001",), ["authority_bytes"]),
        (("text:4d5a9000",), ["authority_bytes"]),
        (("regex:(MZ|AB)\\x90\\x00",), ["authority_bytes"]),  # wider than what is asked for, but not what was approved
    ],
)
def test_a_reference_covers_the_bytes_approved_under_it_and_no_others(authority, patterns, found):
    allowed = authority(sample.ORDER)["authority"].authority.allowed
    entry = allow(kind="command", refs=("見本指令情報 1",), patterns=patterns)
    rest = [item for item in allowed if item.kind != "command"]
    assert codes(authority(sample.ORDER, allowed=(entry, *rest))) == found


def test_speech_under_an_approved_reference_is_refused(authority):
    """A reference alone once let any text pass."""
    spoken = load_order(sample.ORDER.replace('hex: "4d5a9000"', "text: 会議は三時から"))
    (refused,) = check_order(spoken, authority(sample.ORDER)["authority"].authority, NOW)
    assert (refused.code, refused.where) == ("selection.authority_bytes", "conditions[k1]")
    assert "別の型" in refused.explain("ja")
    assert "other bytes" in refused.explain("en")


def test_bytes_of_one_reference_are_not_those_of_another(authority):
    entries = (
        allow(kind="command", refs=("見本指令情報 1",), patterns=("hex:00000000",)),
        allow(kind="command", refs=("another",), patterns=("hex:4d5a9000",)),
    )
    rest = [item for item in authority(sample.ORDER)["authority"].authority.allowed if item.kind != "command"]
    assert codes(authority(sample.ORDER, allowed=(*entries, *rest))) == ["authority_bytes"]


SIZES = sample.ORDER.replace('field: http.user_agent, values: ["SampleBot/1.0"]', "field: bytes, min: 100, max: 2000")


@pytest.mark.parametrize(
    ("order", "field", "values", "found"),
    [
        (sample.ORDER, "http.user_agent", ("SampleBot/1.0", "Other/2"), []),
        (sample.ORDER, "http.user_agent", ("Other/2",), ["authority_value"]),
        (sample.ORDER, "http.method", ("SampleBot/1.0",), ["authority_condition"]),
        (SIZES, "bytes", ("100..2000",), []),
        (SIZES, "bytes", ("1..5", "50.."), []),
        (SIZES, "bytes", ("..2000",), []),
        (SIZES, "bytes", ("101..2000",), ["authority_value"]),
        (SIZES, "bytes", ("100..1999",), ["authority_value"]),
        (SIZES, "bytes", ("100..1000", "1001..2000"), ["authority_value"]),  # one range must hold it
        (SIZES, "packets", ("100..2000",), ["authority_condition"]),
        (SIZES.replace(", max: 2000", ""), "bytes", ("100..2000",), ["authority_value"]),
        (SIZES.replace("min: 100, ", ""), "bytes", ("100..2000",), ["authority_value"]),
    ],
)
def test_exploratory_conditions_are_bound_by_value(authority, order, field, values, found):
    rest = [item for item in authority(order)["authority"].authority.allowed if item.kind != "exploratory"]
    entry = allow(kind="exploratory", fields=(field,), values=values)
    assert codes(authority(order, allowed=(entry, *rest)), load_order(order)) == found


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "command", "refs": ("r",)},
        {"kind": "command", "patterns": ("hex:4d5a9000",)},
        {"kind": "command", "refs": ("r",), "patterns": ("4d5a9000",)},
        {"kind": "command", "refs": ("r",), "patterns": ("hex:4d5a",)},
        {"kind": "command", "refs": ("r",), "patterns": ("regex:.*",)},
        {"kind": "exploratory", "fields": ("dst_port",)},
        {"kind": "exploratory", "fields": ("dst_port",), "values": ("*",)},
        {"kind": "exploratory", "fields": ("dst_port",), "values": ("65536",)},
        {"kind": "exploratory", "fields": ("dst_port", "bytes"), "values": ("80",)},
        {"kind": "exploratory", "fields": ("bytes",), "values": ("..",)},
        {"kind": "exploratory", "fields": ("bytes",), "values": ("9..8",)},
        {"kind": "exploratory", "fields": ("anything",), "values": ("9",)},
    ],
)
def test_an_authority_that_binds_nothing_is_none(fields):
    with pytest.raises(ValueError, match=r"patterns|values|read"):
        allow(**fields)


def test_an_authority_of_the_old_form_is_refused_in_words(authority):
    """It named references and fields alone."""
    document = json.loads(authority(sample.ORDER)["authority"].dumps())
    for form in ({"form": "sakimori-selection-authority/1"}, {}):
        old = {key: value for key, value in document["authority"].items() if key not in ("form", "address_overrides")}
        with pytest.raises(AuthorityError) as caught:
            load_authority(json.dumps({**document, "authority": {**old, **form}}).encode())
        assert "古い様式" in caught.value.explain("ja")
        assert "old form" in caught.value.explain("en")


BORDER = 'address_overrides: {"192.0.2.0/24": JP, "203.0.113.0/24": ZZ, "198.51.100.0/24": ZZ}'


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("[JP]", "[AQ]", ["authority_domestic"]),
        ("[JP]", "[JP, US]", ["authority_domestic"]),
        ("domestic: [JP]\n", "", []),
        ('"192.0.2.0/24": JP', '"192.0.2.0/24": US', ["authority_border"]),
        ('"192.0.2.0/24": JP, ', "", ["authority_border"]),
        ('"192.0.2.0/24": JP', '"192.0.2.0/24": JP, "133.11.0.0/16": US', ["authority_border"]),
        (BORDER, 'address_overrides: {"198.51.100.0/24": ZZ, "203.0.113.0/24": ZZ, "192.0.2.0/24": JP}', []),
    ],
)
def test_the_border_is_the_authoritys(authority, old, new, found):
    """What is inside is Japan; which addresses are told to be where is signed."""
    assert old in sample.ORDER
    assert codes(authority(sample.ORDER), load_order(sample.ORDER.replace(old, new))) == found


@pytest.mark.parametrize(
    "overrides", [{"192.0.2.1/24": "JP"}, {"192.0.2.0/24": "Japan"}, {"2001:db8::/32": "JP", "2001:DB8::/32": "ZZ"}]
)
def test_overrides_of_an_authority_can_be_read(authority, overrides):
    with pytest.raises(ValueError, match="networks, each once"):
        authority(sample.ORDER, address_overrides=overrides)


def test_the_receipt_names_the_border(run):
    order = sample.ORDER.replace("domestic: [JP]", "domestic: [JP, AQ]")
    named = run(order, sample.capture()).receipt["order"]
    assert named["domestic"] == ["AQ", "JP"]
    assert named["address_overrides"] == {"192.0.2.0/24": "JP", "203.0.113.0/24": "ZZ", "198.51.100.0/24": "ZZ"}


def test_no_order_of_everything_runs_under_an_authority(run, authority):
    """However it was loaded (`run` loads it wide), and whatever the authority allows."""
    text = sample.ORDER.replace('"203.0.113.64/27", "evil.example"', '"0.0.0.0/0"')
    entries = [item for item in authority(sample.ORDER)["authority"].authority.allowed if item.kind != "address"]
    options = authority(sample.ORDER, allowed=(allow(kind="address", sides=("either",), values=("*",)), *entries))
    assert codes(options, load_order(text, wide=True)) == []
    with pytest.raises(OrderRefusedError, match="too wide"):
        run(text, sample.capture(), **options)


def test_a_looser_way_of_counting_is_outside(authority):
    order = load_order(sample.ORDER.replace("distinct_by: kind", "distinct_by: id"))
    assert codes(authority(sample.ORDER), order) == ["authority_minimum"]
    assert codes(authority(sample.ORDER, distinct_by="id"), order) == []


def test_a_run_outside_its_authority_is_refused(run, authority):
    with pytest.raises(OrderRefusedError) as caught:
        run(sample.ORDER, sample.capture(), **authority(sample.ORDER, valid_until=NOW))
    assert "期間が終わっています" in caught.value.explain("ja")


def real(options, *, sources=None, order=ORDER):
    """Run in real mode over a pipe (or the sources given)."""
    if sources is not None:
        return select(sources, order, Countries(), now=NOW, clock=MACHINE, **options)
    inlet, outlet = os.pipe()

    def feed():
        with os.fdopen(outlet, "wb") as file:
            file.write(sample.capture())

    thread = threading.Thread(target=feed)
    thread.start()
    with os.fdopen(inlet, "rb") as stream:
        result = select([stream], order, Countries(), now=NOW, clock=MACHINE, **options)
    thread.join()
    return result


def test_real_mode_over_a_pipe(authority):
    options = authority(sample.ORDER)
    result = real(options)
    assert [row["conditions"] for row in result.rows] == [["a1", "k1", "x1"], ["a1", "k1"]]
    assert result.receipt["stamp"] is None
    assert all(row["stamp"] is None for row in result.rows)
    assert verify_receipt(result.receipt, options["signing_key"].public_key())
    assert result.receipt["authority"] == {
        "id": "SAMPLE-2027-001",
        "signed": True,
        "digest": options["authority"].authority.digest,
        "equipment": "receiving equipment 1",
    }


def test_real_mode_takes_no_told_time(authority):
    """Nor one that does not say where it came from."""
    with io.BytesIO() as stream:
        for more in ({}, {"clock": "told"}):
            with pytest.raises(ModeError, match="cannot be told"):
                select([stream], ORDER, Countries(), now=NOW, **more, **authority(sample.ORDER))


def test_limb_iii_is_off_in_real_mode_until_an_ordinance_names_it(authority):
    rows = real(authority(sample.ORDER)).rows
    assert all(row[name] is None for row in rows for name in LIMB_III)
    rows = real(authority(sample.ORDER, other_information=("names", "app_protocol"))).rows
    assert [row["app_protocol"] for row in rows] == ["http", "smtp"]
    assert rows[0]["names"] == ["www.evil.example"]
    assert all(row[name] is None for row in rows for name in set(LIMB_III) - {"names", "app_protocol"})


def test_real_mode_takes_no_file(authority, tmp_path):
    path = tmp_path / "capture.pcap"
    path.write_bytes(sample.capture())
    for source in (path, str(path), io.BytesIO(sample.capture())):
        with pytest.raises(ModeError):
            real(authority(sample.ORDER), sources=[source])
    with path.open("rb") as stream, pytest.raises(ModeError):
        real(authority(sample.ORDER), sources=[stream])


@pytest.mark.parametrize("name", ["authority", "signing_key", "pseudonym_master"])
def test_real_mode_needs_authority_and_keys(authority, name):
    with pytest.raises(ModeError):
        real({**authority(sample.ORDER), name: None}, sources=[])


def test_a_rehearsal_authority_is_good_for_rehearsals_only(run, authority):
    options = authority(sample.ORDER, rehearsal=True)
    with pytest.raises(ModeError):
        real(options, sources=[])
    assert run(sample.ORDER, sample.capture(), **options).receipt["stamp"]


def test_an_untrusted_authority_does_not_even_rehearse(run, authority):
    with pytest.raises(AuthorityError):
        run(sample.ORDER, sample.capture(), **{**authority(sample.ORDER), "trusted": {}})


def test_one_authority_s_pseudonyms_tell_nothing_about_another_s(run, authority):
    order = sample.ORDER.replace("SAMPLE-2027-001", "SAMPLE-2027-002")
    one = run(sample.ORDER, sample.capture(), **authority(sample.ORDER)).rows[1]["mail"][0]["from"][0]
    other = run(order, sample.capture(), **authority(order)).rows[1]["mail"][0]["from"][0]
    assert one["domain"] == other["domain"]
    assert one["pseudonym"] != other["pseudonym"]


def test_key_ids_differ(issuer):
    assert key_id(issuer.public_key()) != key_id(Ed25519PrivateKey.from_private_bytes(b"o" * 32).public_key())
