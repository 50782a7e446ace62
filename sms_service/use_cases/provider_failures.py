"""The provider's failures as errors of keva.sms.v1."""

from servicekit.errors import FailedPrecondition, KevaError, ResourceExhausted, Unavailable
from sms_service import errors
from sms_service.domain.provider_errors import (
    ProviderCredentialsRefused,
    ProviderError,
    ProviderOutcomeUnknown,
    ProviderRateLimited,
    ProviderRefused,
)


def as_keva_error(error: ProviderError, account_sid: str = "") -> KevaError:
    """What a caller hears of it; `account_sid` names the account to somebody who may have asked for several."""
    code = str(error.code)
    if isinstance(error, ProviderRefused):
        return FailedPrecondition(
            "SENDER_REFUSED", f"Twilio refuses with error {code}", twilio_code=code, error_text=error.failure.sentence
        )
    if isinstance(error, ProviderCredentialsRefused):
        return errors.credentials_refused(error.code, account_sid)
    if isinstance(error, ProviderRateLimited):
        return ResourceExhausted(
            "TWILIO_RATE_LIMITED", "Twilio takes no more requests just now; ask again later", twilio_code=code
        )
    if isinstance(error, ProviderOutcomeUnknown):
        return errors.send_outcome_unknown()
    return Unavailable("TWILIO_UNAVAILABLE", "Twilio cannot be reached; ask again in a moment")
