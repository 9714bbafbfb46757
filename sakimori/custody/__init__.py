"""Custody of selected information: recording, retention, notices to the committee, erasure (強化法22-26, 30, 35)."""
