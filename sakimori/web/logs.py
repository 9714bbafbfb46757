"""Logs that tell what happened and nothing of what was in it: JSON lines, or lines for a console.

`SAKIMORI_LOG_FORMAT=json|console`, `SAKIMORI_LOG_LEVEL` (WARNING). Our own loggers (`sakimori.*`) say an event and its
fields: request id, name of the address (never the address itself: it may carry ids and queries), status, duration, act
id and kind. Of any other library's record only its place and the types of its errors are kept, since their messages
quote paths, addresses and values; of the server's own, a few known sentences.
"""

import logging
import os
import time
import traceback
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

_KNOWN = (
    "Starting gunicorn", "Listening at", "Using worker", "Booting worker", "Connection in use", "Can't connect",
    "Shutting down", "Worker exiting", "Handling signal", "Retrying in", "WORKER TIMEOUT", "Worker (pid",
)  # fmt: skip
_FIELDS = frozenset(
    {
        *("event", "level", "timestamp", "logger", "request", "route", "method", "status", "ms"),
        *("act", "kind", "task", "fault", "at", "error", "where"),
    }
)
_log = structlog.stdlib.get_logger("sakimori.request")
Event = MutableMapping[str, Any]


def configure() -> dict[str, Any]:
    """Set structlog up and return Django's `LOGGING`."""
    json_lines = os.environ.get("SAKIMORI_LOG_FORMAT", "console") == "json"
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json_lines
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            _bare,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _known_fields,
            renderer,
        ],
        "foreign_pre_chain": [structlog.contextvars.merge_contextvars],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"bare": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "bare"}},
        "root": {"handlers": ["stderr"], "level": os.environ.get("SAKIMORI_LOG_LEVEL", "WARNING")},
        "loggers": {"django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
    }


def _bare(_logger: Any, _method: str, event: Event) -> Event:
    """Take out of a record whatever may quote contents."""
    record: logging.LogRecord = event["_record"]
    if not record.name.startswith("sakimori"):
        event["event"] = known(record)
        event["where"] = f"{record.module}:{record.lineno}"
    raised = record.exc_info or event.pop("exc_info", None)
    if isinstance(raised, tuple) and raised[0] is not None:
        event["error"] = raised[0].__name__
        event["at"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in _frames(raised[2])]
    for name in ("exc_info", "exception", "stack_info", "stack"):
        event.pop(name, None)
    return event


def _frames(trace: Any) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(trace))[-12:]


def known(record: logging.LogRecord) -> str:
    """Return the message of a foreign record where it is one of the server's known sentences, else its logger."""
    if record.name.startswith("gunicorn"):
        message = record.getMessage()
        if message.startswith(_KNOWN):
            return message
    return record.name


def _known_fields(_logger: Any, _method: str, event: Event) -> Event:
    """Let only the fields through that are known to be harmless."""
    return {name: value for name, value in event.items() if name in _FIELDS}


class RequestLogMiddleware:
    """Gives every request an id (header `X-Request-ID` of the answer) and logs how it was answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        identity, began = uuid.uuid4().hex, time.monotonic()
        with structlog.contextvars.bound_contextvars(request=identity):
            response = self.get_response(request)
            match = request.resolver_match
            _log.info(
                "request",
                method=request.method
                if request.method in ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH")
                else "other",
                route=match.view_name if match else "",
                status=response.status_code,
                ms=round((time.monotonic() - began) * 1000),
            )
        response.headers["X-Request-ID"] = identity
        return response
