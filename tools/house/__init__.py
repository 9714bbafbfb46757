"""The house's own checks: what ruff, mypy and import-linter cannot say. Run with `python -m tools.house`.

Each check is a function from one `Source` to `Finding`s, so that a planted bad file can be given to it in a test.
Exceptions stand in `allowed.txt`, each with its reason; an exception that excuses nothing is itself a finding.
"""
