"""Which tickets to list, as options."""

from enum import StrEnum
from typing import Annotated

import typer
from google.protobuf.duration_pb2 import Duration

from cli.terminal.choices import assignee_option, parse_duration
from client.words.enums import Priority, TicketOrder
from keva.ticket.v1 import routing_pb2


class ListedState(StrEnum):
    """A ticket's state, or any."""

    OPEN = "open"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ANY = "any"


StateOption = Annotated[
    list[ListedState] | None,
    typer.Option(
        metavar="|".join(ListedState),
        help="Only tickets in this state (default: open, or any in a search and for a customer); repeat it for several",
        case_sensitive=False,
    ),
]
AssigneeOption = Annotated[
    list[routing_pb2.Assignee] | None,
    assignee_option("Only tickets of this assignee; repeat it for several"),
]
ChannelOption = Annotated[
    str, typer.Option(metavar="NUMBER", help="Only tickets of this number that Keva answers, or of this channel's id")
]
CustomerOption = Annotated[
    str,
    typer.Option(
        metavar="NUMBER", help='Only tickets of the customer with this phone number, such as "(555) 123-4567", or id'
    ),
]
QueryOption = Annotated[
    str,
    typer.Option(
        metavar="WORDS",
        help="Search: a ticket's number, part of a phone number, or words of the customer's name or e-mail address "
        "and of texts",
    ),
]
TextOption = Annotated[
    str,
    typer.Option(
        metavar="WORDS", help="Only tickets with a text or note that has all these words, or words that begin so"
    ),
]
PriorityOption = Annotated[
    list[Priority] | None,
    typer.Option(metavar="|".join(Priority), help="Only this priority; repeat it for several", case_sensitive=False),
]
TagOption = Annotated[
    list[str] | None, typer.Option(metavar="TAG", help="Only tickets with this tag; repeat it for several, all of them")
]
UnreadOption = Annotated[
    bool, typer.Option("--unread", help="Only tickets with texts of the customer that the acting agent has not read")
]
WaitingOption = Annotated[
    Duration | None,
    typer.Option(
        parser=parse_duration, metavar="TIME", help="Only tickets whose customer has waited so long: 30m, 2h or 1d"
    ),
]
FailedOption = Annotated[bool, typer.Option("--failed", help="Only tickets with a reply that could not be delivered")]
HandedOffOption = Annotated[bool, typer.Option("--handed-off", help="Only tickets that the AI has left to a person")]
SnoozedOption = Annotated[
    bool | None, typer.Option("--snoozed/--awake", help="Only tickets that are put aside, or only the others")
]
OrderOption = Annotated[
    TicketOrder | None,
    typer.Option(
        "--order",
        metavar="|".join(TicketOrder),
        help="In which order (default: waiting; created in a search and for a customer)",
        case_sensitive=False,
    ),
]
