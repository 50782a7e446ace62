"""Why a request is not served."""


class HttpRefusal(Exception):
    """The request is answered with `status` and `text`; `reason` is for the log. Neither quotes what came."""

    def __init__(self, status: int, reason: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason
        self.text = text


def malformed(text: str) -> HttpRefusal:
    """400: nothing can be made of it."""
    return HttpRefusal(400, "MALFORMED", text)
