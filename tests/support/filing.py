"""An operator's list of computers and its way to a filed notification, as tests need it."""

from sakimori.acts import batches, clock, door, proposals
from sakimori.assets import drafting, importing
from tests.support.deployment import WORLD, viewer
from tests.support.scenes import remembered

HEADING = (
    "管理番号,名称,特定重要設備,製造者名,製品名,種別,導入日,設備との回線,供用先,設備の一部,経路制御なしで送信,"
    "直近のルーター,直近のファイアウォール,中継保存,構成図の保存,識別符号の保存,アクセス制御,インターネットアドレス,"
    "定期データの作成"
)
ROWS = (
    "P-001,監視制御サーバー,power 第一,横河電機,CENTUM VP,アプリケーション,2024-06-01,専用,その他,○,×,×,×,×,×,×,×,×,×",
    "P-002,境界ファイアウォール,power 第一,Fortinet,FortiOS,機器,令和7年4月1日,専用,その他,×,×,×,○,×,×,×,×,×,×",
    "P-003,監視端末,power 第一,Microsoft,Windows Server 2022,OS,2025/1/15,専用,その他,○,×,×,×,×,×,×,×,×,×",
    "P-004,社内ポータル,power 第一,架空ソフト,社内ポータル,アプリケーション,2020-01-01,なし,その他,×,×,×,×,×,×,×,×,×,×",
    "P-005,新しい中継装置,power 第一,Cisco,Catalyst 9300,アプライアンス,2026-11-10,専用,その他,×,×,○,×,×,×,×,×,×,×",
)


def csv(rows=ROWS, encoding="utf-8"):
    """Return a CSV file of the rows."""
    return ("\n".join((HEADING, *rows)) + "\n").encode(encoding)


@remembered
def import_register(rows=ROWS, by=None):
    """Import the rows as the power operator's reporter and return the receipt."""
    by = by or viewer("power", "reporter")
    checked = importing.check(csv(rows), drafting.facilities_of(by), clock.today(WORLD))
    assert not checked.faults, checked.faults
    batch = batches.stage("assets.register.import", checked.rows, by=by)
    return door.perform("assets.register.import", {"source": "inventory.csv"}, by=by, batch=batch.id)


@remembered
def file_notification(category="発電設備の監視制御システム"):
    """File what waits by two persons and return the receipt of the filing."""
    payload = drafting.draft(viewer("power", "reporter"), category)
    proposal = proposals.propose("assets.notification.file", payload, by=viewer("power", "reporter"))
    return proposals.confirm(proposal.id, by=viewer("power", "approver"))
