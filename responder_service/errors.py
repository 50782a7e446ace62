"""The errors of keva.responder.v1, each with its reason from error_reason.proto."""

from servicekit.errors import NotFound, Unavailable, invalid

__all__ = ["invalid"]


def overloaded() -> Unavailable:
    """As many drafts as allowed are being written."""
    return Unavailable("OVERLOADED", "too many drafts are being written; ask again later")


def article_not_found(article_id: str) -> NotFound:
    """No such article in the workspace that was named."""
    return NotFound("ARTICLE_NOT_FOUND", f"there is no article {article_id} in this workspace", article_id=article_id)
