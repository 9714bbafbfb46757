import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["reporter", "approver", "viewer", "administrator"])
@pytest.mark.parametrize("page", ["desk", "acts", "new_acts", "role"])
def test_pages_show(enter, role, page):
    answer = enter("power", role).get(reverse(page))
    assert answer.status_code == 200, answer.content.decode()
