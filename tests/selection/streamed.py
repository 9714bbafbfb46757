"""One side of a flow read whole, or byte by byte."""

from sakimori.selection import apps
from sakimori.selection.facts import Facts


def read(data, *, dns=False, pieces=None):
    facts = Facts()
    app = apps.StreamApp(facts, dns=dns)
    for piece in pieces or [data]:
        app.data(piece)
    app.gap()
    return facts


def bytewise(data, **options):
    return read(b"", pieces=[data[at : at + 1] for at in range(len(data))], **options)
