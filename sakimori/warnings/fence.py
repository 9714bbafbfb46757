"""Who may see a row of this room's tables at all (`sakimori.record.fences`): who issued it, or whom it was sent to."""

FENCE = {
    "warnings_issuedwarning": "released_by = (SELECT sakimori_organisation())",
    # No recipient ever sees another, nor that there is one.
    "warnings_recipient": "EXISTS (SELECT 1 FROM warnings_issuedwarning AS issued WHERE issued.id = warning_id)",
    "warnings_received": "organisation = (SELECT sakimori_organisation())",
}
