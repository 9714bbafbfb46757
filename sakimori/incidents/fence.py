"""Who may see a row of this room's tables at all (`sakimori.record.fences`): the operator, and whom it was sent to."""

_OF_MY_CASE = "EXISTS (SELECT 1 FROM incidents_case AS mine WHERE mine.id = case_id)"
# A minister may act himself where a bureau exercises his power (施行令3条).
_ADDRESSED = """
    addressee = (SELECT sakimori_organisation()) OR addressee IN (
        SELECT bureau.id FROM parties_organisation AS bureau
        WHERE bureau.type = 'regional_bureau' AND bureau.parent_id = (SELECT sakimori_organisation())
    )
"""

FENCE = {
    "incidents_case": "organisation = (SELECT sakimori_organisation())",
    "incidents_casecomputer": _OF_MY_CASE,
    "incidents_triage": _OF_MY_CASE,
    "incidents_filing": _OF_MY_CASE,
    "incidents_report": f"reporter = (SELECT sakimori_organisation()) OR {_ADDRESSED}",
    "incidents_indicator": _ADDRESSED,
    "incidents_question": """
        (side = 'operator' AND reporter = (SELECT sakimori_organisation()))
        OR (side = 'authority' AND asker = (SELECT sakimori_organisation()))
    """,
    "incidents_opening": 'EXISTS (SELECT 1 FROM incidents_case AS mine WHERE mine.id = "case")',
    "incidents_draft": "organisation = (SELECT sakimori_organisation())",
}
