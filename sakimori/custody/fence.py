"""Who may see a row of this room's tables at all (`sakimori.record.fences`): the office that holds it."""

_OF_MY_SELECTION = "EXISTS (SELECT 1 FROM custody_selection AS held WHERE held.id = selection_id)"

FENCE = {
    "custody_engine": "organisation = (SELECT sakimori_organisation())",
    "custody_selection": "organisation = (SELECT sakimori_organisation())",
    "custody_selectedrecord": _OF_MY_SELECTION,
    "custody_handling": _OF_MY_SELECTION,
}
