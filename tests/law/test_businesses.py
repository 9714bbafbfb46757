"""The businesses of the law: complete, with ministers the law's table knows, and windows for those that have one."""

from sakimori import law
from sakimori.law.authorities import authorities, authority
from sakimori.law.businesses import business, businesses, filing_windows
from sakimori.law.decisions.notices import minister_names


def test_there_are_as_many_businesses_as_the_law_counts():
    assert len(businesses()) == law.parameter("espa.businesses").value
    assert len({one.key for one in businesses()}) == len(businesses())


def test_every_minister_is_one_of_the_joint_order():
    assert {code for one in businesses() for code in one.ministers} <= set(minister_names())
    assert all(one.ministers and one.facilities for one in businesses())


def test_every_business_has_a_window_and_every_window_a_business_of_that_minister():
    named = {one.business for one in filing_windows()}
    assert named == {one.key for one in businesses()}
    for window in filing_windows():
        found = business(window.business)
        assert found is not None
        assert window.minister in found.ministers
        assert window.telephone + window.email + window.address == "", "nobody published one: leave it empty"


def test_an_unknown_business_is_none():
    assert business("medical") is None


def test_every_minister_is_an_authority_with_an_id_of_its_own():
    assert set(minister_names()) <= {one.code for one in authorities()}
    assert len({one.id for one in authorities()}) == len(authorities())
    economy = authority("economy")
    assert economy is not None
    assert str(economy.id) == "7803f93c-c40b-5c17-9333-d5a589c096f4", "envelopes rest on this id: it never changes"
    assert authority("nobody") is None
