"""Which computers have an open question: one condition for the desk, the register, its filter and the scoping pages."""

from django.db.models import Q

UNSURE = ~Q(status="retired") & (
    Q(scope="open") | Q(notify="open") | Q(scope="in", clause="") | Q(notify="yes", duty=None, status="registered")
)
"""In use, and not known: in scope or not, to be notified or not, by which clause, or from which day."""
