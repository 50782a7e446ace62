"""The list of what the console records in the audit trail. docs/audit.md shows it."""

from servicekit.audit.action import Action


class AuditAction(Action):
    """Written before it is done, so that nothing is done without a record."""

    SUCCEEDED = (
        "sign_in.succeeded",
        "agent",
        "An agent signed in to the console: by password or by link.",
    )
    FAILED = (
        "sign_in.failed",
        "agent",
        "Somebody who gave an agent's e-mail address did not have the password: how many times in a row by then. "
        "Recorded at the 1st, 2nd, 4th, 8th and so on.",
    )
    ENDED = "sign_in.ended", "agent", "An agent signed out."
    PASSWORD_SET = (
        "sign_in.password_set",
        "agent",
        "An agent set a password: by link, or by password, which is by the one of before. All other sessions of the "
        "agent end.",
    )
    LINK_CREATED = (
        "sign_in.link_created",
        "agent",
        "Somebody made a one-time link with which the agent can set a password: until when it can be used.",
    )
    SESSIONS_ENDED = (
        "sign_in.sessions_ended",
        "agent",
        "Somebody ended sessions of the agent's: how many there were.",
    )
