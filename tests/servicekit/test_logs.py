"""Whatever a line says, and whoever writes it, it shows no secret, no text and no whole phone number."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.logs import redact

_PREPARE = """
import asyncio, logging
import structlog
from servicekit import logs
logs.configure("tester", "INFO")
log = structlog.get_logger("one of ours")
other = logging.getLogger("a library")
"""


def lines_of(script: str, status: int = 0) -> tuple[list[dict[str, Any]], str]:
    """The log lines of a process that runs `script`, and all that it printed."""
    command = [sys.executable, "-c", _PREPARE + script]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    assert ended.returncode == status, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()], ended.stdout + ended.stderr


def test_a_line_says_who_when_and_what() -> None:
    ((line,), _) = lines_of("log.info('stored', count=3, well=True, nothing=None)")

    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "service": "tester",
        "level": "info",
        "event": "stored",
        "count": 3,
        "well": True,
        "nothing": None,
    }


def test_lines_of_several_threads_stay_whole() -> None:
    script = """
import sys, threading
sys.setswitchinterval(1e-6)
def write(logger):
    for _ in range(300):
        logger.info("written")
threads = [threading.Thread(target=write, args=[logger]) for logger in (log, other, log, other)]
for thread in threads:
    thread.start()
"""
    lines, _ = lines_of(script)

    assert [line["event"] for line in lines] == ["written"] * 1200


def test_levels_below_the_configured_one_are_left_out() -> None:
    lines, _ = lines_of("log.debug('a'); other.debug('b'); log.info('c'); logging.getLogger('pymongo').info('d')")

    assert [line["event"] for line in lines] == ["c"]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("log.info('x', text='hidden')", id="text"),
        pytest.param("log.info('x', body='hidden', signature='hidden')", id="body and signature"),
        pytest.param("log.info('x', auth_token='hidden', Password='hidden')", id="token and password"),
        pytest.param("log.info('x', account={'sid': 'AC1', 'auth_token': 'hidden'})", id="nested"),
        pytest.param("log.info('x', accounts=[{'a': ({'secret': 'hidden'},)}])", id="nested deeply"),
        pytest.param("log.info('x', error=ValueError('hidden'))", id="exception as a value"),
        pytest.param("log.info('x', errors=[ValueError('hidden')])", id="exceptions as values"),
        pytest.param("other.info('bad %d arguments', 'hidden')", id="arguments that do not fit"),
    ],
)
def test_secrets_texts_and_messages_of_exceptions_are_hidden(script: str) -> None:
    _, printed = lines_of(script)

    assert "hidden" not in printed


@pytest.mark.parametrize(
    "write",
    [
        "log.exception('failed')",
        "log.error('failed', exc_info=True)",
        "log.error('failed', exc_info=error)",
        "other.exception('failed')",
        "other.error('failed', exc_info=error)",
    ],
)
def test_exceptions_show_types_and_places_and_no_message(write: str) -> None:
    script = f"""
try:
    try:
        int("hidden +15551234567")
    except ValueError as cause:
        raise KeyError("hidden") from cause
except KeyError as error:
    {write}
"""
    ((line,), printed) = lines_of(script)

    assert line["event"] == "failed"
    assert "builtins.KeyError at" in line["exception"]
    assert "builtins.ValueError at" in line["exception"]
    assert "<module>" in line["exception"]
    assert "hidden" not in printed
    assert "5551234567" not in printed


@pytest.mark.parametrize(
    ("script", "status"),
    [
        pytest.param("int('hidden +15551234567')", 1, id="ends the process"),
        pytest.param(
            "import threading; t = threading.Thread(target=lambda: int('hidden')); t.start(); t.join()",
            0,
            id="ends a thread",
        ),
    ],
)
def test_exceptions_that_nobody_catches_show_no_message(script: str, status: int) -> None:
    ((line,), printed) = lines_of(script, status)

    assert (line["event"], line["level"]) == ("uncaught exception", "critical")
    assert "builtins.ValueError at" in line["exception"]
    assert "hidden" not in printed


def test_what_is_marked_is_logged_as_it_is() -> None:
    ((line,), _) = lines_of(
        "log.info('audit anchor', key_id=logs.Verbatim('audit-2026-01-01'), phone='audit-2026-01-01')"
    )

    assert (line["key_id"], line["phone"]) == ("audit-2026-01-01", "audit-****-01-01")


def test_exceptions_that_nobody_catches_in_a_task_show_no_message() -> None:
    script = """
async def fail():
    raise ValueError("hidden")
async def main():
    task = asyncio.create_task(fail())
    await asyncio.wait({task})
    del task
asyncio.run(main())
"""
    ((line,), printed) = lines_of(script)

    assert "ValueError" in line["exception"]
    assert "hidden" not in printed


@pytest.mark.parametrize(
    "script",
    [
        "log.info('text from +15551234567')",
        "log.info('x', phone='(555) 123-4567')",
        "log.info('x', phones=['+15551234567', {'+15551234567': 1}])",
        "other.warning('text from %s', '+15551234567')",
        "log.info('x', url='/webhook?From=%2B15551234567&x=1')",
    ],
)
def test_phone_numbers_keep_four_digits(script: str) -> None:
    ((line,), printed) = lines_of(script)

    assert "4567" in printed
    # A timestamp may have any digits.
    assert "12345" not in re.sub(r"\D", "", printed.replace(line["timestamp"], ""))


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("+15551234567", "+*******4567"),
        ("15551234567@sms.keva.local", "*******4567@sms.keva.local"),
        ("whatsapp:+15551234567", "whatsapp:+*******4567"),
        ("+1 (555) 123-4567", "+* (***) ***-4567"),
        ("555.123.4567", "***.***.4567"),
        ("555\u2013123\u20134567", "***\u2013***\u20134567"),
        ("+44\u00a020\u202f7946\u00a00958", "+**\u00a0**\u202f****\u00a00958"),
        ("from +15551234567 to +15557654321", "from +*******4567 to +*******4321"),
        ("From=%2B15551234567&To=%2b442079460958", "From=%2B*******4567&To=%2B********0958"),
        ("SM" + "0123456789" * 3 + "01", "SM" + "0123456789" * 3 + "01"),
        ("took 1234567 ms", "took 1234567 ms"),
        ("short code 12345", "short code 12345"),
    ],
)
def test_redact(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@given(
    st.from_regex(r"\+?[1-9][0-9]{9,13}", fullmatch=True),
    st.sampled_from(["{}", "to {}.", "<{}>", "({})", "From={}&", "tel:{}", '"{}"', "{},{}"]),
)
def test_no_way_of_writing_shows_a_whole_number(number: str, frame: str) -> None:
    assert number.lstrip("+")[:-3] not in redact(frame.format(number, number))


def test_a_line_that_nobody_takes_disturbs_nobody() -> None:
    lines, printed = lines_of("import os; log.info('first'); os.close(1); log.info('lost'); log.error('lost')")

    assert [line["event"] for line in lines] == ["first"]
    assert "Error" not in printed
