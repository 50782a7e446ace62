"""Every failure that a command can meet says what to do, in commands and options that exist."""

import re
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from cli.app import app
from cli.hints.failures import address_option, hint, sentence
from cli.settings import SOURCES
from client.failure import Failure, FailureKind, failure_of, not_found, refused
from dev.process_list import PROCESSES
from servicekit.errors import FailedPrecondition, Internal, KevaError, NotFound
from tests.client.test_advice import REASONS

_NAMED = re.compile(r"keva (?:--organization OTHER )?([a-z-]+)(?: ([a-z-]+))?(?: ([a-z-]+))?")


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_hint(reason: str) -> None:
    assert hint(failure_of(KevaError(reason, "it failed")))


@pytest.mark.parametrize("reason", REASONS)
def test_every_command_of_a_hint_exists(reason: str) -> None:
    for named in _NAMED.finditer(hint(failure_of(KevaError(reason, "it failed")))):
        assert _exists([word for word in named.groups() if word]), named.group()


def test_hint_names_the_ticket_to_go_on_with() -> None:
    error = FailedPrecondition("THREAD_HAS_LIVE_TICKET", "the thread has another", live_ticket_id="tkt_7")
    assert "keva tickets show tkt_7" in hint(failure_of(error))


def test_a_removed_channel_is_told_from_an_unknown_one() -> None:
    unknown = hint(failure_of(NotFound("CHANNEL_NOT_FOUND", "there is none")))
    removed = hint(failure_of(FailedPrecondition("CHANNEL_NOT_FOUND", "it was removed")))
    assert "keva channels list" in unknown
    assert "brings it back" in removed


def test_a_bug_is_found_in_the_log() -> None:
    assert "4711" in hint(failure_of(Internal("INTERNAL", "internal error", error_id="4711")))


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (FailureKind.UNREACHABLE, "keva up"),
        (FailureKind.UNREACHABLE, "--sms-service or KEVA_SMS_SERVICE"),
        (FailureKind.UNKNOWN_RPC, "--sms-service or KEVA_SMS_SERVICE"),
        (FailureKind.NOT_TRUSTED, "ca.crt"),
        (FailureKind.NO_CERTIFICATE, "--tls-dir"),
        (FailureKind.NO_KEVA, "keva up"),
        (FailureKind.NO_KEVA, "--tls-dir"),
    ],
)
def test_a_service_that_cannot_be_talked_to_has_options_that_help(kind: FailureKind, shown: str) -> None:
    assert shown in hint(Failure(kind, "it failed", service="sms_service"))


@pytest.mark.parametrize("service", [process.name for process in PROCESSES if process.speaks == "grpc"] + ["console"])
def test_the_option_that_names_a_service_exists(service: str) -> None:
    option, variable = address_option(service).split(" or ")

    assert (option, variable) in {(source.option.partition(" ")[0], source.variable) for source in SOURCES.values()}


def test_a_failure_of_the_command_itself_keeps_its_advice() -> None:
    assert hint(refused("The file is there already.", "Name another one.")) == "Name another one."


def test_sentence_ends_with_the_reason_if_there_is_one() -> None:
    assert sentence(not_found("There is none.", reason="TICKET_NOT_FOUND")) == "There is none. (TICKET_NOT_FOUND)"
    assert sentence(refused("It failed.")) == "It failed."


def _exists(words: list[str]) -> bool:
    """Whether the words name a command, whatever follows it."""
    node: Any = typer.main.get_command(app)
    while words and isinstance(node, TyperGroup):
        node = node.get_command(typer.Context(node), words.pop(0))
    return node is not None and not isinstance(node, TyperGroup)


def test_who_acts_as_nobody_is_told_the_option_and_no_metadata() -> None:
    failure = failure_of(FailedPrecondition("NO_AGENT_ACTS", "name the one who acts, in `keva-actor: agent:ID`"))

    assert "keva-actor" not in sentence(failure)
    assert "--as" in hint(failure)
