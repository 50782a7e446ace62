"""Whether the provider lets an Auth Token in."""

from sms_service.domain.credential import Credential
from sms_service.domain.provider_errors import ProviderCredentialsRefused, ProviderError, ProviderRefused
from sms_service.ports.provider import Provider
from sms_service.use_cases.provider_failures import as_keva_error


async def refusal(provider: Provider, credential: Credential) -> ProviderError | None:
    """Why it does not let the account's tokens in; None when it does. Raises KevaError when it does not say."""
    try:
        await provider.fetch_account(credential)
    except (ProviderCredentialsRefused, ProviderRefused) as error:
        return error
    except ProviderError as error:
        raise as_keva_error(error) from None
    return None
