"""Enrolment for real: the guided first run, hand-over, filing windows, consents, operators hosted here."""
