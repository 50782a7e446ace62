"""The local stack and the simulators are the folder `dev` of the repository: a production image has none."""

from client.failure import Failure, refused


def tools_missing() -> Failure:
    """The folder is not installed."""
    return refused(
        "The local stack and its Twilio simulator are not installed here.",
        "They are part of Keva's repository: clone it, run make setup, and use its .venv/bin/keva.",
    )
