"""Names: suggested from what is loaded, decided by a person for a whole spelling, undone, and used by the matching."""

import gzip
import json
import re

import pytest
from click.testing import CliRunner
from django.urls import reverse

from sakimori.acts import door, reading
from sakimori.acts.errors import PayloadError
from sakimori.analysis.models import Advisory
from sakimori.assets.models import NameDecision, NameSource, OfficialName
from sakimori.assets.naming import loading
from sakimori.assets.naming.spelling import suggested
from sakimori.cli import names as command
from sakimori.cli.main import main
from sakimori.errors import SakimoriError
from sakimori.matching.dictionary import DictionaryError
from tests.support import warning
from tests.support.deployment import viewer
from tests.support.filing import ROWS, import_register

pytestmark = pytest.mark.both_databases

REPORTER, ANALYST = viewer("power", "reporter"), viewer("cabinet", "analyst")
LIST = b"vendor,product,cpe\nfortinet,fortios,o:fortinet:fortios\nyokogawa,centum vp,a:yokogawa:centum_vp\n"
SPELT = {"maker": "ふぉるてぃ", "product": "境界防御装置 二号"}
ODD = "P-009,境界,power 第一,ふぉるてぃ,境界防御装置 二号,機器,2025-04-01,専用,その他,×,×,×,○,×,×,×,×,×,×"


def decide(by=REPORTER, **told):
    payload = {**SPELT, "vendor": "Fortinet", "official": "FortiOS", "rule": "typed", **told}
    return door.perform("assets.name.decide", payload, by=by)


def refusal(kind, payload, by=REPORTER):
    with pytest.raises(SakimoriError) as refused:
        door.perform(kind, payload, by=by)
    return refused.value


@pytest.fixture
def register(parties):
    import_register((*ROWS, ODD, ODD.replace("P-009", "P-010")))


def spellings(by=REPORTER):
    return [(row["maker"], row["product"], row["computers"]) for row in reading.read(by, "assets.spellings")]


def test_the_most_used_spelling_comes_first_and_a_decision_takes_every_spelling_of_it_away(register):
    assert spellings()[0] == (*SPELT.values(), 2)
    made = decide()
    assert SPELT["product"] not in {product for _, product, _ in spellings()}
    (row,) = reading.read(REPORTER, "assets.name_decisions")
    assert (row["vendor"], row["official"], row["decided_by"]) == ("Fortinet", "FortiOS", made.act)
    assert NameDecision.objects.get().labels == {"items": ["reported_information"]}
    wide = {"maker": "ﾌｫﾙﾃｨ", "product": "境界防御装置・二号"}
    assert refusal("assets.name.decide", wide).code in ("assets.name_unknown", "assets.name_decided")
    assert refusal("assets.name.decide", {**SPELT}).code == "assets.name_decided"


def test_a_decision_is_undone_once_and_the_spelling_waits_again(register):
    made = str(decide().subject.id)
    assert refusal("assets.name.undo", {"decision": made}, viewer("rail", "reporter")).code
    door.perform("assets.name.undo", {"decision": made}, by=viewer("power", "approver"))
    assert spellings()[0] == (*SPELT.values(), 2)
    assert refusal("assets.name.undo", {"decision": made}).code == "assets.name_undone"
    decide(vendor="", official="", rule="none")
    assert reading.read_one(REPORTER, "assets.name_decisions")["official"] == ""


@pytest.mark.parametrize("wrong", [{"vendor": ""}, {"official": ""}, {"cpe": "no"}, {"official": "x" * 201}])
def test_half_a_name_is_none(register, wrong):
    with pytest.raises(PayloadError):
        decide(**wrong)


def test_nobody_decides_about_what_nobody_has_and_nobody_elses_decision_is_seen(register):
    assert refusal("assets.name.decide", {"maker": "x", "product": "y"}).code == "assets.name_unknown"
    decide()
    assert not reading.read(viewer("rail", "reporter"), "assets.name_decisions")
    assert not reading.read(ANALYST, "assets.name_decisions")
    for stranger in (viewer("power", "administrator"), viewer("meti", "officer"), viewer("power", "viewer")):
        with pytest.raises(SakimoriError):
            decide(by=stranger)


def test_the_cabinet_offices_decision_drives_its_matching_and_an_undecided_suggestion_does_not(parties):
    rows = tuple(row.replace("Fortinet,FortiOS", "ふぉるてぃ,境界防御装置 二号") for row in ROWS)
    import_register(rows)
    warning.file_notification()
    warning.carry()
    (arrived,) = reading.read(viewer("meti", "officer"), "assets.notifications", status="received")
    door.perform("assets.notification.pass_on", {"notification": str(arrived["id"])}, by=viewer("meti", "officer"))

    def sure():
        found = reading.read(ANALYST, "analysis.findings")
        return {(one["product"], one["rule"]) for one in found if one["advisory__identifier"] == "CVE-1900-0001"}

    warning.match()
    assert sure() == set()
    written = {row["product"] for row in reading.read(ANALYST, "assets.notified_spellings")}
    assert SPELT["product"] in written
    made = decide(by=ANALYST)
    load = Advisory.objects.values_list("load", flat=True).first()
    door.perform("analysis.matching.run", {"load": str(load)}, by=ANALYST)
    assert sure() == {(SPELT["product"], "ruling")}
    reasons = [one["reason_en"] for one in reading.read(ANALYST, "analysis.findings") if one["rule"] == "ruling"]
    assert all(str(made.act) in one for one in reasons)
    door.perform("assets.name.undo", {"decision": str(made.subject.id)}, by=ANALYST)


def test_a_dictionary_is_loaded_whole_in_place_of_the_one_before(db):
    first = loading.load(LIST, "list.csv")
    assert (first.source, first.names, len(first.digest)) == ("CSV", 2, 64)
    (best, *_) = suggested("横河電機株式会社", "CENTUM VP R6")
    assert best.official.cpe == "a:yokogawa:centum_vp"
    loading.load(gzip.compress(b"vendor,product\nyamaha,rtx830\n"), "other.csv.gz")
    assert [one.product for one in OfficialName.objects.all()] == ["rtx830"]
    with pytest.raises(DictionaryError):
        loading.load(b"nonsense", "x")
    assert NameSource.objects.get().origin == "other.csv.gz"


def test_one_decides_and_goes_to_the_next_and_undoes_a_slip(register, enter):
    loading.load(LIST, "list.csv")
    client = enter("power", "reporter")
    page = client.get(reverse("assets:names")).content.decode()
    assert page.index(SPELT["product"]) < page.index("CENTUM VP")
    one = re.search(r'href="([^"]+names/one/[^"]+CENTUM[^"]+)"', page).group(1).replace("&amp;", "&")
    shown = client.get(one).content.decode()
    assert "a:yokogawa:centum_vp" in shown
    assert re.search(r'value="0" checked autofocus', shown), "the keyboard begins at the likely one"
    assert client.post(one, {"key": "k0"}).status_code == 422
    assert client.post(one, {"key": "k1", "choice": "0", "vendor-0": "x", "official-0": "y"}).status_code == 422
    sent = {"key": "k2", "choice": "0", **dict(re.findall(r'name="((?:vendor|official)-0)" value="([^"]+)"', shown))}
    done = client.post(one, sent)
    assert done.status_code == 302
    assert "names/one/" in done.headers["Location"]
    following = client.get(done.headers["Location"]).content.decode()
    assert "CENTUM" in following
    assert "Undo" in following
    (row,) = reading.read(REPORTER, "assets.name_decisions")
    assert (row["cpe"], row["product"]) == ("a:yokogawa:centum_vp", "CENTUM VP")
    computer = reading.read(REPORTER, "assets.register")[0]["id"]
    assert "Official name" in client.get(reverse("assets:computer", args=[computer])).content.decode()
    assert client.post(reverse("assets:undo_name", args=[row["id"]]), {"key": "k3"}).status_code == 302
    assert not reading.read(REPORTER, "assets.name_decisions")


def test_none_fits_and_a_typed_name_are_decisions_too(register, enter):
    client = enter("power", "reporter", language="ja")
    address = f"{reverse('assets:name')}?maker={SPELT['maker']}&product={SPELT['product']}"
    assert "該当なし" in client.get(address).content.decode()
    half = client.post(address, {"key": "a", "choice": "typed", "vendor": "Fortinet"})
    assert half.status_code == 422
    assert 'value="Fortinet"' in half.content.decode()
    client.post(address, {"key": "b", "choice": "typed", "vendor": "Fortinet", "official": "FortiOS"})
    assert reading.read_one(REPORTER, "assets.name_decisions")["rule"] == "typed"
    assert client.get(address).status_code == 200
    assert client.get(f"{reverse('assets:name')}?maker=x&product=y").status_code == 404
    assert 'name="choice"' not in enter("power", "viewer").get(address).content.decode()


@pytest.mark.parametrize("who", [("power", "reporter"), ("power", "viewer"), ("cabinet", "analyst")])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_opens_empty(parties, enter, who, language):
    page = enter(*who, language=language).get(reverse("assets:names"))
    assert page.status_code == 200
    assert enter(*who, language=language).get(reverse("assets:names") + "?decided=1").status_code == 200


def run(*arguments):
    return CliRunner().invoke(main, ["names", *arguments])


@pytest.mark.django_db
def test_the_command_loads_shows_and_says_plainly_what_it_cannot(tmp_path):
    path = tmp_path / "kev.json"
    path.write_text(json.dumps({"vulnerabilities": [{"vendorProject": "Fortinet", "product": "FortiOS"}]}))
    assert "No dictionary" in run("show").output
    loaded = run("load", str(path))
    assert loaded.exit_code == 0, loaded.output
    assert "KEV: 1 件" in run("show").output
    assert "FortiOS" in run("show", "フォーティネット", "FortiGate 60F").output
    assert run("show", "不明", "不明").exit_code == 1
    refused = run("load", str(path), "--digest", "0" * 64)
    assert refused.exit_code != 0
    assert "SHA-256" in refused.output
    (tmp_path / "bad").write_bytes(b"\x00\x01")
    bad = run("load", str(tmp_path / "bad"))
    assert bad.exit_code != 0
    assert "Traceback" not in bad.output


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "file:///etc/passwd", "https://127.0.0.1:9/x", "https://"])
@pytest.mark.django_db
def test_nothing_is_fetched_but_over_https_and_a_failure_changes_nothing(url):
    refused = run("fetch", "kev", "--url", url)
    assert refused.exit_code != 0
    assert "Nothing has changed" in refused.output
    assert "Traceback" not in refused.output
    assert not NameSource.objects.exists()
    assert all(one.startswith("https://") for one in command.SOURCES.values())


def test_the_register_shows_what_was_decided(register, enter):
    client = enter("power", "reporter")
    address = reverse("assets:register")
    assert "Official name" not in client.get(address).content.decode()
    decide()
    page = client.get(address).content.decode()
    assert "Official name" in page
    assert page.count("Fortinet FortiOS") == 2
    assert "Fortinet FortiOS" in client.get(address + "?format=csv").content.decode()
