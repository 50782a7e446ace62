"""What a setup brings: the local stack and the simulators are the folder `dev` of the repository, which a production
image does not have, and the folder `keva` is generated, which an interrupted setup has not done."""

from client.failure import Failure, refused


def tools_missing(error: ModuleNotFoundError) -> Failure:
    """What is missing where a module of `dev` cannot be imported."""
    return setup_unfinished(error) or refused(
        "The local stack and its Twilio simulator are not installed here.",
        "They are part of Keva's repository: clone it, run make setup, and use its .venv/bin/keva.",
    )


def setup_unfinished(error: ModuleNotFoundError) -> Failure | None:
    """What `error` comes from, where that is a setup that was interrupted; else None."""
    if (error.name or "").partition(".")[0] != "keva":
        return None
    return refused("This Keva is not set up: its setup was not finished.", "Run make setup where Keva was cloned.")
