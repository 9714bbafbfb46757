"""Errors of the sample world that reach a person."""

from sakimori.errors import SakimoriError


class SampleError(SakimoriError):
    """The sample world cannot be made as asked, or its data contradict themselves."""

    code = "sample"
