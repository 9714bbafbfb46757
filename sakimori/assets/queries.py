"""Readings of this room."""

QUERIES: dict[str, object] = {}
