"""What the door calls for this room."""

from sakimori.incidents import cases, entries, filing, questions, receiving, times
from sakimori.incidents import payloads as p
from sakimori.record import Handler

HANDLERS = {
    "incidents.awareness.record": Handler(p.RecordAwareness, cases.record),
    "incidents.awareness.correct": Handler(p.CorrectAwareness, cases.correct),
    "incidents.case.update": Handler(p.UpdateCase, cases.update),
    "incidents.case.triage": Handler(p.TriageCase, cases.triage),
    "incidents.first_report.file": Handler(p.FileReport, filing.file_first),
    "incidents.full_report.file": Handler(p.FileReport, filing.file_full),
    "incidents.report.supplement": Handler(p.SupplementReport, filing.supplement),
    "incidents.report.withdraw": Handler(p.WithdrawReport, filing.withdraw),
    "incidents.report.arrive": Handler(p.Arrived, filing.arrived),
    "incidents.report.receive": Handler(p.Receive, receiving.receive),
    "incidents.report.share_with_nco": Handler(p.ShareWithNco, questions.share_with_nco),
    "incidents.appi_report.file": Handler(p.FileAppiReport, filing.file_appi),
    "incidents.appi_report.arrive": Handler(p.Arrived, filing.arrived),
    "incidents.appi_report.receive": Handler(p.Receive, receiving.receive_appi),
    "incidents.consultation.file": Handler(p.ConsultPolice, filing.consult),
    "incidents.consultation.arrive": Handler(p.Arrived, filing.arrived),
    "incidents.consultation.receive": Handler(p.Receive, receiving.receive_consultation),
    "incidents.report.open": Handler(p.OpenReport, questions.open_report),
    "incidents.opening.receive": Handler(p.Receive, questions.receive_opening),
    "incidents.question.ask": Handler(p.AskQuestion, questions.ask),
    "incidents.question.receive": Handler(p.Receive, questions.receive_question),
    "incidents.question.answer": Handler(p.AnswerQuestion, questions.answer),
    "incidents.answer.receive": Handler(p.Receive, questions.receive_answer),
    "incidents.entry.record": Handler(p.RecordEntry, entries.record),
    "incidents.entry.link": Handler(p.LinkEntry, entries.link),
    "incidents.entry.withdraw": Handler(p.WithdrawEntry, entries.withdraw),
}
PREDICATES = {
    "incidents_own_case": cases.is_own_case,
    "incidents_not_in_the_future": times.sensible,
    "incidents_form_fits": filing.form_fits,
    "incidents_full_is_full": filing.full_is_full,
    "incidents_was_addressed": questions.was_addressed,
    "incidents_own_report": questions.is_own_report,
    "incidents_nco_consent": questions.nco_consent,
    "incidents_own_question": questions.is_own_question,
    "incidents_entry_fits": entries.fits,
}
RECEIVERS = {
    "incidents.first_report.file": "incidents.report.receive",
    "incidents.full_report.file": "incidents.report.receive",
    "incidents.report.supplement": "incidents.report.receive",
    "incidents.report.withdraw": "incidents.report.receive",
    "incidents.appi_report.file": "incidents.appi_report.receive",
    "incidents.consultation.file": "incidents.consultation.receive",
    "incidents.report.open": "incidents.opening.receive",
    "incidents.question.ask": "incidents.question.receive",
    "incidents.question.answer": "incidents.answer.receive",
}
ON_ARRIVAL = {
    "incidents.first_report.file": "incidents.report.arrive",
    "incidents.full_report.file": "incidents.report.arrive",
    "incidents.report.supplement": "incidents.report.arrive",
    "incidents.report.withdraw": "incidents.report.arrive",
    "incidents.appi_report.file": "incidents.appi_report.arrive",
    "incidents.consultation.file": "incidents.consultation.arrive",
}
