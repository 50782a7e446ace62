"""The errors of keva.responder.v1, each with its reason from error_reason.proto."""

from servicekit.errors import Unavailable, invalid

__all__ = ["invalid"]


def overloaded() -> Unavailable:
    """As many drafts as allowed are being written."""
    return Unavailable("OVERLOADED", "too many drafts are being written; ask again later")
