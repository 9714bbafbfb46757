"""Secrets do not belong here: a marking is asked about before anything is stored, by every way in."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sakimori.acts import door, proposals, secrecy
from sakimori.acts.errors import RefusedError
from sakimori.acts.models import Act, ActContent, BatchItem, StagedFile
from sakimori.assets import drafting
from sakimori.assets.models import Notification, Upload
from tests.assets.another_way import entry, typed
from tests.support import files
from tests.support.deployment import viewer
from tests.support.filing import ROWS, csv, file_notification, import_register

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("marking", ["特定秘密", "重要経済安保情報", "特別防衛秘密", "極秘", "特 定\n秘 密"])
def test_the_door_refuses_a_marking_with_the_article(parties, marking):
    with pytest.raises(secrecy.SecrecyError) as refused:
        door.perform("assets.entry.record", entry(note=f"（{marking}）"), by=viewer("meti", "intake"))
    assert refused.value.article.startswith("特定秘密保護法3")
    assert refused.value.mend.ja
    assert not Notification.objects.exists()


def test_a_stated_mention_stands_in_the_act_and_only_where_there_is_one(parties):
    with secrecy.stating("法律の名の引用"):
        marked = door.perform("assets.entry.record", entry(note="特定秘密保護法"), by=viewer("meti", "intake"))
        plain = door.perform("assets.entry.record", entry(reference="2"), by=viewer("meti", "intake"))
    said = [json.loads(bytes(ActContent.objects.get(id=done.act).content)) for done in (marked, plain)]
    assert said[0]["mention"] == "法律の名の引用"
    assert "mention" not in said[1]
    assert secrecy.stated({"note": "特定秘密"}) == ""


def test_ordinary_words_are_not_asked_about(parties):
    for note in ("秘密鍵", "機密性2情報", "特定の秘匿", "重要経済基盤"):
        assert secrecy.found(note) == ""


def test_a_proposal_is_refused_when_it_is_made_not_when_it_is_confirmed(parties):
    import_register()
    with secrecy.stating("製品名に含まれるだけ"):
        import_register((ROWS[0].replace("P-001", "P-099").replace("CENTUM VP", "極秘システム"),))
        payload = drafting.draft(viewer("power", "reporter"), "発電設備の監視制御システム")
        made = proposals.propose("assets.notification.file", payload, by=viewer("power", "reporter"))
    assert proposals.confirm(made.id, by=viewer("power", "approver")).act
    with pytest.raises(RefusedError):
        file_notification()


def test_staged_rows_are_looked_through(parties):
    by = viewer("power", "reporter")
    with pytest.raises(secrecy.SecrecyError):
        import_register((ROWS[0].replace("監視制御サーバー", "特定秘密サーバー"),), by=by)
    assert BatchItem.objects.exists()
    assert not Act.objects.filter(kind="assets.register.import").exists()


def test_the_page_asks_keeps_everything_and_goes_on_with_the_statement(enter):
    client = enter("meti", "intake")
    sent = {**typed(**{"f-note": "特定秘密の\n表示あり"}), "files": SimpleUploadedFile("scan.pdf", files.PDF)}
    answer = client.post(reverse("assets:enter"), sent)
    assert answer.status_code == 422
    page = text(answer)
    digest = StagedFile.objects.get().digest
    for said in ("Is this a secret?", "特定秘密の\n表示あり", "受付 5", digest, 'name="mention"', "活用法3"):
        assert said in page, said
    assert not Notification.objects.exists()
    again = {**typed(**{"f-note": "特定秘密の\n表示あり"}), "attached": digest, "mention": "引用"}
    done = client.post(reverse("assets:enter"), again, follow=True)
    assert "scan.pdf" in text(done)
    act = Act.objects.get(kind="assets.entry.record")
    assert json.loads(bytes(ActContent.objects.get(id=act.id).content))["mention"] == "引用"


def test_an_empty_statement_is_none(enter):
    answer = enter("meti", "intake").post(reverse("assets:enter"), {**typed(**{"f-note": "極秘"}), "mention": "  "})
    assert answer.status_code == 422
    assert not Notification.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_an_uploaded_list_is_looked_through_before_it_is_kept(enter, encoding):
    data = csv((ROWS[0].replace("監視制御サーバー", "極秘サーバー"),), encoding)
    answer = enter("power", "reporter").post(reverse("assets:import"), {"file": SimpleUploadedFile("台帳.csv", data)})
    assert answer.status_code == 422
    assert "Is this a secret?" in text(answer)
    assert "台帳.csv" in text(answer)
    assert not Upload.objects.exists()


def test_a_machine_is_refused_and_states_it_in_a_header(enter, token):
    client, body = token, json.dumps(entry(note="極秘"))
    address = "/api/v1/acts/assets.entry.record"
    refused = client.post(address, body, content_type="application/json")
    assert "act.secrecy" in refused.content.decode()
    done = client.post(address, body, content_type="application/json", headers={"X-Sakimori-Mention": "quoted"})
    assert done.status_code in (200, 201, 202), done.content
    assert not Notification.objects.filter(note="").exists()


@pytest.fixture
def token(enter):
    """Return a browser session that calls the API."""
    return enter("meti", "intake")


def test_a_marking_in_the_name_of_a_file_is_asked_about(enter):
    upload = SimpleUploadedFile("特定秘密（控え）.pdf", b"%PDF-1.7\n%%EOF\n")
    answer = enter("meti", "intake").post(reverse("assets:enter"), {**typed(), "attachments": upload})
    assert answer.status_code == 422
    assert not Notification.objects.exists()
