"""Text as searches compare it: width and case of letters make no difference, in Python and in the database.

SQLite calls this module's own function; PostgreSQL has NFKC and lower case built in. (They differ from each other only
in letters whose small form is two letters, such as the capital İ.)
"""

import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField


def folded(text: str) -> str:
    """Return the text without the differences that a search does not heed: `ＶＰＮ` and `vpn`, `ｱ` and `ア`."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


class Folded(Func):
    """The database's expression for `folded`."""

    function = "sakimori_fold"
    arity = 1
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Return the SQL for PostgreSQL: what is in that form already, as nearly every name is, is only looked at.

        Looking (Unicode's quick check) takes half the time of normalising; a search runs over every row.
        """
        del connection, more
        (text,) = self.get_source_expressions()
        sql, given = compiler.compile(text)
        folds = f"lower(CASE WHEN {sql} IS NFKC NORMALIZED THEN {sql} ELSE normalize({sql}, NFKC) END)"
        return folds, (*given, *given, *given)


def register_fold_function(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Give a new SQLite connection the function (signal `connection_created`)."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "sakimori_fold", 1, lambda text: None if text is None else folded(str(text)), deterministic=True
        )
