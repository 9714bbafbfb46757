"""The chapters on communications information: law that is not in force yet, played in the rehearsal world only."""

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sakimori.sample import transit
from sakimori.sample.stage import REHEARSAL, WORLD, StageError
from sakimori.text import Text

if TYPE_CHECKING:
    from sakimori.sample.story import Story

OFFICE, COMMITTEE = "cabinet", "committee"
CONDITIONS = ["【架空】選別の結果は毎回、選別の証明を添えて速やかに委員会に通知すること。"]


def measures(story: "Story") -> None:
    """Step 3: the Prime Minister's office asks, the committee decides, a signed selection authority comes back."""
    tell = story.tell
    tell.step(
        3, Text("通信情報の取得の承認（リハーサル）", "Approval to acquire communications information (rehearsal)")
    )
    plan = transit.plan(story.data, story.stage.root / "selection")
    request = dict(plan.request)
    refused = story.at(OFFICE, "measures:refused_today", world=WORLD, request=request)
    tell.say(
        f"今日の法では行えません: {refused['what']['ja']}以下は訓練用の世界だけで、すべてに「REHEARSAL」と記されます。",
        f"Not possible under today's law: {refused['what']['en']} What follows happens in the rehearsal world only; "
        "everything in it is stamped REHEARSAL.",
        article=refused["article"],
    )
    asked = story.at(OFFICE, "measures:ask", world=REHEARSAL, request=request)
    period = {name: asked[name] for name in ("begins_on", "ends_on")}
    tell.say(
        f"内閣府の{asked['proposer']}が提案し、{asked['confirmer']}が確認して、外外通信目的送信措置の承認を求めました"
        f"（{period['begins_on']}〜{period['ends_on']}、設備の伝送容量の{request['capacity_percent']}%）。",
        "Two persons of the Cabinet Office asked to have foreign-to-foreign traffic copied: from "
        f"{period['begins_on']} to {period['ends_on']}, {request['capacity_percent']} % of the equipment's capacity.",
        article="強化法17(1)、17(3)",
    )
    tell.receipt(asked["receipt"])
    story.settle()
    matter = story.at(COMMITTEE, "oversight:docket", world=REHEARSAL)[0]
    tell.say(
        f"委員会に届き、{matter['number']} として議題に載りました。承認は「遅滞なく」（法に日数はありません）。",
        f"It arrived at the committee as {matter['number']}. The law says “without delay” and gives no number of days.",
        article="強化法18",
    )
    short = story.at(COMMITTEE, "oversight:without_quorum", world=REHEARSAL, matter=matter["id"], period=period)
    tell.say(
        f"委員長と委員1人では決められません: {short['what']['ja']}",
        f"The chair and one member cannot decide: {short['what']['en']}",
        article=short["article"],
    )
    decided = story.at(
        COMMITTEE, "oversight:decide", world=REHEARSAL, matter=matter["id"], period=period, conditions=CONDITIONS
    )
    count = decided["tally"]
    tell.say(
        f"委員長と委員の計{len(decided['present'])}人が出席し、賛成{count['approve']}・反対{count['reject']}で、条件を付けて承認しました。条件: {decided['conditions'][0]}",
        f"{len(decided['present'])} were present; {count['approve']} for, {count['reject']} against: approved, on one "
        "condition. Who voted how stays with the committee.",
        article="強化法18、55(2)、55(3)",
    )
    tell.receipt(decided["receipt"])
    story.settle()
    story.facts.update(measure=asked["measure"], matter=matter["id"], plan=plan)
    _tell_authority(story)


def _tell_authority(story: "Story") -> None:
    tell, measure = story.tell, story.facts["measure"]
    found = story.at(OFFICE, "measures:follow", world=REHEARSAL, measure=measure)
    if found["measure"]["status"] != "approved_with_conditions":
        raise StageError(
            Text("承認が届いていません。", "The approval has not arrived."), where=found["measure"]["status"]
        )
    signed = story.at(OFFICE, "measures:authority", world=REHEARSAL, measure=measure)
    story.facts["authority"] = signed
    tell.say(
        f"署名された選別の承認書 {signed['authority']['id']} が内閣府に届き、委員会の公開鍵で確かめました（鍵 {signed['key']}）。許されるのは、その根拠・方向・設備・期間・条件だけです。",
        f"The signed selection authority {signed['authority']['id']} arrived and verifies against the committee's public "
        f"key ({signed['key']}). It allows its own basis, direction, equipment, period and conditions, nothing else.",
        article="強化法18、22(2)",
    )
    for clock in found["clocks"]:
        tell.derivation(clock["derivation"]["derivation"][:1])


def selection(story: "Story") -> None:
    """Step 4: `sakimori select` runs under the authority; its receipt is proven and recorded; the committee is told."""
    tell, plan, signed = story.tell, story.facts["plan"], story.facts["authority"]
    tell.step(4, Text("自動選別とその証明（リハーサル）", "Automatic selection and its receipt (rehearsal)"))
    bench = _Bench(story, plan, signed)
    enrolled = story.at(
        OFFICE, "custody:enrol_engine", world=REHEARSAL, equipment=transit.EQUIPMENT, public_key=bench.engine_key
    )
    tell.say(
        "選別装置の署名鍵を二人で登録しました。登録した装置の証明だけが記録できます（内規）。",
        "The selection engine's key was enrolled by two persons; only an enrolled engine's receipt counts (house rule).",
        article="強化法26、内規",
    )
    tell.receipt(enrolled["receipt"])
    number = signed["authority"]["id"]
    wider = bench.select(plan.order(number, wider=True), "wider")
    if wider.returncode == 0 or "authority_condition" not in wider.stderr:
        raise StageError(
            Text("承認より広い命令が実行されました。", "An order wider than the authority ran."), where="select"
        )
    tell.say(
        "承認書より広い範囲を求める命令は、選別エンジンが実行しません。",
        "The engine does not run an order that asks for more than the authority allows.",
        article="強化法22(2)",
    )
    order = plan.order(number)
    done = bench.select(order, "selected")
    if done.returncode != 0:
        raise StageError(
            Text(f"選別が失敗しました: {done.stderr}", f"The selection failed: {done.stderr}"), where="select"
        )
    receipt = json.loads((bench.folder / "selected" / "receipt.json").read_bytes())
    handed = {
        "measure": story.facts["measure"],
        "order": order,
        "receipt": receipt,
        "records": str(bench.folder / "selected" / "records.parquet"),
    }
    _tell_run(story, plan, receipt)
    _record(story, handed)


def _tell_run(story: "Story", plan: transit.Plan, receipt: Mapping[str, Any]) -> None:
    read, flows = receipt["input"], sum(receipt["flows"].values())
    story.tell.say(
        f"`sakimori select` が捕捉ファイル{len(plan.captures)}本・{read['packets']:,}パケット・{flows}通信を、誰の目にも触れずに選別し、{receipt['kept_flows']}通信の機械的情報だけを残しました。残りは直ちに消去しました。",
        f"`sakimori select` went through {len(plan.captures)} captures, {read['packets']:,} packets, {flows} flows, seen by "
        f"nobody, and kept machine information on {receipt['kept_flows']} flows. The rest is gone at once.",
        article="強化法22(1)、22(3)",
    )
    story.tell.table([condition, count] for condition, count in receipt["by_condition"].items())
    if not receipt["kept_flows"]:
        raise StageError(Text("何も選別されませんでした。", "Nothing was kept."), where="select")


def _record(story: "Story", handed: dict[str, Any]) -> None:
    tell = story.tell
    forged = story.at(OFFICE, "custody:forged", world=REHEARSAL, **handed)
    tell.say(
        f"証明の件数を一つ書き換えると記録できません: {forged['what']['ja']}",
        f"With one count of the receipt altered it cannot be recorded: {forged['what']['en']}",
        article=forged["article"],
    )
    recorded = story.at(OFFICE, "custody:record", world=REHEARSAL, **handed)
    row = recorded["selection"]
    tell.say(
        f"選別を記録し、選別後通信情報{row['kept_flows']}件に保存期間（{row['retained_until']}まで）を定めました。",
        f"The selection is recorded: {row['kept_flows']} records of selected information, kept until {row['retained_until']}.",
        article="強化法25(1)",
    )
    tell.receipt(recorded["receipt"])
    for clock in recorded["clocks"]:
        tell.derivation(clock["derivation"]["derivation"][:1])
    story.settle()
    (notice,) = story.at(COMMITTEE, "oversight:notices", world=REHEARSAL)
    tell.say(
        f"委員会への通知が到達しました。委員会に見えるのは件数（{notice['kept_flows']}）・期間・証明の要約値 {notice['receipt_digest'][:12]}… だけで、中身は見えません。",
        f"The committee was told promptly: it sees the count ({notice['kept_flows']}), the period and the receipt's digest, "
        "and none of the contents.",
        article="強化法30",
    )
    if notice["findings"]:
        raise StageError(Text("通知が承認と合いません。", "The notice disagrees."), where=str(notice["findings"]))
    blind = [("meti", "officer"), ("rail", "reporter"), (OFFICE, "decider")]
    if any(story.at(one, "custody:may_read", role=role, world=REHEARSAL) for one, role in blind):
        raise StageError(Text("選別後通信情報が見えています。", "Selected information is seen."), where=str(blind))
    tell.say(
        "選別後通信情報を見られるのは内閣府の分析官と担当官だけです。大臣も事業者も見られません。",
        "Only analysts and officers of the Cabinet Office can read selected information; no minister, no operator.",
        article="強化法23(2)",
    )
    story.facts["selection"] = row["id"]


class _Bench:
    """Where the engine stands: its key, the authority file and the committee's public key, and the command itself."""

    def __init__(self, story: "Story", plan: transit.Plan, signed: Mapping[str, Any]) -> None:
        self.folder: Path = story.stage.root / "selection"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._story, self._plan = story, plan
        key = Ed25519PrivateKey.generate()
        self.engine_key = key.public_key().public_bytes_raw().hex()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._put("engine.pem", pem)
        self._put("authority.json", json.dumps(signed).encode())
        ring = story.call("committee", "floor:keyring")
        (public,) = [row["public_key"] for row in ring["keys"] if row["purpose"] == "authority"]
        self._put("committee.key", base64.b64decode(public).hex().encode())

    def _put(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_bytes(content)

    def select(self, order: str, out: str) -> subprocess.CompletedProcess[str]:
        """Run `sakimori select` as anybody would, under the authority, at the present time of the rehearsal world."""
        self._put(f"{out}.yaml", order.encode())
        countries = [part for path in self._plan.countries for part in ("--country", str(path))]
        folder = self.folder
        return subprocess.run(  # noqa: S603 - our own command
            [
                sys.executable, "-m", "sakimori.cli", "select", *map(str, self._plan.captures),
                "--order", str(folder / f"{out}.yaml"), *countries, "--authority", str(folder / "authority.json"),
                "--trust", str(folder / "committee.key"), "--signing-key", str(folder / "engine.pem"),
                "--now", self._story.call("authority", "custody:now", world=REHEARSAL), "--rehearsal", "--json",
                "--out", str(folder / out),
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
