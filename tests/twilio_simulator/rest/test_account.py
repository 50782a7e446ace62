"""The account, its authentication and the rotation of its token, through Twilio's own client."""

import aiohttp
import pytest
from aiohttp import encode_basic_auth
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from dev.twilio_simulator.app import new_simulator
from dev.twilio_simulator.client import SimulatorClient
from dev.twilio_simulator.directory import Account
from dev.twilio_simulator.log import Message, now
from dev.twilio_simulator.webhooks.callbacks import play_out
from tests.twilio_simulator.conftest import ACCOUNT, CUSTOMER, NUMBER, TOKEN
from tests.twilio_simulator.product import Product


async def test_fetch_account(twilio: Client) -> None:
    account = await twilio.api.v2010.accounts(ACCOUNT).fetch_async()

    assert (account.sid, account.friendly_name, account.status) == (ACCOUNT, "Account 1", "active")


@pytest.mark.parametrize(
    ("user", "password", "path_sid"),
    [
        pytest.param(ACCOUNT, "wrong", ACCOUNT, id="wrong token"),
        pytest.param("AC" + "9" * 32, TOKEN, "AC" + "9" * 32, id="unknown account"),
        pytest.param(ACCOUNT, TOKEN, "AC" + "9" * 32, id="another account's path"),
    ],
)
async def test_refuses_credentials(
    simulator: SimulatorClient, http: aiohttp.ClientSession, user: str, password: str, path_sid: str
) -> None:
    url = f"{simulator.base_url}/2010-04-01/Accounts/{path_sid}.json"

    async with http.get(url, headers={"Authorization": encode_basic_auth(user, password)}) as response:
        error = await response.json()

    assert response.status == 401
    assert error == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


@pytest.mark.parametrize("header", [None, "Basic !!!", "Bearer abc", "Basic //8="])
async def test_refuses_a_request_without_credentials(
    simulator: SimulatorClient, http: aiohttp.ClientSession, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}

    async with http.get(f"{simulator.base_url}/2010-04-01/Accounts/{ACCOUNT}.json", headers=headers) as answer:
        assert answer.status == 401


async def test_unknown_path_is_not_found_in_twilios_words(
    simulator: SimulatorClient, http: aiohttp.ClientSession
) -> None:
    async with http.get(f"{simulator.base_url}/2010-04-01/Nonsense.json") as response:
        assert (response.status, (await response.json())["code"]) == (404, 20404)


@pytest.mark.parametrize("code", [20003, 20005, 90010])
async def test_a_suspended_account_sends_and_receives_nothing_until_it_is_active_again(
    simulator: SimulatorClient, twilio: Client, product: Product, code: int
) -> None:
    await simulator.put_account(ACCOUNT, TOKEN, status="suspended", refused_with=code)

    with pytest.raises(TwilioRestException) as refused:
        await twilio.messages.create_async(to=CUSTOMER, from_=NUMBER, body="hi")
    swallowed = await simulator.text(CUSTOMER, NUMBER, "is anybody there?")
    await simulator.put_account(ACCOUNT, TOKEN, status="active")
    await simulator.text(CUSTOMER, NUMBER, "hello again")

    assert refused.value.code == code
    assert swallowed.acknowledged is None
    assert (await product.next()).params["Body"] == "hello again"
    assert [message.body for message in await simulator.messages()] == ["hello again"]
    assert (await twilio.api.v2010.accounts(ACCOUNT).fetch_async()).status == "active"


@pytest.mark.parametrize("status", ["suspended", "closed"])
async def test_an_account_whose_credentials_are_right_says_that_it_is_not_active(
    simulator: SimulatorClient, twilio: Client, status: str
) -> None:
    await simulator.put_account(ACCOUNT, TOKEN, status=status, refused_with=20005)

    assert (await twilio.api.v2010.accounts(ACCOUNT).fetch_async()).status == status


async def test_what_waits_when_the_account_is_suspended_fails() -> None:
    waiting = Message("SM1", ACCOUNT, "outbound-api", NUMBER, CUSTOMER, "hi", "queued", now())
    simulator = await new_simulator("http://127.0.0.1", 0, "token")
    simulator.directory.accounts[ACCOUNT] = Account(ACCOUNT, TOKEN, "Account 1", status="suspended")
    simulator.messages.add(waiting)

    await play_out(simulator, waiting)

    await simulator.sender.close()
    assert (waiting.history, waiting.error_code) == (["queued", "failed"], 30002)


async def test_rotation_signs_with_the_new_token_only_once_promoted(
    simulator: SimulatorClient, twilio: Client, product: Product
) -> None:
    secondary = await twilio.accounts.v1.secondary_auth_token().create_async()
    await simulator.text(CUSTOMER, NUMBER, "before")
    assert (await product.next()).signed_for(product.url, TOKEN)

    twilio.password = secondary.secondary_auth_token
    twilio.auth = (ACCOUNT, secondary.secondary_auth_token)
    promoted = await twilio.accounts.v1.auth_token_promotion().update_async()
    await simulator.text(CUSTOMER, NUMBER, "after")
    after = await product.next()

    assert promoted.auth_token == secondary.secondary_auth_token
    assert after.signed_for(product.url, promoted.auth_token)
    assert not after.signed_for(product.url, TOKEN)


async def test_the_old_token_is_gone_at_once_when_promoted(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.create_secondary_token(ACCOUNT)
    await twilio.api.v2010.accounts(ACCOUNT).fetch_async()
    await simulator.promote_secondary_token(ACCOUNT)

    with pytest.raises(TwilioRestException) as refused:
        await twilio.api.v2010.accounts(ACCOUNT).fetch_async()

    assert (refused.value.status, refused.value.code) == (401, 20003)


async def test_a_deleted_secondary_token_cannot_be_promoted(twilio: Client) -> None:
    await twilio.accounts.v1.secondary_auth_token().create_async()
    await twilio.accounts.v1.secondary_auth_token().delete_async()

    with pytest.raises(TwilioRestException) as refused:
        await twilio.accounts.v1.auth_token_promotion().update_async()

    assert refused.value.code == 20404
