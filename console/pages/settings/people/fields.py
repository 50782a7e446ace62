"""The form with what is known of somebody."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from client.failure import Failure
from client.words.agents import role_text
from client.words.language import say
from console.pages.settings.forms import errors_of
from console.visit import Visit
from keva.ticket.v1 import agent_service_pb2 as pb

ROLES = {
    "agent": pb.AGENT_ROLE_AGENT,
    "administrator": pb.AGENT_ROLE_ADMINISTRATOR,
    "viewer": pb.AGENT_ROLE_VIEWER,
}
# For the list to choose from.
OPTIONS = tuple((name, name.capitalize()) for name in ROLES)
# What a field of the form is called in an agent.
NAMES = {"email": "email", "name": "display_name", "role": "role", "workspaces": "workspace_ids"}
_FIELDS = {name: field for field, name in NAMES.items()}
# Beside which field a service's refusal stands.
_BY_REASON = {"AGENT_ALREADY_EXISTS": "email", "LAST_ADMINISTRATOR": "role", "WORKSPACE_NOT_FOUND": "workspaces"}


@dataclass(frozen=True)
class Person:
    """What was typed, or is known."""

    email: str = ""
    name: str = ""
    role: str = "agent"
    workspaces: Sequence[str] = ()

    @property
    def values(self) -> dict[str, str]:
        """Each field as one text."""
        return {
            "email": self.email,
            "name": self.name,
            "role": self.role,
            "workspaces": ",".join(sorted(self.workspaces)),
        }

    @property
    def wrong(self) -> dict[str, str]:
        """What cannot be sent as it is, by field."""
        found = {} if self.email else {"email": say("Type an e-mail address.")}
        if self.role not in ROLES:
            found["role"] = say("Choose a role.")
        if self.role != "administrator" and not self.workspaces:
            found["workspaces"] = say("Choose at least one.")
        return found


def refused(visit: Visit, failure: Failure) -> dict[str, str]:
    """What a service has refused, by field. Raises the failure as errors_of does."""
    return {_FIELDS.get(name, name): words for name, words in errors_of(visit, failure, _FIELDS, _BY_REASON).items()}


async def typed_person(request: web.Request) -> Person:
    """What the form holds."""
    sent = await request.post()
    return Person(
        email=str(sent.get("email", "")).strip(),
        name=str(sent.get("name", "")).strip(),
        role=str(sent.get("role", "")),
        workspaces=tuple(str(value) for value in sent.getall("workspaces", [])),
    )


def known_person(agent: pb.Agent) -> Person:
    """What is known of an agent."""
    return Person(agent.email, agent.display_name, role_text(agent), tuple(agent.workspace_ids))
