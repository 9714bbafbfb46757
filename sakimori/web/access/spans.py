"""How long things of the log-in last: house rules, kept in the law book."""

from datetime import timedelta

from sakimori import law


def span(key: str) -> timedelta:
    """Return a parameter `house.access.<key>` as a span of time (its unit is minutes, hours or days)."""
    found = law.parameter(f"house.access.{key}")
    return timedelta(**{found.unit: int(str(found.value))})
