"""Keeps one call's trouble away from all the others. 隔离"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from cti.ids import CallId

log = structlog.get_logger(__name__)

given_up: Counter[str] = Counter()
"""How often a part of a call was given up, by the kind of trouble; shown in /metrics."""


@contextmanager
def call_fence(call_id: CallId) -> Iterator[None]:
    """Log what goes wrong inside and carry on with the other calls.

    The only broad except in the code base. Cancellation passes through. The exception's text is
    not logged, because it may hold what a citizen said.
    """
    try:
        yield
    except Exception as trouble:
        given_up[type(trouble).__name__] += 1
        log.error(
            "gave up on part of a call",
            call_id=call_id,
            trouble=type(trouble).__name__,
            where=_place(trouble),
        )


def _place(trouble: BaseException) -> str:
    last = trouble.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None:
        return ""
    return f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}"
