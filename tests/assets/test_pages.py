"""The room on the site: from a file to an arrived notification, every fault on the way, and who may see what."""

import csv as csvfile
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sakimori import proofs
from sakimori.acts import door, keys
from sakimori.acts.models import Act, Proposal, ReadRecord, Received
from sakimori.assets.models import Computer, ComputerChange, Duty, Notification, Upload
from tests.support.deployment import WORLD, fixed, viewer
from tests.support.filing import ROWS, csv, file_notification, import_register
from tests.support.warning import carry

pytestmark = pytest.mark.django_db

CATEGORY = "発電設備の監視制御システム"
BAD = ROWS[1].replace("P-002", "P-012").replace("令和7年4月1日", "令和31年2月30日").replace("機器", "冷蔵庫")


def text(answer):
    return answer.content.decode()


def send(client, data, name="台帳.csv"):
    return client.post(reverse("assets:import"), {"file": SimpleUploadedFile(name, data)}, follow=True)


def rows_of(answer):
    return list(csvfile.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_an_empty_register_says_what_to_do_next(enter):
    page = text(enter("power", "reporter").get(reverse("assets:register")))
    assert reverse("assets:import") in page
    assert "nothing leaves this installation" in page


def test_every_fault_is_listed_downloadable_and_nothing_is_applied(enter):
    client = enter("power", "reporter", language="ja")
    page = send(client, csv((ROWS[0], BAD)))
    assert page.status_code == 200
    for said in ("令和31年2月30日", "冷蔵庫", "誤り 2件", "何も取り込んでいません", "次のいずれか: アプライアンス"):
        assert said in text(page)
    upload = Upload.objects.get()
    found = rows_of(client.get(reverse("assets:uploaded", args=[upload.id]), {"format": "csv"}))
    assert found[0][:4] == ["行", "列", "誤り", "直し方"]
    assert [(row[0], row[1]) for row in found[1:]] == [("3", "種別"), ("3", "導入日")]
    refused = client.post(reverse("assets:uploaded", args=[upload.id]), {"action": "import"})
    assert refused.status_code == 422
    assert not Computer.objects.exists()
    assert (upload.batch, upload.faulty, upload.count) == (None, 1, 2)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"PK\x03\x04", "Excel"),
        (b"", "empty"),
        (csv(()), "heading but no row"),
    ],
)
def test_a_file_that_is_no_list_is_refused_on_the_page(enter, data, said):
    answer = send(enter("power", "reporter"), data, "list.csv")
    assert answer.status_code == 422
    assert said in text(answer)
    assert "How to mend it:" in text(answer)
    assert not Upload.objects.exists()


def test_no_file_is_told(enter):
    answer = enter("power", "reporter").post(reverse("assets:import"))
    assert answer.status_code == 422
    assert "No file was chosen" in text(answer)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_clean_file_is_previewed_and_only_then_imported_once(enter, encoding):
    client = enter("power", "reporter")
    page = text(send(client, csv(encoding=encoding)))
    for said in (
        "Nothing has been applied yet",
        "2027-03-31",
        "Order Art. 1(1)(iii)",
        "Import 5 computers",
        "made for one operator",
    ):
        if said != "made for one operator":
            assert said in page
    assert "designated as generally used" in page  # why Windows is exempt
    assert not Computer.objects.exists()
    address = reverse("assets:uploaded", args=[Upload.objects.get().id])
    for _ in range(2):
        assert client.post(address, {"action": "import"}).status_code == 302
    assert Computer.objects.count() == 5
    assert Act.objects.filter(kind="assets.register.import").count() == 1
    assert "5 computers have been imported" in text(client.get(address))
    again = text(send(client, csv()))
    assert "The register says the same already" in again


def test_two_uploads_of_one_list_cannot_both_be_imported(enter):
    client = enter("power", "reporter")
    first, second = (send(client, csv()).redirect_chain[-1][0] for _ in range(2))
    assert client.post(first, {"action": "import"}).status_code == 302
    late = client.post(second, {"action": "import"})
    assert late.status_code == 409
    assert "5 key(s) are in the register already" in text(late)
    assert Computer.objects.count() == 5


def test_a_preview_can_be_discarded(enter):
    client = enter("power", "reporter")
    send(client, csv())
    address = reverse("assets:uploaded", args=[Upload.objects.get().id])
    assert client.post(address, {"action": "discard"}).status_code == 302
    assert not Upload.objects.exists()
    assert client.get(address).status_code == 404


def test_unread_columns_are_named(enter):
    page = text(send(enter("power", "reporter"), csv().replace("直近のルーター".encode(), "直近のルータ".encode())))
    assert "These columns were not read:" in page
    assert "直近のルータ" in page


def test_the_register_filters_sorts_and_exports_harmlessly(enter):
    formulas = ("=cmd|'/c calc'!A1", "@SUM(1)", "＝cmd", "-2+3", "+81-3")
    bad = [ROWS[0].replace("P-001", f"P-9{n}").replace("監視制御サーバー", one) for n, one in enumerate(formulas)]
    rows = (*ROWS, *bad)
    import_register(rows)
    client, address = enter("power", "reporter"), reverse("assets:register")
    page = text(client.get(address, {"q": "fortios"}))
    assert "P-002" in page
    assert "P-001" not in page
    assert "P-003" in text(client.get(address, {"notify": "exempt"}))
    assert "P-001" not in text(client.get(address, {"notify": "exempt"}))
    page = text(client.get(address, {"sort": "-key"}))
    assert page.index("P-005") < page.index("P-001")
    for broken in ({"sort": "facts"}, {"page": "999999999999"}, {"page": "-1"}, {"notify": "x"}, {"q": "'; --"}):
        assert client.get(address, broken).status_code == 200
    exported = rows_of(client.get(address, {"format": "csv"}))
    assert len(exported) == 11
    names = {row[exported[0].index("Name")] for row in exported[1:]}
    assert names >= {f"'{formula}" for formula in formulas}


def test_a_computer_shows_clause_reasons_and_what_would_change_it(enter):
    import_register()
    computer = Computer.objects.get(key="P-002")
    page = text(enter("power", "viewer").get(reverse("assets:computer", args=[computer.id])))
    for said in (
        "Order Art. 1(1)(iii)",
        "What would change it:",
        "It must be notified",
        "By which clock?",
        "31 Mar 2027",
    ):
        assert said in page
    assert "Record a change" not in page  # a viewer changes nothing


def test_an_open_question_is_answered_on_the_page_and_the_computer_is_placed_anew(enter):
    import_register((ROWS[1].replace("×,×,×,○,×,×,×,×,×,×", ",,,,,,,,,"),))
    computer = Computer.objects.get()
    assert (computer.scope, computer.notify) == ("open", "open")
    client, address = enter("power", "reporter"), reverse("assets:computer", args=[computer.id])
    assert 'name="fact-part_of_facility"' in text(client.get(address))
    answer = client.post(address, {"fact-part_of_facility": "yes", "key": "a"}, follow=True)
    assert "placed anew under the law" in text(answer)
    computer.refresh_from_db()
    assert (computer.scope, computer.clause, computer.notify) == ("in", "rei1-3-1", "yes")
    assert computer.duty.rule == "kyokaho.notice.existing"
    assert "2027-03-31" in text(client.get(reverse("assets:duties")))
    assert client.post(address, {"key": "b"}).status_code == 422  # nothing answered


def test_an_answer_about_a_notified_computer_asks_since_when(enter):
    import_register((ROWS[0].replace("○,×,×,×,×,×,×,×,×,×", "○,,,,,,,,,"),))
    file_notification()
    carry()
    computer = Computer.objects.get()
    payload = {"computer": str(computer.id), "changed_on": "2026-11-10", "facts": {"part_of_facility": False}}
    door.perform("assets.computer.change", payload, by=viewer("power", "reporter"))
    client, address = enter("power", "reporter"), reverse("assets:computer", args=[computer.id])
    assert 'name="changed_on" value=""' in text(client.get(address))
    typed = {"fact-sends_unrouted": "yes", "key": "a"}
    for day in ("", "2026-13-01"):
        refused = client.post(address, {**typed, "changed_on": day})
        assert refused.status_code == 422, day
        assert f'name="changed_on" value="{day}"' in text(refused)
        assert '<option value="yes" selected>' in text(refused)
    told = ComputerChange.objects.count()
    done = client.post(address, {**typed, "changed_on": "46345"})  # 2026-11-19, as a spreadsheet gives it
    assert done.status_code == 302
    assert ComputerChange.objects.count() == told + 1
    assert str(ComputerChange.objects.latest("recorded_at").changed_on) == "2026-11-19"


def test_duties_say_what_by_when_why_and_how_far(enter):
    import_register()
    client = enter("power", "reporter")
    page = text(client.get(reverse("assets:duties")))
    for said in ("2027-03-31", "127 days left", "0 of 2 computers arrived", "Act Suppl. Art. 4"):
        assert said in page
    file_notification()
    carry()
    page = text(client.get(reverse("assets:duties")))
    assert "2 of 2 computers arrived" in page
    assert "fulfilled" in page
    duty = Duty.objects.get(rule="kyokaho.notice.existing")
    assert "2 of 2" in text(client.get(reverse("assets:duty", args=[duty.id])))
    computer = Computer.objects.get(key="P-001")
    payload = {"computer": str(computer.id), "retired_on": "2026-11-24"}
    door.perform("assets.computer.retire", payload, by=viewer("power", "reporter"))
    assert "2 of 2" in text(client.get(reverse("assets:duty", args=[duty.id])))  # it was notified, and stays so
    gone = text(client.get(reverse("assets:computer", args=[computer.id])))
    assert "No longer used." in gone
    assert "What the law said of it while it was used:" in gone
    assert "31 Mar 2027" not in gone


def test_what_is_drafted_proposed_confirmed_filed_and_received_are_the_same_bytes(enter):
    import_register()
    reporter, approver = enter("power", "reporter"), enter("power", "approver")
    address = reverse("assets:drafts")
    page = reporter.get(address, {"category": CATEGORY})
    drafted = reporter.get(address, {"category": CATEGORY, "format": "json"}).content
    digest = page.context["letter"].digest
    for said in (digest, "Minister A (fictitious)", "CENTUM VP", "Order Art. 1(1)(iii)"):
        assert said in text(page)
    for private in ("監視制御サーバー", "Windows"):
        assert private not in text(page)
    assert b"P-001" not in drafted  # the key stands beside the rows, marked as not leaving
    assert "P-001" not in page.context["letter"].text
    proposed = reporter.post(address, {"category": CATEGORY, "digest": digest, "key": "once"})
    again = reporter.post(address, {"category": CATEGORY, "digest": digest, "key": "once"})
    assert proposed.headers["Location"] == again.headers["Location"]
    filing = proposed.headers["Location"].partition("?")[0]
    assert "somebody else must confirm" in text(reporter.get(filing))
    assert 'value="confirm"' not in text(reporter.get(filing))
    page = text(approver.get(filing))
    assert digest in page
    assert 'value="confirm"' in page
    assert approver.get(filing, {"format": "json"}).content == drafted
    proposal = Proposal.objects.get()
    assert filing in text(approver.get(reverse("proposal", args=[proposal.id])))
    approver.post(reverse("proposal", args=[proposal.id]), {"action": "confirm", "key": "k"})
    carry()
    envelope = proofs.verify_envelope(bytes(Received.objects.get().content), keys.ring(WORLD))
    arrived = json.loads(envelope.act.content)["payload"]
    assert proofs.canonical(arrived) == drafted
    own = Notification.objects.get(side="operator")
    page = text(reporter.get(reverse("assets:notification", args=[own.id])))
    for said in ("Prepared", "Approved", "Sent", "Arrived", "Signed acknowledgement", "Evidence"):
        assert said in page


def test_a_draft_that_is_no_longer_what_was_shown_is_not_proposed(enter):
    import_register(ROWS[:1])
    client = enter("power", "reporter")
    digest = client.get(reverse("assets:drafts"), {"category": CATEGORY}).context["letter"].digest
    import_register(ROWS[1:2])
    answer = client.post(reverse("assets:drafts"), {"category": CATEGORY, "digest": digest, "key": "k"})
    assert answer.status_code == 409
    assert "nothing was proposed" in text(answer)
    assert "FortiOS" in text(answer)
    assert not Proposal.objects.exists()


def test_the_ministry_passes_on_once_and_the_cabinet_office_sees_it_then(enter):
    import_register()
    file_notification()
    carry()
    officer, cabinet = enter("meti", "officer"), enter("cabinet", "analyst")
    for client in (officer, cabinet):
        assert client.get(reverse("assets:register")).headers["Location"] == reverse("assets:notifications")
    assert "1 notification waits to be passed on" in text(officer.get(reverse("assets:notifications")))
    assert "No notification has arrived yet" in text(cabinet.get(reverse("assets:notifications")))
    arrived = Notification.objects.get(side="minister")
    address = reverse("assets:notification", args=[arrived.id])
    assert cabinet.get(address).status_code == 404
    assert "FortiOS" in text(officer.get(address))
    assert 'class="main"' not in text(enter("meti", "intake").get(address))
    for _ in range(2):
        assert officer.post(address).status_code == 302
    assert Act.objects.filter(kind="assets.notification.pass_on").count() == 1
    assert "FortiOS" in text(cabinet.get(address))
    before = ReadRecord.objects.filter(query="assets.spread").count()
    page = text(cabinet.get(reverse("assets:products")))
    assert "Fortinet" in page
    assert "this reading has been recorded" in page
    assert ReadRecord.objects.filter(query="assets.spread").count() == before + 1
    assert officer.get(reverse("assets:products")).status_code == 403


@pytest.mark.parametrize(
    ("organisation", "role"), [("rail", "reporter"), ("meti", "officer"), ("vendor", "vendor_contact")]
)
def test_nobody_else_sees_anything_of_an_operators_room(enter, organisation, role):
    import_register()
    send(enter("power", "reporter"), csv((BAD,)))
    file_notification()
    client = enter(organisation, role)
    things = {
        "assets:computer": Computer.objects.first().id,
        "assets:uploaded": Upload.objects.get().id,
        "assets:duty": Duty.objects.first().id,
        "assets:notification": Notification.objects.get(side="operator").id,
        "assets:filing": Proposal.objects.get().id,
    }
    for name, identity in things.items():
        answer = client.get(reverse(name, args=[identity]))
        assert answer.status_code in (403, 404), name
        assert "Forti" not in text(answer)
    for name in ("assets:register", "assets:duties", "assets:notifications", "assets:drafts", "assets:import"):
        assert "Forti" not in text(client.get(reverse(name), follow=True))


@pytest.mark.parametrize("role", ["viewer", "administrator"])
def test_roles_that_do_not_act_are_offered_nothing_to_do(enter, role):
    client = enter("power", role)
    assert client.get(reverse("assets:import")).status_code == 403
    assert send(client, csv()).status_code == 403
    assert client.get(reverse("assets:drafts")).status_code == 403
    assert not Upload.objects.exists()


def test_opening_shows_on_the_filing_side(enter):
    import_register()
    file_notification()
    carry()
    own = Notification.objects.get(side="operator")
    client = enter("power", "reporter")
    assert "Nobody has opened it yet" in text(client.get(reverse("assets:notification", args=[own.id])))
    arrived = Notification.objects.get(side="minister")
    enter("meti", "intake").get(reverse("assets:notification", args=[arrived.id]))
    page = text(client.get(reverse("assets:notification", args=[own.id])))
    assert "Minister A (fictitious)" in page.partition("Who opened it")[2]


def test_old_previews_are_forgotten(enter):
    client = enter("power", "reporter")
    for number in range(12):
        send(client, csv((ROWS[0].replace("P-001", f"Q-{number}"),)))
    assert Upload.objects.count() == 10
    assert fixed("power") == Upload.objects.first().organisation
    assert viewer("power", "reporter").person == Upload.objects.first().person


def test_the_desk_calls_the_register_by_one_word_and_counts_no_sums(enter):
    """The number beside a block's title is that of its cards: beside sums it would be read as that of computers."""
    import_register()
    desk = enter("power", "reporter").get(reverse("desk"), headers={"accept-language": "ja"}).content.decode()
    block = desk[desk.index('id="assets-register"') :].split("</section>")[0]
    assert block.startswith('id="assets-register">特定重要電子計算機</h2>')
    assert f"登録簿の電子計算機 {len(ROWS)}台" in block
    assert "登録簿を開く" in block
    assert "台帳" not in desk
