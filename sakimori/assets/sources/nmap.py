"""nmap's XML output: hosts that answered and services they offer. A guessed system is a suggestion, never a fact.

Format: nmap.dtd. What a scan guesses stands in columns of its own that are not mapped unless a person does so.
"""

from typing import Any
from xml.etree.ElementTree import Element

from sakimori.assets.sources import trees
from sakimori.assets.sources.materials import text
from sakimori.assets.sources.shapes import MOST_ROWS, Row, Sheet, Source, counted, refuse
from sakimori.assets.sources.trees import child, local
from sakimori.text import Text

HOSTS = ("address", "host name", "mac", "network card maker", "open ports", "guessed system", "guess accuracy %",
         "guessed cpe")  # fmt: skip
SERVICES = ("address", "host name", "port", "protocol", "service", "product (as announced)", "version", "extra", "cpe")

SERVICE = "service"
"""The column that only the sheet of services has."""
NAMING_HOSTS = frozenset({"host name", "network card maker"})
NAMING_SERVICES = frozenset({"protocol", SERVICE, "product (as announced)"})
"""Columns of each sheet that name its things; all others say where they stand or what a scan makes of them."""


def read_nmap(data: bytes) -> Source:
    """Return two sheets of a scan: hosts, and services."""
    hosts: list[Row] = []
    services: list[Row] = []
    down = scripts = 0
    finished = False
    for event, element, depth in trees.elements(data):
        if event == "start":
            if depth == 1 and local(element) != "nmaprun":
                raise refuse("nmap の XML ではありません。", "This is no XML output of nmap.")
            continue
        name = local(element)
        finished = finished or name == "finished"
        scripts += name in ("script", "hostscript")
        if name == "host":
            state = child(element, "status")
            if state is not None and state.get("state") == "down":
                down += 1
            else:
                _host(element, hosts, services)
            element.clear()
    if not hosts:
        raise refuse(
            "応答した機器のない nmap の結果です。",
            "No host answered in this scan.",
            mend=Text("対象と権限を確かめて走査し直してください。", "Check targets and permissions and scan again."),
        )
    remarks = [
        Text(
            "OS と製品は nmap の推測です。事実としては扱わず、列として示すだけです。",
            "Systems and products are guesses of nmap: shown as columns, never taken for facts.",
        )
    ]
    remarks += [counted(down, "応答しなかった機器", "Hosts that did not answer")] if down else []
    remarks += [counted(scripts, "読まなかったスクリプトの結果", "Results of scripts, not read")] if scripts else []
    if not finished:
        remarks.append(Text("走査が終わらないうちに書かれたファイルです。", "The scan had not finished."))
    sheets = [Sheet("hosts", HOSTS, hosts)]
    return Source("nmap", [*sheets, Sheet("services", SERVICES, services)] if services else sheets, remarks)


def _host(element: Element, hosts: list[Row], services: list[Row]) -> None:
    addresses = {one.get("addrtype", ""): one for one in element if local(one) == "address"}
    address = next((text(addresses[kind].get("addr")) for kind in ("ipv4", "ipv6") if kind in addresses), "")
    mac: Any = addresses.get("mac")
    named = child(element, "hostnames", "hostname")
    name = text(named.get("name")) if named is not None else ""
    ports = [one for one in (child(element, "ports") or ()) if local(one) == "port" and _is_open(one)]
    guess = child(element, "os", "osmatch")
    guessed = child(element, "os", "osmatch", "osclass", "cpe")
    if len(hosts) + len(services) + len(ports) >= MOST_ROWS:
        raise refuse(f"行が多すぎます（上限{MOST_ROWS:,}）。", f"There are too many rows (at most {MOST_ROWS:,}).")
    hosts.append(
        Row(
            len(hosts) + 1,
            (
                address,
                name,
                text(mac.get("addr")) if mac is not None else "",
                text(mac.get("vendor")) if mac is not None else "",
                ", ".join(f"{text(one.get('portid'))}/{text(one.get('protocol'))}" for one in ports[:100]),
                text(guess.get("name")) if guess is not None else "",
                text(guess.get("accuracy")) if guess is not None else "",
                text((guessed.text or "").strip()) if guessed is not None else "",
            ),
        )
    )
    for one in ports:
        service = child(one, "service")
        said = {key: text(service.get(key)) if service is not None else "" for key in _SERVICE}
        cpe = child(one, "service", "cpe")
        services.append(
            Row(
                len(services) + 1,
                (
                    address,
                    name,
                    text(one.get("portid")),
                    text(one.get("protocol")),
                    *said.values(),
                    text((cpe.text or "").strip()) if cpe is not None else "",
                ),
            )
        )


_SERVICE = ("name", "product", "version", "extrainfo")


def _is_open(port: Element) -> bool:
    state = child(port, "state")
    return state is not None and state.get("state") == "open"
