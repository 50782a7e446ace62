"""Enums of the API by the words that people choose and read."""

from typing import Any

import pytest

from client.words.enums import (
    CreateTicketOn,
    Priority,
    TicketState,
    create_ticket_on_text,
    enum_name,
    priority_name,
    ticket_state_name,
)
from keva.ticket.v1 import channel_service_pb2, message_pb2, routing_pb2, ticket_service_pb2


@pytest.mark.parametrize(
    ("words", "enum"),
    [
        (TicketState, ticket_service_pb2.TicketState),
        (Priority, routing_pb2.Priority),
        (CreateTicketOn, channel_service_pb2.CreateTicketOn),
    ],
)
def test_people_can_choose_every_value_but_the_unset_one(words: Any, enum: Any) -> None:
    chosen: list[Any] = list(words)

    assert sorted(word.to_proto() for word in chosen) == sorted(number for number in enum.values() if number)
    assert {word.value for word in chosen} == {word.name.lower().replace("_", "-") for word in chosen}


@pytest.mark.parametrize(
    ("enum", "number", "name"),
    [
        (ticket_service_pb2.TicketState, ticket_service_pb2.TICKET_STATE_OPEN, "OPEN"),
        (channel_service_pb2.CreateTicketOn, channel_service_pb2.CREATE_TICKET_ON_ANY_MESSAGE, "ANY_MESSAGE"),
        (message_pb2.MediaState, 0, "UNSPECIFIED"),
        (message_pb2.MediaState, 99, "99"),
    ],
)
def test_a_value_has_its_name_without_the_enum_s(enum: Any, number: int, name: str) -> None:
    assert enum_name(enum, number) == name


def test_words_are_read_as_they_are_chosen() -> None:
    assert ticket_state_name(ticket_service_pb2.Ticket(state=TicketState.PENDING.to_proto())) == "PENDING"
    assert priority_name(Priority.URGENT.to_proto()) == "URGENT"
    assert [create_ticket_on_text(choice.to_proto()) for choice in CreateTicketOn] == list(CreateTicketOn)
