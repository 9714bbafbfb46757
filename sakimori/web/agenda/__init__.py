"""What is due when: the calendar and its feed, the time line and the dossier of a matter, a daily mail."""
