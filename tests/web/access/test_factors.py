"""Second factors at log-in: codes, recovery codes, what is refused, and who must set one up."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from sakimori.web.access import factors
from tests.web.access.conftest import Application, log_in
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def _second(client, code):
    return client.post("/access/second/", {"code": code})


def test_a_password_alone_opens_nothing_where_there_is_a_second_factor(application, browser):
    answer = log_in(browser, next="/acts/")
    assert answer.headers["Location"] == "/access/second/"
    assert browser.get("/acts/").headers["Location"].startswith("/login/")
    assert _second(browser, application.code()).headers["Location"] == "/acts/"
    assert browser.get("/acts/").status_code == 200


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}"])
def test_a_code_may_be_typed_as_people_do(application, browser, typed):
    log_in(browser)
    code = application.code()
    assert _second(browser, typed.format(code[:3], code[3:])).status_code == 302


def test_a_code_in_full_width_is_a_code(application, browser):
    log_in(browser)
    assert _second(browser, application.code().translate({48 + n: 0xFF10 + n for n in range(10)})).status_code == 302


def test_a_code_is_good_once_and_only_for_its_time(application, time):
    code = application.code()
    for expected in (302, 403):
        client = Client()
        log_in(client)
        assert _second(client, code).status_code == expected
    client = Client()
    log_in(client)
    later = application.code()
    time.passes(minutes=2)
    assert later != application.code()
    assert _second(client, later).status_code == 403
    assert _second(client, application.code()).status_code == 302


def test_an_older_code_than_the_last_used_is_refused(application):
    client = Client()
    log_in(client)
    assert _second(client, application.code(1)).status_code == 302
    other = Client()
    log_in(other)
    assert _second(other, application.code(0)).status_code == 403


def test_guessing_codes_is_slow(application, browser):
    log_in(browser)
    wrong = str((int(application.code()) + 7) % 1_000_000).zfill(6)
    statuses = [_second(browser, wrong).status_code for _ in range(7)]
    assert statuses[0] == 403
    assert statuses[-1] == 429
    assert _second(browser, application.code()).status_code == 429


def test_the_second_step_does_not_wait_for_ever(application, browser, time):
    log_in(browser)
    time.passes(minutes=11)
    assert _second(browser, application.code()).headers["Location"] == "/login/"


def test_a_changed_password_ends_a_second_step_under_way(application, hanako, browser):
    log_in(browser)
    hanako.set_password("quite another long one")
    hanako.save()
    assert _second(browser, application.code()).headers["Location"] == "/login/"


def test_the_second_step_without_a_first_leads_to_the_log_in(application, browser):
    assert browser.get("/access/second/").headers["Location"] == "/login/"
    assert _second(browser, application.code()).headers["Location"] == "/login/"


def test_the_password_is_no_second_factor(application, browser):
    log_in(browser)
    assert browser.post("/access/second/", {"password": PASSWORD}).status_code == 403


def test_a_recovery_code_works_once(hanako, application):
    codes = factors.new_codes(hanako)
    assert len(set(codes)) == 10
    for expected in (302, 403):
        client = Client()
        log_in(client)
        assert _second(client, codes[0]).status_code == expected
    assert factors.codes_left(hanako) == 9


def test_secrets_are_encrypted_in_the_database(hanako, application):
    factors.new_codes(hanako)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert application.secret not in stored


def test_setting_up_an_application_by_its_page(hanako, browser):
    log_in(browser)
    page = browser.get("/access/totp/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    wrong = browser.post("/access/totp/", {"code": "000000"})
    assert wrong.status_code == 403
    assert secret in wrong.content.decode().replace(" ", "")  # the same picture still counts
    phone = Application.__new__(Application)
    phone.secret = secret
    done = browser.post("/access/totp/", {"code": phone.code()})
    shown = re.findall(r"<code>(\d{4} \d{4})</code>", done.content.decode())
    assert len(shown) == 10
    assert shown[0] not in browser.get("/access/").content.decode()
    other = Client()
    assert log_in(other).headers["Location"] == "/access/second/"
    assert _second(other, shown[0]).status_code == 302


def test_a_passkeys_name_too_long_is_refused_and_kept_as_typed(hanako, browser):
    log_in(browser)
    late = browser.post("/access/passkeys/add/", {"name": "鍵" * 61, "credential": "{}"})
    assert late.status_code == 403
    for said in ("60", "鍵" * 61):
        assert said in late.content.decode()


def test_new_codes_end_the_former(hanako, application, browser):
    former = factors.new_codes(hanako)[0]
    log_in(browser)
    _second(browser, application.code())
    assert browser.get("/access/codes/").status_code == 405
    assert "<code>" in browser.post("/access/codes/").content.decode()
    other = Client()
    log_in(other)
    assert _second(other, former).status_code == 403


def test_the_last_factor_takes_the_recovery_codes_with_it(hanako, application, browser):
    factors.new_codes(hanako)
    log_in(browser)
    _second(browser, application.code())
    browser.post(f"/access/factors/{factors.listed(hanako)[0].id}/end/")
    assert (factors.listed(hanako), factors.codes_left(hanako)) == ([], 0)


def test_nobody_ends_another_ones_factor(taro, application, hanako, browser):
    log_in(browser, "taro")
    browser.post(f"/access/factors/{factors.listed(hanako)[0].id}/end/")
    assert factors.has_second(hanako)


def test_changing_factors_needs_a_fresh_proof(hanako, application, browser, time):
    log_in(browser)
    _second(browser, application.code())
    time.passes(minutes=16)
    asked = browser.get("/access/totp/")
    assert asked.headers["Location"] == "/access/prove/?next=%2Faccess%2Ftotp%2F"
    for address in ("totp/", "codes/", "password/", f"factors/{factors.listed(hanako)[0].id}/end/"):
        assert browser.post(f"/access/{address}").headers["Location"].startswith("/access/prove/")
    assert browser.post("/access/prove/", {"password": PASSWORD}).status_code == 403  # there is something better
    proved = browser.post("/access/prove/", {"code": application.code(), "next": "/access/totp/"})
    assert proved.headers["Location"] == "/access/totp/"
    assert browser.get("/access/totp/").status_code == 200


def test_a_role_that_confirms_is_led_to_set_one_up(taro, demanding, browser):
    log_in(browser, "taro", next="/acts/")
    led = browser.get("/acts/")
    assert led.headers["Location"] == "/access/?needed=1&next=%2Facts%2F"
    assert "Please set up a second factor now" in browser.get(led.headers["Location"]).content.decode()
    assert browser.get("/api/v1/queries/parties.organisations").status_code == 401
    page = browser.get("/access/totp/?next=/acts/").content.decode()
    phone = Application.__new__(Application)
    phone.secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    done = browser.post("/access/totp/", {"code": phone.code(), "next": "/acts/"})
    assert 'href="/acts/"' in done.content.decode()
    assert browser.get("/acts/").status_code == 200


def test_other_roles_are_not_and_an_optional_deployment_asks_nobody(hanako, taro, demanding, settings):
    client = Client()
    log_in(client)
    assert client.get("/acts/").status_code == 200
    settings.SAKIMORI_DEPLOYMENT = {**settings.SAKIMORI_DEPLOYMENT, "second_factor": "optional"}
    other = Client()
    log_in(other, "taro")
    assert other.get("/acts/").status_code == 200


def test_a_real_world_demands_it_without_being_told(settings):
    from sakimori.web.access import policy

    assert not policy.second_factor_required()
    plain = {key: value for key, value in settings.SAKIMORI_DEPLOYMENT.items() if key != "second_factor"}
    settings.SAKIMORI_DEPLOYMENT = {**plain, "worlds": {"real": {}}, "default_world": "real"}
    assert policy.second_factor_required()
