"""What stops the work: told in words that hold no value of the data, with an exit code."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import traceback
from types import TracebackType

import typer

from correlate.errors import CorrelateError
from correlate_cli.exit_code import ExitCode

__all__ = [
    "drop_unwritable_output",
    "install_last_resort",
    "stopping",
    "tell_defect",
    "tell_stop",
]

STOPPING = (CorrelateError, OSError, MemoryError, EOFError, KeyboardInterrupt, typer.Abort)
STOPPING_OF_DATABASE = ("IOException", "PermissionException", "OutOfMemoryException", "InterruptException")

INTERRUPTED = "interrupted; nothing half-done is kept. Run the same command again to start over."
OUT_OF_MEMORY = "the machine ran out of memory. Close other programs, or work on a larger machine."
DATABASE_FILES = (
    "the database engine could not read or write its files ({kind}). Check that the disk has room, that the "
    "files and their folder are yours to write, and that no other program has them open."
)

NEXT_STEPS = {
    errno.ENOSPC: "Free some room, or write to another disk.",
    errno.EDQUOT: "Free some room, or write to another disk.",
    errno.EACCES: "Check who may read and write it.",
    errno.EPERM: "Check who may read and write it.",
    errno.EROFS: "Write to another place.",
    errno.ENOENT: "Check the name.",
    errno.EMFILE: "Raise the limit with `ulimit -n`.",
}


def stopping() -> tuple[type[BaseException], ...]:
    """What the person at the keyboard can act on; all else that is raised is a defect of this program."""
    return (*STOPPING, *_of_database(*STOPPING_OF_DATABASE))


def tell_stop(error: BaseException) -> ExitCode:
    """Print on stderr why the work stopped, and return the exit code.

    Only our own errors speak for themselves. The text of any other may hold a value of the data: for those
    only the kind, the operating system's reason and the name of the file are told.
    """
    message = _words(error)
    if message:
        _print_error(message)
    return ExitCode.STOPPED


def tell_defect(error: BaseException) -> ExitCode:
    """Print on stderr the kind of an unforeseen error and the lines of code it passed, never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = "".join(f"\n  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
    _print_error(
        f"a defect of this program ({_kind(error)}). Its text is withheld, as it may hold personal data. "
        f"Please report the lines below, which hold none.{where}"
    )
    return ExitCode.DEFECT


def install_last_resort() -> None:
    """Let no uncaught error, in any thread, print its text; let SIGTERM clean up as Ctrl-C does."""
    sys.excepthook = _last_resort
    threading.excepthook = _last_resort_in_thread
    sys.unraisablehook = _last_resort_unraisable
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def drop_unwritable_output() -> None:
    """Keep what stdout refused from being written, and failing, once more at the interpreter's end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _words(error: BaseException) -> str:
    """Put an error into words; empty when there is nothing to say, as when the reader of a pipe has left."""
    match error:
        case CorrelateError():
            return str(error)
        case BrokenPipeError():
            return ""
        case KeyboardInterrupt():
            return INTERRUPTED
        case typer.Abort() | EOFError():
            return "stopped without an answer; nothing was changed."
        case MemoryError():
            return OUT_OF_MEMORY
        case OSError():
            return _operating_system(error)
        case _ if isinstance(error, _of_database("InterruptException")):
            return INTERRUPTED
        case _ if isinstance(error, _of_database("OutOfMemoryException")):
            return OUT_OF_MEMORY
        case _:
            return DATABASE_FILES.format(kind=_kind(error))


def _of_database(*names: str) -> tuple[type[BaseException], ...]:
    """Errors of the database engine by name; none before it is loaded, as it cannot raise any then."""
    engine = sys.modules.get("duckdb")
    return tuple(getattr(engine, name) for name in names if hasattr(engine, name))


def _operating_system(error: OSError) -> str:
    # `strerror` and `filename` are set by the operating system's calls; without a number the text is free.
    if error.errno is None:
        return f"the operating system refused to read or write a file ({_kind(error)}). Check its name."
    reason = os.strerror(error.errno)
    about = f"{reason}: {error.filename}" if isinstance(error.filename, str | os.PathLike) else reason
    return f"{about}. {NEXT_STEPS.get(error.errno, '')}".rstrip()


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _print_error(message: str) -> None:
    typer.secho("Error: ", err=True, nl=False, fg="red", bold=True)
    typer.echo(message, err=True)


def _last_resort(_type: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    drop_unwritable_output()
    raise SystemExit(tell_stop(error) if isinstance(error, stopping()) else tell_defect(error))


def _last_resort_in_thread(about: threading.ExceptHookArgs) -> None:
    if about.exc_value is not None:
        tell_defect(about.exc_value)


def _last_resort_unraisable(about: sys.UnraisableHookArgs) -> None:
    if about.exc_value is not None:
        tell_defect(about.exc_value)
