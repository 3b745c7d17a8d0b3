"""The log: lines on stderr, as many as asked for, and never an exception's text."""

from __future__ import annotations

import logging
import sys
from types import TracebackType

__all__ = [
    "configure_log",
    "is_quiet",
]

LOGGERS = ("correlate", "correlate_cli")


def configure_log(*, verbose: bool = False, quiet: bool = False) -> None:
    """Log warnings; with ``verbose`` also each step with its rows and seconds; with ``quiet`` errors only."""
    level = logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(level)
        if not any(isinstance(handler, _StderrHandler) for handler in logger.handlers):
            logger.addHandler(_StderrHandler())


def is_quiet() -> bool:
    """Tell whether only errors are wanted."""
    return not logging.getLogger(LOGGERS[0]).isEnabledFor(logging.WARNING)


class _Formatter(logging.Formatter):
    def formatException(  # noqa: N802 - the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Name the kind of an exception; its text may hold a value of the data."""
        return "" if ei[0] is None else ei[0].__name__


class _StderrHandler(logging.Handler):
    """Writes to whatever stderr is at that moment: a progress bar stands in for it while it is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        sys.stderr.write(self.format(record) + "\n")
