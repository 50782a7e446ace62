"""A public URL with everything that a URL can have: what Twilio signs of it, and what it must not."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dev.forking.client import ForkServer
from dev.local_stack.accounts import WEBHOOK_PATH
from dev.local_stack.desk import Desk
from tests.e2e.conftest import run
from tests.e2e.wire import post_signed, text_parameters

PUBLIC_URL = "https://user:secret@sms.keva.example:8443/keva"


@pytest_asyncio.fixture(scope="module")
async def desk(forks: ForkServer) -> AsyncIterator[Desk]:
    """A desk of a stack that is reached at PUBLIC_URL."""
    async for running in run(forks, {"KEVA_PUBLIC_URL": PUBLIC_URL}):
        yield await running.open_desk()


@pytest.mark.parametrize(
    ("base", "status"),
    [
        pytest.param(
            "https://sms.keva.example:8443/keva", 200, id="credentials dropped, port kept (the documentation)"
        ),
        pytest.param("https://sms.keva.example/keva", 200, id="port dropped too"),
        pytest.param("https://user:secret@sms.keva.example:8443/keva", 200, id="credentials kept (the libraries)"),
        pytest.param("https://user:secret@sms.keva.example/keva", 200, id="credentials kept, port dropped"),
        pytest.param("https://sms.keva.example:443/keva", 403, id="another port"),
        pytest.param("https://other:secret@sms.keva.example:8443/keva", 403, id="other credentials"),
        pytest.param("https://sms.keva.example:8443", 403, id="another path"),
    ],
)
async def test_what_twilio_may_have_signed(desk: Desk, base: str, status: int) -> None:
    answer = await post_signed(desk, text_parameters(desk), signed_url=base + WEBHOOK_PATH)

    assert answer.status == status
