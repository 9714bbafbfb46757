"""Errors of matching that reach a person."""

from sakimori.errors import SakimoriError


class MatchingDataError(SakimoriError):
    """The shipped name tables contradict themselves; a fault of ours, found when they are loaded."""

    code = "matching.data"


class CatalogueError(SakimoriError):
    """A catalogue of exploited vulnerabilities cannot be read at all (not single entries: those are reported)."""

    code = "matching.catalogue"


class IndicatorError(SakimoriError):
    """A text is not an indicator that can be searched for."""

    code = "matching.indicator"
