"""The door: everything of consequence is an act, and `perform()` is the only way to do one.

`perform`, `propose`, `confirm`, `refuse_proposal`, `perform_system` change records; `read` reads labelled ones.
Import the functions from `sakimori.acts.door`, `sakimori.acts.proposals` and `sakimori.acts.reading`; this package's
top level stays free of Django so that settings can import it.
"""
