"""Automatic selection (自動選別, 強化法22, 35): from captures and an order to the records that may be kept.

Pure: no Django, no clock, no network. See README.md of this package. A whole program:

    order = load_order(Path("order.yaml").read_bytes())
    result = select(["capture.pcap"], order, Countries([Path("country.mmdb")]), now=now, rehearsal=True)
    write(result, Path("out"))
"""

from sakimori.selection.allowed import AllowedCondition
from sakimori.selection.authority import (
    Authority,
    SignedAuthority,
    check_order,
    key_id,
    load_authority,
    load_public_key,
    read_authority,
    sign,
    verify,
)
from sakimori.selection.direction import Countries
from sakimori.selection.engine import Progress, Result, select
from sakimori.selection.errors import (
    AuthorityError,
    CountryError,
    EngineFaultError,
    ModeError,
    OrderRefusedError,
    OutputError,
    Refusal,
    SealError,
    SelectionError,
)
from sakimori.selection.order import Order, examine, load_order
from sakimori.selection.output import Stored, read, table, write
from sakimori.selection.real import Source
from sakimori.selection.receipt import verify as verify_receipt
from sakimori.selection.records import FIELDS, schema
from sakimori.selection.sealed import unseal
from sakimori.selection.spool import Spool

__all__ = [
    "FIELDS",
    "AllowedCondition",
    "Authority",
    "AuthorityError",
    "Countries",
    "CountryError",
    "EngineFaultError",
    "ModeError",
    "Order",
    "OrderRefusedError",
    "OutputError",
    "Progress",
    "Refusal",
    "Result",
    "SealError",
    "SelectionError",
    "SignedAuthority",
    "Source",
    "Spool",
    "Stored",
    "check_order",
    "examine",
    "key_id",
    "load_authority",
    "load_order",
    "load_public_key",
    "read",
    "read_authority",
    "schema",
    "select",
    "sign",
    "table",
    "unseal",
    "verify",
    "verify_receipt",
    "write",
]
