"""Why a customer may have several tickets: by rules that somebody has set."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from client.doctor.finding import Condition, Finding
from client.words.language import say
from client.words.times import duration_text
from keva.ticket.v1 import channel_service_pb2, workspace_service_pb2

# Who answers within a day would not expect a new ticket.
_SHORT = timedelta(days=1)


def duplicates(
    channels: Sequence[channel_service_pb2.Channel], workspaces: Sequence[workspace_service_pb2.Workspace]
) -> list[Finding]:
    """A note on each rule by which a text begins another ticket; one finding that is well, if there is none."""
    found = [*_any_message(channels), *_in_several_accounts(channels), *_closed_soon(workspaces)]
    words = say("each customer has one ticket per number until it is closed; the same text of Twilio's is stored once")
    return found or [Finding(say("rules"), Condition.OK, words)]


def _any_message(channels: Sequence[channel_service_pb2.Channel]) -> list[Finding]:
    words = say("Create Ticket On is Any message: a text after its ticket was resolved begins a new one")
    advice = say("Choose New thread, and it reopens the ticket.")
    return [
        Finding(channel.phone_number, Condition.NOTE, words, advice, {"phone_numbers": [channel.phone_number]})
        for channel in channels
        if channel.create_ticket_on == channel_service_pb2.CREATE_TICKET_ON_ANY_MESSAGE
    ]


def _in_several_accounts(channels: Sequence[channel_service_pb2.Channel]) -> list[Finding]:
    counted = Counter(channel.phone_number for channel in channels)
    words = say("it is answered in several Twilio accounts, with tickets of its own in each")
    advice = say("Remove it where Twilio does not have it any more.")
    return [
        Finding(number, Condition.NOTE, words, advice, {"phone_numbers": [number]})
        for number, count in counted.items()
        if count > 1
    ]


def _closed_soon(workspaces: Sequence[workspace_service_pb2.Workspace]) -> list[Finding]:
    return [
        Finding(
            workspace.display_name or workspace.workspace_id,
            Condition.NOTE,
            say(
                "resolved tickets close after %(time)s; later texts begin new ones",
                time=duration_text(workspace.auto_close_after),
            ),
            say("Let the workspace wait for longer before it closes them."),
        )
        for workspace in workspaces
        if timedelta(0) < workspace.auto_close_after.ToTimedelta() < _SHORT
    ]
