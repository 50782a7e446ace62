"""Which events a browser gets."""

from dataclasses import dataclass

from console.live.happening import Happening

# What settings are made of. Of these an administrator sees those of every workspace.
SETTINGS = ("agent.", "channel.", "credential.", "phone_number.", "saved_reply.", "workspace.", "message.refused")
# Who may list agents, and any agent may, sees that one of them changed.
_OF_ALL = ("agent.",)
# The trail's own bookkeeping says nothing to anybody at the console.
_OF_NOBODY = ("audit.",)


@dataclass(frozen=True)
class Sight:
    """What an agent may see, in the workspace that a page shows."""

    agent_id: str
    workspace_id: str
    is_administrator: bool

    def sees(self, happening: Happening) -> bool:
        """Whether the agent's browser gets it."""
        if happening.type.startswith(_OF_NOBODY):
            return False
        if happening.workspace_id == self.workspace_id:
            return True
        if happening.type.startswith(_OF_ALL):
            return True
        return self.is_administrator and not happening.ticket_id and happening.type.startswith(SETTINGS)

    def is_about_oneself(self, happening: Happening) -> bool:
        """Whether it changed what the agent may do."""
        return happening.type.startswith("agent.") and happening.subject_id == self.agent_id
