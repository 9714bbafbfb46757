"""People with an account and a password, and their browsers."""

import pytest
from django.test import Client

from sakimori.parties.models import Account
from tests.web.conftest import PASSWORD, enter

__all__ = ["enter"]


@pytest.fixture
def hanako(parties) -> Account:
    """The reporter of `power`, who has a password."""
    return Account.objects.create_account("hanako", parties.person("power", "reporter"), PASSWORD)


@pytest.fixture
def browser() -> Client:
    """A stranger's browser, in English."""
    return Client(headers={"accept-language": "en"})
