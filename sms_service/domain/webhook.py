"""The provider's webhooks as they come."""

from collections.abc import Mapping
from dataclasses import dataclass

Parameters = tuple[tuple[str, str], ...]


class WebhookRefused(Exception):
    """The webhook is not accepted; `reason` is of error_reason.proto, `field` the parameter at fault."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


@dataclass(frozen=True)
class Webhook:
    """One request of the provider's, exactly as it came."""

    url: str
    signature: str
    parameters: Parameters
    signature_settings: str = ""

    @property
    def first(self) -> Mapping[str, str]:
        """The first value of each parameter."""
        return dict(reversed(self.parameters))
