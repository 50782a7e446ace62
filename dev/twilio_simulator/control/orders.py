"""The bodies of control calls. Unknown fields are refused: a typing error should not pass for a default."""

from datetime import datetime
from typing import Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountOrder(Order):
    auth_token: str = Field(min_length=1)
    friendly_name: str | None = None
    public_url_map: dict[str, str] | None = None
    trial: bool | None = None
    status: Literal["active", "suspended", "closed"] | None = None
    refused_with: Literal[20003, 20005, 90010] | None = None


class SharedKeyOrder(Order):
    """The shared key that signs from now on."""

    shared_key_id: str = Field(min_length=1)
    secret: str = Field(min_length=1)
    algorithm: Literal["HMAC_SHA1", "HMAC_SHA256"] = "HMAC_SHA256"


class NumberOrder(Order):
    """What is left out stays as it is."""

    friendly_name: str | None = None
    capabilities: list[Literal["voice", "sms", "mms", "fax"]] | None = None
    sms_url: str | None = None
    sms_method: Literal["GET", "POST"] | None = None
    sms_fallback_url: str | None = None
    sms_application_sid: str | None = None


class ServiceOrder(Order):
    """A messaging service as it is from now on."""

    friendly_name: str = "A service"
    inbound_request_url: str | None = None
    inbound_method: Literal["GET", "POST"] = "POST"
    fallback_url: str | None = None
    fallback_method: Literal["GET", "POST"] = "POST"
    use_inbound_webhook_on_number: bool = False
    numbers: frozenset[str] = frozenset()


class MediaOrder(Order):
    content_type: str
    base64: Base64Bytes


class TextOrder(Order):
    """A customer's text; SimulatorClient.text explains the fields."""

    sender: str = Field(alias="from")
    to: str
    body: str
    account_sid: str | None = None
    message_sid: str | None = Field(default=None, pattern=r"^\w+$")
    params: dict[str, str | list[str] | None] = {}
    media: list[MediaOrder] = Field(default=[], max_length=10)
    copies: int = Field(default=1, ge=1, le=1000)
    tamper: Literal["body", "signature", "no_signature", "url", "account"] | None = None
    deliver: bool = True
    wait: bool = True
    sent_at: datetime | None = None
    cut: bool = False


class SentOrder(Order):
    """An SMS that another program sends through the same account."""

    account_sid: str
    sender: str = Field(alias="from")
    to: str
    body: str
    sent_at: datetime | None = None


class FaultOrder(Order):
    operation: str
    fault: str
    milliseconds: int = Field(default=0, ge=0)
    times: int | None = None
    copies: int = Field(default=2, ge=1, le=100)


class OutcomeOrder(Order):
    status: str
    error_code: int | None = Field(default=None, ge=10000, le=99999)


class PhoneOrder(Order):
    """What is left out stays as it is; `next` null: the next text arrives."""

    name: str | None = Field(default=None, max_length=80)
    is_on: bool | None = None
    next: OutcomeOrder | None = None
