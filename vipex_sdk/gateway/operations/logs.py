"""Structured logs, as JSON or for people, on standard error; without personal data."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

__all__ = ["configure_logging"]

_QUIET = ("httpx", "httpcore", "uvicorn.access", "asyncio")
"""Libraries whose informative lines carry addresses, and addresses may carry keys."""
_STRANGERS = "uvicorn.error"
"""Warns of every request that cannot be read: whoever can connect could fill the disk."""


def configure_logging(*, as_json: bool = False, level: int = logging.INFO) -> None:
    """Send all logs, ours and other libraries', to standard error in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    # Frames without their variables: a traceback must not print a caller's number.
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    # A full log disk must neither stop the work nor print what could not be logged, traceback and all (F64, P9).
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(_STRANGERS).setLevel(logging.ERROR)
