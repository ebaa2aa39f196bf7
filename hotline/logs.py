"""How the processes log: constant sentences with fields, one JSON object a line, or plain for people. 日志"""

import logging
import sys

import structlog

PRIVATE = "pii_"


def set_up_logs(*, plain: bool) -> None:
    """Log to stderr; fields that begin with pii_ are left out unless somebody asked for them."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if plain
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_private,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def _without_private(
    _logger: object, _method: str, fields: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {name: value for name, value in fields.items() if not name.startswith(PRIVATE)}
