"""A secret is given to who asks for it by name, and shown by nothing else."""

import copy
import json
import pickle
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import pytest

from servicekit.errors import InvalidArgument
from servicekit.secret import Secret, require_well_formed
from tests.servicekit.test_logs import lines_of

TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@dataclass(frozen=True)
class Account:
    """As services keep them."""

    name: str
    token: Secret
    more: tuple[Secret, ...] = ()


ACCOUNT = Account("desk", Secret(TOKEN), (Secret(TOKEN),))


@pytest.mark.parametrize(
    "show",
    [
        pytest.param(str, id="str"),
        pytest.param(repr, id="repr"),
        pytest.param("{}".format, id="format"),
        pytest.param("{:>40}".format, id="format with a width"),
        pytest.param(lambda value: f"{value!r} {value!s} {value}", id="f-string"),
        pytest.param(lambda value: "%s %r" % (value, value), id="percent"),  # noqa: UP031
        pytest.param(lambda value: str(getattr(value, "__dict__", "")), id="fields"),
    ],
)
@pytest.mark.parametrize("value", [ACCOUNT.token, ACCOUNT, [ACCOUNT], {"a": ACCOUNT.more}])
def test_nothing_shows_it(show: Callable[[Any], str], value: Any) -> None:
    try:
        shown = show(value)
    except TypeError as error:
        shown = str(error)

    assert TOKEN not in shown


def test_it_is_revealed_on_demand_and_compared() -> None:
    assert Secret(TOKEN).reveal() == TOKEN
    assert Secret(TOKEN) == Secret(TOKEN)
    assert Secret(TOKEN) != Secret(TOKEN.upper())
    assert Secret(TOKEN) != TOKEN
    assert len({Secret(TOKEN), Secret(TOKEN)}) == 1
    assert (bool(Secret(TOKEN)), bool(Secret(""))) == (True, False)


def test_copies_are_secrets() -> None:
    for copied in (copy.copy(ACCOUNT.token), copy.deepcopy(ACCOUNT).token, replace(ACCOUNT, name="x").token):
        assert copied == ACCOUNT.token
    assert TOKEN not in str(asdict(ACCOUNT))


@pytest.mark.parametrize("value", [ACCOUNT.token, ACCOUNT])
@pytest.mark.parametrize("write", [pickle.dumps, json.dumps])
def test_it_is_not_written_down(value: Any, write: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError) as refused:
        write(value)

    assert TOKEN not in str(refused.value)


def test_an_exception_and_its_traceback_do_not_show_it() -> None:
    def fail(account: Account) -> None:
        raise ValueError(f"cannot use {account}", account.token)

    with pytest.raises(ValueError, match="cannot use") as failed:
        fail(ACCOUNT)

    whole = traceback.TracebackException.from_exception(failed.value, capture_locals=True)
    assert "account = Account" in "".join(whole.format())
    assert TOKEN not in "".join(whole.format())


def test_a_log_line_does_not_show_it() -> None:
    script = f"""
from dataclasses import dataclass
from servicekit.errors import InvalidArgument
from servicekit.secret import Secret, require_well_formed
@dataclass
class Account:
    token: Secret
account = Account(Secret('{TOKEN}'))
log.info('connected', account=account, of=[account.token], key=account.token)
other.warning('connected %s %r', account, account.token)
try:
    raise ValueError(account)
except ValueError:
    log.exception('failed')
"""

    lines, printed = lines_of(script)

    assert len(lines) == 3
    assert TOKEN not in printed


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("x", None, id="shortest"),
        pytest.param("~" * 256, None, id="longest"),
        pytest.param("", "FIELD_REQUIRED", id="empty"),
        pytest.param("~" * 257, "FIELD_INVALID", id="too long"),
        pytest.param("two words", "FIELD_INVALID", id="space"),
        pytest.param(" token", "FIELD_INVALID", id="space before"),
        pytest.param("token\n", "FIELD_INVALID", id="newline"),
        pytest.param("tökén", "FIELD_INVALID", id="not ASCII"),
        pytest.param("to\x7fken", "FIELD_INVALID", id="control character"),
    ],
)
def test_what_can_be_a_secret_of_somebody_elses(text: str, reason: str | None) -> None:
    if reason is None:
        require_well_formed(Secret(text), "auth_token")
        return
    with pytest.raises(InvalidArgument) as refused:
        require_well_formed(Secret(text), "auth_token")

    assert (refused.value.reason, refused.value.metadata) == (reason, {"field": "auth_token"})
    assert not text or text not in refused.value.message
