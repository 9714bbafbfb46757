"""The log of the server that serves the site (gunicorn), through the same sieve as everything else."""

from typing import Any

import structlog
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from sakimori.web import logs


class ServerLogger(Logger):  # type: ignore[misc]
    """gunicorn's error log in our form; there is no access log: `sakimori.request` says what was answered."""

    def setup(self, cfg: Any) -> None:
        """Give the handlers our formatter."""
        super().setup(cfg)
        spec = logs.configure()["formatters"]["bare"]
        formatter = structlog.stdlib.ProcessorFormatter(
            processors=spec["processors"], foreign_pre_chain=spec["foreign_pre_chain"]
        )
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter)
