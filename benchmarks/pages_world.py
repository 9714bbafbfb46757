# ruff: noqa: ARG005, E501, S608 - a bench: rows as tables, one lambda a column
"""A world of 257 operators with 20,000 notified computers each, laid straight into the tables (benchmark only).

Rows are written in bulk with the guard's door held open; nothing here goes through an act, so no log vouches for it.
"""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from sakimori.acts.models import Act, Notice, Obligation, Proposal, ReadRecord, ReadSubject, Watch
from sakimori.analysis.models import Advisory, Assessment, Finding
from sakimori.assets.models import Computer, Duty, Notification, NotifiedItem, NotifiedProduct
from sakimori.assets.models import Finding as Place
from sakimori.custody.models import Engine, Selection
from sakimori.incidents.models import Case, Report
from sakimori.measures.models import Measure
from sakimori.oversight.models import HandlingNotice, Matter
from sakimori.parties.models import Organisation
from sakimori.record import open_door
from sakimori.warnings.models import IssuedWarning, Received, Recipient
from tests.support import deployment

W = deployment.WORLD
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
MAKERS = (
    "富士通",
    "日立製作所",
    "三菱電機",
    "日本電気",
    "東芝",
    "横河電機",
    "Cisco",
    "Fortinet",
    "Siemens",
    "Microsoft",
)
KINDS = (
    "制御サーバー",
    "監視端末",
    "ファイアウォール",
    "中継装置",
    "データベース",
    "認証サーバー",
    "スイッチ",
    "保守端末",
)
DISTINCT = 20_000  # products there are in the country
EACH = 400  # products one operator has
REPORTED = {"items": ["reported_information"]}


def product(number: int) -> tuple[str, str]:
    """Return maker and name of a product."""
    return MAKERS[number % len(MAKERS)], f"{KINDS[number // 7 % len(KINDS)]} {number:05}型"


def ago(number: int) -> datetime:
    """Return a time so many hours ago."""
    return NOW - timedelta(hours=number)


def fill(model: type[models.Model], so_many: int, /, **given: Callable[[int], Any]) -> None:
    """Create rows; what is not given is something of the field's kind, or its default."""
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, models.AutoField)]  # noqa: SLF001
    rows = ({one.attname: _value(one, number, given) for one in fields} for number in range(so_many))
    while chunk := [model(**row) for row in itertools.islice(rows, 2000)]:
        model._default_manager.bulk_create(chunk, batch_size=500)  # noqa: SLF001


def _value(field: Any, number: int, given: dict[str, Callable[[int], Any]]) -> Any:
    if field.attname in given:
        return given[field.attname](number)
    if field.name == "world":
        return W
    if field.has_default():
        return field.get_default()
    if field.null:
        return None
    kinds: tuple[tuple[Any, Any], ...] = (
        (models.UUIDField, uuid.uuid5(uuid.NAMESPACE_OID, f"{field.name}{number}")),
        (models.DateTimeField, ago(number % 9000)),
        (models.DateField, date(2026, 1, 1) + timedelta(days=number % 300)),
        (models.BooleanField, number % 2 == 0),
        (models.IntegerField, number % 90),
        (models.BinaryField, b""),
        (models.JSONField, {}),
    )
    return next((value for kind, value in kinds if isinstance(field, kind)), "")


def build(operators: int, computers: int) -> None:
    """Lay the whole world down."""
    fixed = deployment.fixed
    power, meti, cabinet, committee = (fixed(name) for name in ("power", "meti", "cabinet", "committee"))
    ids = [power, *(uuid.uuid5(uuid.NAMESPACE_URL, f"operator-{n}") for n in range(1, operators))]

    def operator(number: int) -> uuid.UUID:
        return ids[number % len(ids)]

    _quick()
    with transaction.atomic(), open_door("bench"):
        fill(
            Organisation, operators - 1, id=lambda n: ids[n + 1], type=lambda n: "operator",
            name_ja=lambda n: f"架空事業者第{n:03}号", name_en=lambda n: f"Fictitious operator {n:03}",
            deployment=lambda n: deployment.NAME,
        )  # fmt: skip
        filings = [uuid.uuid5(uuid.NAMESPACE_URL, f"filing-{n}") for n in range(operators * 4)]
        fill(
            Notification, len(filings), id=lambda n: filings[n], side=lambda n: "minister", organisation=operator,
            owner=operator, minister=lambda n: meti, facility_category=lambda n: f"設備区分{n % 9}の監視制御",
            count=lambda n: computers // 4, filed_at=ago, arrived_at=ago, labels=lambda n: REPORTED,
            status=lambda n: "received" if n % 50 == 0 else "passed_on",
            passed_on_at=lambda n: None if n % 50 == 0 else ago(n),
        )  # fmt: skip
        _items(ids, filings, computers // 4)
        _own(power, computers)
        _floor(power, meti, cabinet, operator)
        _rooms(power, meti, cabinet, committee, operator)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _quick() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for pragma in ("synchronous=OFF", "cache_size=-400000", "secure_delete=OFF"):
                cursor.execute(f"PRAGMA {pragma}")


def _items(ids: list[uuid.UUID], filings: list[uuid.UUID], count: int) -> None:
    """Write the items as tuples: five million of them."""
    table = NotifiedItem._meta.db_table  # noqa: SLF001
    sqlite = connection.vendor == "sqlite"
    labels = json.dumps(REPORTED)

    def rows(place: int) -> Iterator[tuple[Any, ...]]:
        owner, filing = ids[place % len(ids)], filings[place]
        start = place % len(ids) * 131
        for position in range(1, count + 1):
            maker, name = product((start + position % EACH * 37) % DISTINCT)
            identity = uuid.UUID(int=place * 1_000_000 + position)
            given = (identity, owner, filing, owner)
            keys = [one.hex for one in given] if sqlite else list(given)
            yield (keys[0], W, keys[1], labels, keys[2], position, keys[3], f"A-{position % 5 + 1}", name, maker)

    names = "id, world, owner, labels, notification_id, position, organisation, clause, product, maker"
    with connection.cursor() as cursor:
        for place in range(len(filings)):
            if sqlite:
                connection.connection.executemany(
                    f"INSERT INTO {table} ({names}) VALUES (?,?,?,?,?,?,?,?,?,?)",
                    rows(place),
                )
            else:
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in rows(place):
                        copy.write_row(row)
    made = range(len(filings) * EACH)

    def named(number: int) -> tuple[str, str]:
        place, nth = divmod(number, EACH)
        return product((place % len(ids) * 131 + nth * 37) % DISTINCT)

    fill(
        NotifiedProduct, len(made), notification_id=lambda n: filings[n // EACH], owner=lambda n: ids[n // EACH % len(ids)],
        organisation=lambda n: ids[n // EACH % len(ids)], maker=lambda n: named(n)[0], product=lambda n: named(n)[1],
        computers=lambda n: count // EACH, labels=lambda n: REPORTED,
    )  # fmt: skip


def _own(power: uuid.UUID, computers: int) -> None:
    """The operator's own register of private computers."""
    fill(Place, 1, digest=lambda n: "bench", content=lambda n: {})
    fill(
        Duty, 5, organisation=lambda n: power, rule=lambda n: "kyokaho.notice.existing",
        facility=lambda n: deployment.fixed("power.facility"), begins=lambda n: date(2026, 10, 1) + timedelta(days=n),
    )  # fmt: skip
    place = Place.objects.get(digest="bench")
    duties = list(Duty.objects.filter(organisation=power).values_list("id", flat=True))
    fill(
        Computer, computers, organisation=lambda n: power, owner=lambda n: power, key=lambda n: f"K-{n:06}",
        facility=lambda n: deployment.fixed("power.facility"), name=lambda n: f"{KINDS[n % 8]}{n:05}号機",
        maker=lambda n: product(n)[0], product=lambda n: product(n)[1], unit=lambda n: "appliance",
        scope=lambda n: "in" if n % 3 else "out", clause=lambda n: f"A-{n % 5 + 1}" if n % 3 else "",
        notify=lambda n: "yes" if n % 3 else "", finding_id=lambda n: place.id, duty_id=lambda n: duties[n % 5],
        labels=lambda n: {"private": ["private_inventory"]},
    )  # fmt: skip


def _floor(power: uuid.UUID, meti: uuid.UUID, cabinet: uuid.UUID, operator: Callable[[int], uuid.UUID]) -> None:
    parties = (power, meti, cabinet, deployment.fixed("committee"))
    kinds = (
        "assets.notification.file",
        "assets.notification.pass_on",
        "acts.notice.open",
        "incidents.first_report.file",
    )
    fill(
        Act, 60_000, number=lambda n: 1_000_000 + n, kind=lambda n: kinds[n % 4], organisation=lambda n: parties[n % 4],
        recorded_at=ago, occurred_at=ago, role=lambda n: "officer", basis=lambda n: ["強化法4(1)"],
    )  # fmt: skip
    fill(
        Notice, 20_000, addressee=lambda n: parties[n % 4], created_at=ago, kind=lambda n: kinds[n % 2],
        title_ja=lambda n: f"届出が届きました {n}", title_en=lambda n: f"A notification has arrived {n}",
        opened_at=lambda n: None if n % 9 == 0 else ago(n),
    )  # fmt: skip
    said = {"basis": "命令4条2項", "derivation": ["ja|en"], "reason": ""}
    fill(
        Obligation, 12_000, bearer=lambda n: parties[n % 3] if n % 2 else operator(n), rule=lambda n: "kyokaho.notice.existing",
        title_ja=lambda n: f"届出の期限 {n}", title_en=lambda n: f"Notification due {n}", subject_type=lambda n: "assets.duty",
        due_on=lambda n: date(2027, 1, 1) + timedelta(days=n % 90), derivation=lambda n: said, begins=lambda n: "2026-10-01",
        status=lambda n: "open" if n % 4 == 0 else "settled",
    )  # fmt: skip
    owed = list(Obligation.objects.filter(title_ja__startswith="届出の期限").values_list("id", flat=True)[:6000])
    fill(Watch, len(owed), obligation_id=lambda n: owed[n], organisation=lambda n: (meti, cabinet)[n % 2])
    fill(
        Proposal, 2_000, kind=lambda n: kinds[n % 2], payload=lambda n: {"facility_category": "x", "rows": []},
        organisation=lambda n: parties[n % 4], proposed_at=ago, expires_at=lambda n: NOW + timedelta(days=n % 9),
        person=lambda n: deployment.fixed("power.reporter"),
    )  # fmt: skip
    fill(ReadRecord, 50_000, query=lambda n: "assets.notification_items", organisation=lambda n: cabinet, read_at=ago)
    readings = list(ReadRecord.objects.values_list("id", flat=True)[:50_000])
    acts = list(Act.objects.order_by("number").values_list("id", flat=True))  # of the four parties in turn
    fill(
        ReadSubject, 200_000, reading_id=lambda n: readings[n % len(readings)], subject=lambda n: acts[n % len(acts)],
        filer=lambda n: None if parties[n % 4] == cabinet else parties[n % 4],
        read_at=lambda n: None if parties[n % 4] == cabinet else ago(n % len(readings)),
    )  # fmt: skip


def _rooms(
    power: uuid.UUID, meti: uuid.UUID, cabinet: uuid.UUID, committee: uuid.UUID, operator: Callable[[int], uuid.UUID]
) -> None:
    fill(
        Case, 600, organisation=lambda n: power, owner=lambda n: power, title=lambda n: f"不審な通信の検知 {n}",
        nature=lambda n: "incident", attack=lambda n: "ddos", aware_at=ago,
    )  # fmt: skip
    fill(
        Report, 4_000, reporter=operator, owner=operator, addressee=lambda n: (meti, cabinet)[n % 2],
        lane=lambda n: "kyokaho", stage=lambda n: "first", form=lambda n: 1, version=lambda n: 1, received_at=ago,
        labels=lambda n: {"report": ["reported_information"]}, outline=lambda n: {"name": "架空"},
    )  # fmt: skip
    fill(
        Advisory, 20_000, identifier=lambda n: f"CVE-2025-{n:05}", source=lambda n: "bench", title=lambda n: f"脆弱性 {n}",
        vendor=lambda n: product(n)[0], product=lambda n: product(n)[1],
    )  # fmt: skip
    known = list(Advisory.objects.filter(source="bench").values_list("id", flat=True))
    fill(
        Finding, 20_000, advisory_id=lambda n: known[n], reach=lambda n: "notified", operator=operator,
        minister=lambda n: meti, maker=lambda n: product(n)[0], product=lambda n: product(n)[1], grade=lambda n: "exact",
        reason_ja=lambda n: "名称が一致", reason_en=lambda n: "same name", labels=lambda n: {"operators": ["reported_information"]},
        owner=operator,
    )  # fmt: skip
    touched = [str(one) for one in Finding.objects.values_list("id", flat=True)[:500]]
    fill(
        Assessment, 300, minister=lambda n: meti, title=lambda n: f"分析 {n}", findings=lambda n: touched, provided_at=ago,
        indicators=lambda n: [],
    )  # fmt: skip
    fill(
        IssuedWarning, 600, released_by=lambda n: (meti, cabinet)[n % 2], basis=lambda n: "40(1)", tlp=lambda n: "tlp:amber",
        title_ja=lambda n: f"警告 {n}", title_en=lambda n: f"Warning {n}", released_at=ago,
        advisories=lambda n: ["CVE-2025-00001"], indicators=lambda n: [],
    )  # fmt: skip
    warned = list(IssuedWarning.objects.order_by("-released_at", "id").values_list("id", flat=True)[:20])
    fill(
        Recipient, 257 * len(warned), warning_id=lambda n: warned[n // 257], organisation=operator,
        reason_ja=lambda n: "届け出た製品に該当",
    )  # fmt: skip
    fill(
        Received, 600, organisation=lambda n: power, sender=lambda n: meti, received_at=ago,
        content=lambda n: {"title_ja": f"警告 {n}", "title_en": f"Warning {n}", "basis": "40(1)"},
    )  # fmt: skip
    fill(
        Matter, 400, committee=lambda n: committee, requester=lambda n: cabinet, basis=lambda n: "17", received_at=ago,
        number=lambda n: f"監 {n}",
    )  # fmt: skip
    fill(
        HandlingNotice, 3_000, committee=lambda n: committee, sender=lambda n: cabinet, what=lambda n: "selection",
        happened_at=ago, received_at=ago, findings=lambda n: [], authority=lambda n: f"監 {n}",
    )  # fmt: skip
    fill(
        Measure, 400, organisation=lambda n: cabinet, basis=lambda n: "17", equipment=lambda n: f"設備 {n}", filed_at=ago,
        conditions=lambda n: [], status=lambda n: "approved", number=lambda n: f"監 {n}",
    )  # fmt: skip
    fill(Engine, 1, organisation=lambda n: cabinet, name=lambda n: "選別装置", valid_from=lambda n: ago(9000))
    engine = Engine.objects.first()
    fill(
        Selection, 600, organisation=lambda n: cabinet, engine_id=lambda n: engine.id if engine else None,
        authority=lambda n: f"監 {n}", ended_at=ago, recorded_at=ago, started_at=ago, receipt_digest=lambda n: f"{n:064}",
        order=lambda n: uuid.uuid5(uuid.NAMESPACE_OID, f"order{n}"),
    )  # fmt: skip
