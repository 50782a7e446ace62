"""Logs: one JSON object per line on standard output. Phone numbers are masked, and texts and secrets are dropped, by a
processor that every line passes, whoever wrote it."""

import contextlib
import logging
import re
import sys
import threading
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO, cast

import structlog

from servicekit.masking import mask

# Between digits: spaces of any kind, brackets, dots, and all that looks like a hyphen.
_PHONE_NUMBER = re.compile(r"(?<![A-Za-z0-9])\+?\d(?:[\s().\u2010-\u2015\u2212-]{0,2}\d){7,14}(?![A-Za-z0-9])")
_ENCODED_PLUS = re.compile(r"%2[Bb]\d{7,15}")
_NEVER_LOGGED = frozenset({"text", "body", "auth_token", "token", "secret", "password", "signature", "authorization"})


class Verbatim(str):
    """An id, a digest or a time of ours that is logged as it is, though its digits may look like a phone number."""


def redact(text: str) -> str:
    """`text` with every phone number masked to its last four digits."""
    text = _ENCODED_PLUS.sub(lambda match: "%2B" + mask(match.group()[3:]), text)
    return _PHONE_NUMBER.sub(lambda match: mask(match.group()), text)


def _redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key != "timestamp":
            event[key] = _safe(key, value)
    return event


def _safe(key: str, value: object) -> object:
    """`value` as it may be printed, however deep it hides a secret or a number."""
    if key.lower() in _NEVER_LOGGED:
        return "***"
    if isinstance(value, int | float | Verbatim | None):
        return value
    if isinstance(value, BaseException):
        return _type_name(value)
    if isinstance(value, Mapping):
        return {redact(str(name)): _safe(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe("", inner) for inner in value]
    return redact(str(value))


def _type_name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _exception_without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception's types and lines of code, never its message: messages quote what they choked on."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    lines: list[str] = []
    while isinstance(error, BaseException):
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            file = "/".join(code.co_filename.rsplit("/", 2)[-2:])
            frames.append(f"{file}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        lines.append(f"{_type_name(error)} at " + " > ".join(frames[-12:]))
        error = error.__cause__ or error.__context__
    if lines:
        event["exception"] = "; from ".join(lines)
    return event


def _without_reprs(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """asyncio's lines on exceptions that nobody took: all but the first quote the exception, message included."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and record.name == "asyncio":
        event["event"] = str(event["event"]).split("\n", 1)[0]
    return event


def _log_uncaught(error: BaseException | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        structlog.get_logger(__name__).critical("uncaught exception", exc_info=error)


class _Forgiving:
    """Standard output for log lines: whoever reads it may be gone, or the disk full, and what is done goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, line: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            return self._stream.write(line)
        return 0

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


def configure(service: str, level: str) -> None:
    """Sends structlog and the standard library's logging to standard output; `level` such as INFO."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _, __, event: {"service": service, **event},
        _exception_without_values,
        _without_reprs,
        _redact_event,
    ]
    # Ours are written straight away; through the standard library's records and handlers a line costs three times that.
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        # Each line in one write: others of other threads would get between it and its end.
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Forgiving(sys.stdout))),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Else what ends a process or a thread is printed with its message.
    sys.excepthook = lambda _, error, __: _log_uncaught(error)
    threading.excepthook = lambda uncaught: _log_uncaught(uncaught.exc_value)
    sys.unraisablehook = lambda uncaught: _log_uncaught(uncaught.exc_value)
    # Else a line whose arguments do not fit is printed to standard error with all of them.
    logging.raiseExceptions = False
    # Their INFO lines name every request, with URLs that hold phone numbers.
    for noisy in ("twilio", "aiohttp.access", "pymongo"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
