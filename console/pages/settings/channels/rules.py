"""A channel's rules as a form has them, and as the services take them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from client.lists import list_agents
from client.session import Session
from client.words.actors import assignee_text, auto_assign_from_text
from client.words.enums import (
    AiAutonomy,
    CreateTicketOn,
    Priority,
    ai_autonomy_text,
    create_ticket_on_text,
    priority_name,
)
from client.words.language import say
from console.visit import Visit
from keva.ticket.v1 import agent_service_pb2, channel_service_pb2, routing_pb2

FIELDS = (
    *("display_name", "workspace_id", "create_ticket_on", "default_priority", "auto_assign", "ai_autonomy"),
    "segments_per_second",
)
# What the services refuse of somebody who gets new tickets.
BY_REASON = {
    "AGENT_NOT_FOUND": "auto_assign",
    "AGENT_INACTIVE": "auto_assign",
    "ROLE_NOT_ALLOWED": "auto_assign",
    "WORKSPACE_NOT_ALLOWED": "auto_assign",
    "WORKSPACE_NOT_FOUND": "workspace_id",
    "PHONE_NUMBER_NOT_SMS_CAPABLE": "",
}
DEFAULTS: Mapping[str, str] = {
    "create_ticket_on": CreateTicketOn.NEW_THREAD.value,
    "default_priority": Priority.HIGH.value,
    "auto_assign": "nobody",
    "ai_autonomy": AiAutonomy.SURE.value,
    "segments_per_second": "",
}


def typed_rules(channel: channel_service_pb2.Channel) -> dict[str, str]:
    """As the form shows them."""
    rate = channel.segments_per_second
    return {
        "display_name": channel.display_name,
        "workspace_id": channel.workspace_id,
        "create_ticket_on": create_ticket_on_text(channel.create_ticket_on),
        "default_priority": priority_name(channel.default_priority).lower(),
        "auto_assign": assignee_text(channel.auto_assign),
        "ai_autonomy": ai_autonomy_text(channel.ai_autonomy),
        "segments_per_second": f"{rate:g}" if rate else "",
    }


def read_rules(given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields of a channel, and what is wrong, by field."""
    fields: dict[str, Any] = {"display_name": given["display_name"], "workspace_id": given["workspace_id"]}
    errors: dict[str, str] = {}
    with suppress(ValueError):
        fields["create_ticket_on"] = CreateTicketOn(given["create_ticket_on"]).to_proto()
    with suppress(ValueError):
        fields["default_priority"] = Priority(given["default_priority"]).to_proto()
    with suppress(ValueError):
        fields["auto_assign"] = auto_assign_from_text(given["auto_assign"])
    with suppress(ValueError):
        fields["ai_autonomy"] = AiAutonomy(given["ai_autonomy"]).to_proto()
    for name in ("create_ticket_on", "default_priority", "auto_assign", "ai_autonomy"):
        if name not in fields:
            errors[name] = say("Choose one of the list.")
    try:
        fields["segments_per_second"] = float(given["segments_per_second"].replace(",", ".") or 0)
    except ValueError:
        errors["segments_per_second"] = say("Write a number, such as 1 or 0.5, or leave it empty.")
    return fields, errors


async def choices(visit: Visit, chosen: str) -> dict[str, Sequence[tuple[str, str]]]:
    """What the form's lists offer. `chosen` stays in the list, whoever it is."""
    return {
        "workspaces": [(one.workspace_id, one.display_name or one.workspace_id) for one in visit.workspaces],
        "create_ticket_on": [
            (CreateTicketOn.NEW_THREAD.value, say("New thread")),
            (CreateTicketOn.ANY_MESSAGE.value, say("Any message")),
        ],
        "priorities": [(one.value, one.value.capitalize()) for one in Priority],
        "autonomies": [
            (AiAutonomy.SURE.value, say("Answers when it is sure")),
            (AiAutonomy.SUGGEST.value, say("Suggests only: people send")),
            (AiAutonomy.OFF.value, say("Off: it is never asked")),
        ],
        "assignees": await _assignees(visit.session, chosen),
    }


async def _assignees(session: Session, chosen: str) -> list[tuple[str, str]]:
    agents = [agent for agent in await list_agents(session) if agent.role != agent_service_pb2.AGENT_ROLE_VIEWER]
    offered = [
        ("nobody", say("Nobody: anybody who is free takes it")),
        ("ai", say("The AI")),
        ("available", say("Anybody available: available agents share them")),
        *((_value(agent), f"{agent.display_name} ({agent.email})") for agent in agents),
    ]
    if chosen and chosen not in dict(offered):
        offered.append((chosen, say("An agent who is not active")))
    return offered


def _value(agent: agent_service_pb2.Agent) -> str:
    return assignee_text(routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id=agent.agent_id))


async def assignee_names(session: Session) -> Mapping[str, str]:
    """What the page of all channels calls who gets new tickets, by the form's value."""
    agents = await list_agents(session, show_deactivated=True)
    short = {"nobody": say("Nobody"), "ai": say("The AI"), "available": say("Anybody available")}
    return short | {_value(agent): agent.display_name for agent in agents}
