"""What a file is, by its bytes and its name: the few kinds we take, everything else refused in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.acts import filenames, sniffing
from sakimori.acts.sniffing import UploadError
from tests.fuzz.fuzz_uploads import TARGETS
from tests.support import files


def look(name, content):
    """Return the media type as an upload finds it."""
    plain = filenames.checked(name)
    return sniffing.media_type(content, filenames.extension(plain))


@pytest.mark.parametrize("name", files.TAKEN)
def test_what_is_taken(name):
    assert "/" in look(name, files.TAKEN[name])


@pytest.mark.parametrize("case", files.REFUSED)
def test_what_is_refused_in_both_languages_with_a_remedy(case):
    with pytest.raises(UploadError) as refused:
        look(*files.REFUSED[case])
    assert refused.value.code.startswith("upload.")
    for said in (refused.value.what, refused.value.mend):
        assert said.ja.endswith("。")
        assert said.en.endswith(".")


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("encrypted archive", "encrypted"), ("encrypted workbook", "encrypted"), ("encrypted pdf", "encrypted"),
        ("encrypted workbook in a zip", "encrypted"), ("macros", "macro"), ("pdf and zip", "two_kinds"),
        ("jpg and zip", "two_kinds"), ("program as pdf", "program"), ("old workbook", "old_office"),
        ("bidi in the name", "name"), ("workbook with a tail", "damaged"), ("workbook with a head", "not_what_it_says"),
        ("png as pdf", "not_what_it_says"), ("empty", "empty"),
    ],
)  # fmt: skip
def test_the_refusal_says_what_is_wrong(case, code):
    with pytest.raises(UploadError) as refused:
        look(*files.REFUSED[case])
    assert refused.value.code == f"upload.{code}"


def test_a_name_is_kept_as_text_and_made_harmless_on_the_way_out():
    assert filenames.checked("届出書 (控え) 2026.pdf") == "届出書 (控え) 2026.pdf"
    assert filenames.checked("か\u3099.pdf") == "が.pdf"
    said = filenames.disposition("届出書; x=1.pdf")
    assert said.startswith("attachment; filename=\"x_1.pdf\"; filename*=UTF-8''%E5%B1%8A")
    assert filenames.disposition("届出.pdf").startswith('attachment; filename="file.pdf"')


@given(st.text(max_size=200))
def test_no_name_breaks_out_of_the_header(name):
    said = filenames.disposition(name)
    said.encode("ascii")
    assert said.count('"') == 2
    assert not set("\r\n") & set(said)


@pytest.mark.parametrize("target", TARGETS)
@given(
    data=st.one_of(
        st.binary(max_size=400),
        st.sampled_from([*files.TAKEN.values(), *(c for _, c in files.REFUSED.values())]),
        st.tuples(st.sampled_from(list(files.TAKEN.values())), st.integers(0, 400), st.binary(max_size=20)).map(
            lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]
        ),
    )
)
def test_any_bytes_are_taken_or_refused_with_words(target, data):
    target(data)
