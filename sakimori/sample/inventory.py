"""Believable inventories: which computers an operator of the sample world has, as rows and as the CSV it would send.

Row number n of an operator is always the same, however many are asked for. The first round takes every sort of host
once, with the operator's most usual products. Facts are those of the law's table `kyokaho.scope`; `HEADINGS` is the one
place that maps them to the headings which the assets room reads.
"""

import csv
import io
import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

from sakimori.law.counting import clamp, shift_month
from sakimori.law.decisions.assets import ComputerFacts
from sakimori.law.eras import era
from sakimori.sample.drawing import Draw
from sakimori.sample.errors import SampleError
from sakimori.sample.organisations import Designation, SampleWorld, load
from sakimori.text import Text

FLAGS = tuple(one.name for one in fields(ComputerFacts) if one.name not in {"operator_designated", "connection"})
HEADINGS: Mapping[str, str] = {
    "key": "管理番号",
    "name": "名称",
    "facility": "特定重要設備",
    "maker": "製造者名",
    "product": "製品名",
    "unit": "種別",
    "version": "版",
    "serial": "製造番号",
    "address": "アドレス",
    "responsible": "担当",
    "asset_owner": "所有者",
    "position": "設置場所",
    "support_end": "サポート終了日",
    "host": "搭載機器",
    "introduced_on": "導入日",
    "connection": "設備との回線",
    "serves": "供用先",
    "part_of_facility": "設備の一部",
    "sends_unrouted": "経路制御なしで送信",
    "nearest_router": "直近のルーター",
    "nearest_firewall": "直近のファイアウォール",
    "relay_store": "中継保存",
    "keeps_network_diagram": "構成図の保存",
    "keeps_all_credentials": "識別符号の保存",
    "controls_access": "アクセス制御",
    "has_ip_address": "インターネットアドレス",
    "makes_interval_data": "定期データの作成",
    "absence_stops_facility": "欠けると停止",
    "interval_access_control": "定期データのアクセス制御",
}
_UNITS = {
    "appliance": "アプライアンス",
    "os": "OS",
    "middleware": "ミドルウェア",
    "application": "アプリケーション",
    "cloud": "クラウド",
}
_CONNECTIONS = {"private": "専用", "public_only": "公衆", "none": "なし"}
_SERVES = {"one_operator": "専用品", "same_group": "グループ専用", "others": "一般"}
_ANSWERS = {True: "○", False: "×", None: ""}
_NETS = {"control": "10.10.0.0/16", "edge": "10.20.0.0/16", "office": "10.30.0.0/16"}
_SERIAL_DIGITS = 16**6
DATES: Mapping[str, Callable[[date], str]] = {
    "iso": date.isoformat,
    "slash": lambda day: f"{day.year}/{day.month}/{day.day}",
    "era": era,
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One row of an inventory: one appliance, or one piece of software of a host.

    `facts` has every fact of the scope table but the operator's designation; None means not known to the operator.
    """

    key: str
    name: str
    facility: str
    maker: str
    product: str
    unit: str
    version: str
    serial: str
    address: str
    responsible: str
    asset_owner: str
    position: str
    support_end: date | None
    host: str
    introduced: date
    connection: str
    serves: str
    facts: Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class _Product:
    maker: str
    name: str
    unit: str
    use: tuple[str, ...]
    versions: tuple[str, ...]
    weight: int
    serves: str


@dataclass(frozen=True, slots=True)
class _Stock:
    """The data file, parsed."""

    spellings: Mapping[str, Sequence[str]]
    products: tuple[_Product, ...]
    hosts: tuple[Mapping[str, Any], ...]
    everybody: frozenset[str]
    departments: Sequence[str]
    positions: Sequence[str]
    support_percent: int
    support_years: tuple[int, int]
    oldest: date
    recent_from: date
    recent_percent: int


def inventory(world: SampleWorld, operator: str, count: int) -> Iterator[Asset]:
    """Yield the first `count` rows of an operator's inventory; the same rows every time.

    Raises:
        SampleError: the sample world has no such operator.
    """
    designation = world.designations.get(operator)
    if designation is None:
        raise SampleError(
            Text("見本の世界にない事業者です", "the sample world has no such operator"),
            where=operator,
            mend=Text(f"次のいずれか: {'、'.join(world.designations)}", f"one of: {', '.join(world.designations)}"),
        )
    stock = _stock()
    choices = _choices(designation, stock)
    number = 0
    host = 0
    while number < count:
        for asset in _host(world, designation, stock, choices, host):
            if number < count:
                yield asset
                number += 1
        host += 1


def csv_lines(assets: Iterable[Asset], encoding: str = "utf-8-sig", dates: str = "iso") -> Iterator[bytes]:
    """Yield an inventory as CSV, the heading first, line by line, so that any size can be streamed.

    `encoding` is utf-8, utf-8-sig (with a byte order mark) or cp932; `dates` is a key of `DATES`.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(HEADINGS.values())
    first = True
    written = DATES[dates]
    for cells in _cells(assets, written):
        yield _taken(buffer, encoding if first else encoding.removesuffix("-sig"))
        first = False
        writer.writerow(cells)
    yield _taken(buffer, encoding if first else encoding.removesuffix("-sig"))


def inventory_csv(world: SampleWorld, operator: str, count: int) -> bytes:
    """Return an operator's inventory as the CSV file it sends, in its own encoding and way of writing dates."""
    assets = inventory(world, operator, count)
    designation = world.designations[operator]
    return b"".join(csv_lines(assets, designation.encoding, designation.dates))


def _cells(assets: Iterable[Asset], written: Callable[[date], str]) -> Iterator[list[str]]:
    for asset in assets:
        yield [
            asset.key,
            asset.name,
            asset.facility,
            asset.maker,
            asset.product,
            _UNITS[asset.unit],
            asset.version,
            asset.serial,
            asset.address,
            asset.responsible,
            asset.asset_owner,
            asset.position,
            written(asset.support_end) if asset.support_end else "",
            asset.host,
            written(asset.introduced),
            _CONNECTIONS[asset.connection],
            _SERVES[asset.serves],
            *(_ANSWERS[asset.facts[flag]] for flag in FLAGS),
        ]


def _taken(buffer: io.StringIO, encoding: str) -> bytes:
    line = buffer.getvalue().encode(encoding)
    buffer.seek(0)
    buffer.truncate()
    return line


def _host(
    world: SampleWorld,
    designation: Designation,
    stock: _Stock,
    choices: Mapping[str, Sequence[tuple[_Product, int]]],
    number: int,
) -> Iterator[Asset]:
    """Yield the rows of one host."""
    draw = Draw(world.seed, designation.operator, number)
    kinds = stock.hosts
    first_round = number < len(kinds)
    host = kinds[number] if first_round else draw.weighted([(one, one["share"]) for one in kinds])
    facility = designation.facilities[number % len(designation.facilities)]
    facts = {flag: None if flag in host.get("unknown", ()) else flag in host["holds"] for flag in FLAGS}
    introduced = _introduced(world, stock, draw)
    address = _address(designation, host["net"], number)
    responsible = draw.one_of(stock.departments)
    aside = Draw(world.seed, designation.operator, number, "aside")  # further columns leave the older draws alone
    position = aside.one_of(stock.positions)
    for part, use in enumerate(host["parts"], start=1):
        product = choices[use][0][0] if first_round else draw.weighted(choices[use])
        spellings = stock.spellings[product.maker] or (world.organisations[designation.operator].name.ja,)
        yield Asset(
            key=f"{designation.operator.upper()}-{number + 1:05}-{part}",
            name=f"{host['name']} {number + 1:03}号",
            facility=facility.name,
            maker=draw.one_of(spellings),
            product=product.name,
            unit=product.unit,
            version=draw.one_of(product.versions),
            serial=f"KK{draw.below(_SERIAL_DIGITS):06X}" if product.unit == "appliance" else "",
            address=address,
            responsible=responsible,
            asset_owner=responsible,
            position=position,
            support_end=_support_end(stock, aside, introduced),
            host="" if product.unit == "appliance" else f"{designation.operator.upper()}-{number + 1:05}",
            introduced=introduced,
            connection=host["connection"],
            serves=product.serves,
            facts=facts,
        )


def _introduced(world: SampleWorld, stock: _Stock, draw: Draw) -> date:
    """Return a day between the oldest and the world's own; a share of them after the Act's main start."""
    first = stock.recent_from if draw.percent(stock.recent_percent) else stock.oldest
    return date.fromordinal(first.toordinal() + draw.below(world.today.toordinal() - first.toordinal()))


def _support_end(stock: _Stock, draw: Draw, introduced: date) -> date | None:
    """Return a day some years after the introduction; None where the operator does not know when support ends."""
    if not draw.percent(stock.support_percent):
        return None
    least, most = stock.support_years
    months = 12 * least + draw.below(12 * (most - least) + 1)
    return clamp(*shift_month(introduced.year, introduced.month, months), introduced.day)


def _address(designation: Designation, net: str, number: int) -> str:
    """Return the host's address: private inside, out of the operator's own documentation range towards the internet."""
    network = ipaddress.ip_network(_NETS.get(net) or designation.ranges[0])
    usable = min(network.num_addresses - 2, _SERIAL_DIGITS)
    return str(network.network_address + 1 + number % usable)


def _choices(designation: Designation, stock: _Stock) -> dict[str, list[tuple[_Product, int]]]:
    """Return for every part the products this operator may have, with weights, its most usual one first."""
    order = {maker: place for place, maker in enumerate(designation.makers)}
    chosen: dict[str, list[tuple[_Product, int]]] = {}
    for use in sorted({use for host in stock.hosts for use in host["parts"]}):
        fitting = [product for product in stock.products if use in product.use]
        own = [product for product in fitting if product.maker in designation.makers]
        usual = own or [product for product in fitting if product.maker in stock.everybody]
        if not usual:
            raise SampleError(
                Text("該当する製品がありません", "no product fits"), where=f"{designation.operator}: {use}"
            )
        usual.sort(key=lambda product: (-product.weight, order.get(product.maker, len(order))))
        chosen[use] = [(product, product.weight) for product in usual]
    return chosen


@lru_cache(maxsize=1)
def _stock() -> _Stock:
    data = load("inventory.yaml")
    products = tuple(
        _Product(
            maker=row["maker"],
            name=row["name"],
            unit=row["unit"],
            use=tuple(row["use"]),
            versions=tuple(str(version) for version in row["versions"]),
            weight=row.get("weight", 1),
            serves=row.get("serves", "others"),
        )
        for row in data["products"]
    )
    return _Stock(
        spellings=data["makers"],
        products=products,
        hosts=tuple(data["hosts"]),
        everybody=frozenset(data["everybody"]),
        departments=data["departments"],
        positions=data["positions"],
        support_percent=data["support"]["percent"],
        support_years=(data["support"]["least"], data["support"]["most"]),
        oldest=data["introduced"]["oldest"],
        recent_from=data["introduced"]["recent_from"],
        recent_percent=data["introduced"]["recent_percent"],
    )
