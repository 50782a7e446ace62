"""What --json prints."""

import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp

from cli.terminal.output import as_plain
from keva.ticket.v1 import message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from tests.docs.pages import ROOT

_SEVEN = 7
_DEPTH = 5
_WIDE = {FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64}


def _messages() -> Iterator[Descriptor]:
    """All of the API, and those within them."""
    for file in sorted((ROOT / "protos").rglob("*.proto")):
        name = file.relative_to(ROOT / "protos").with_suffix("").as_posix().replace("/", ".")
        waiting = list(importlib.import_module(f"{name}_pb2").DESCRIPTOR.message_types_by_name.values())
        while waiting:
            found = waiting.pop()
            waiting += found.nested_types
            if not found.GetOptions().map_entry:
                yield found


def _fill(message: Message, depth: int, step: int) -> None:
    """Every 64-bit number in it is seven, and every other scalar is what it is by itself. Of fields that exclude each
    other the last one stays or, with the step -1, the first."""
    if depth == 0 or message.DESCRIPTOR.full_name.startswith("google."):
        return
    for field in message.DESCRIPTOR.fields[::step]:
        held: Any = getattr(message, field.name)
        if field.message_type and field.message_type.GetOptions().map_entry:
            value = field.message_type.fields_by_name["value"]
            if value.message_type:
                _fill(held["key"], depth - 1, step)
            elif value.cpp_type in _WIDE:
                held["key"] = _SEVEN
        elif field.message_type:
            inner = held.add() if field.is_repeated else held
            inner.SetInParent()
            _fill(inner, depth - 1, step)
        elif field.cpp_type in _WIDE:
            if field.is_repeated:
                held.append(_SEVEN)
            else:
                setattr(message, field.name, _SEVEN)


@pytest.mark.parametrize("described", list(_messages()), ids=lambda described: described.full_name)
@pytest.mark.parametrize("step", [1, -1])
def test_numbers_are_numbers_wherever_they_stand(described: Descriptor, step: int) -> None:
    message = GetMessageClass(described)()
    _fill(message, _DEPTH, step)

    printed = json.dumps(as_plain(message))

    assert f'"{_SEVEN}"' not in printed
    assert json.loads(printed) == as_plain(message)


def test_a_message_is_as_scripts_expect_it() -> None:
    media = message_pb2.MediaItem(media_id="med_1", size_bytes=2**53 - 1)
    answer = pb.ReplyToTicketResponse(
        ticket=pb.Ticket(number=12, create_time=Timestamp(seconds=1_769_860_800)),
        message=message_pb2.Message(message_id="msg_1", media=[media]),
    )

    plain = as_plain({"answer": answer, "more": [answer.ticket]})

    assert plain["answer"]["ticket"]["number"] == plain["more"][0]["number"] == 12
    assert plain["answer"]["ticket"]["create_time"] == "2026-01-31T12:00:00Z"
    assert plain["answer"]["message"]["media"][0]["size_bytes"] == 2**53 - 1
    assert plain["answer"]["message"]["text"] == ""
