"""The account's numbers, through Twilio's own client."""

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from dev.twilio_simulator.client import SimulatorClient
from tests.twilio_simulator.conftest import ACCOUNT, NUMBER


async def test_list_filters_and_pages(simulator: SimulatorClient, twilio: Client) -> None:
    for last in range(1, 8):
        await simulator.put_number(ACCOUNT, f"+1415555010{last}", friendly_name=f"Desk {last}")

    async def numbers(**filters: Any) -> list[str]:
        found = await twilio.incoming_phone_numbers.list_async(**filters)
        return [number.phone_number[-4:] for number in found]

    assert len(await numbers(page_size=3)) == 8
    assert await numbers(phone_number=NUMBER) == ["0100"]
    assert await numbers(phone_number="415555010*") == [f"010{n}" for n in range(1, 8)]
    assert await numbers(friendly_name="Desk 3") == ["0103"]
    assert await numbers(phone_number="+19995550000") == []


async def test_update_changes_what_is_given_and_nothing_else(simulator: SimulatorClient, twilio: Client) -> None:
    number = await simulator.put_number(ACCOUNT, NUMBER, friendly_name="Support")

    await twilio.incoming_phone_numbers(number.sid).update_async(
        sms_url="https://sms.example.com/in", sms_method="GET", sms_fallback_url="https://backup.example.com/"
    )
    fetched = await twilio.incoming_phone_numbers(number.sid).fetch_async()

    assert fetched.sms_url == "https://sms.example.com/in"
    assert fetched.sms_method == "GET"
    assert fetched.sms_fallback_url == "https://backup.example.com/"
    assert fetched.friendly_name == "Support"
    assert fetched.capabilities == {"voice": True, "sms": True, "mms": True, "fax": False}
    assert fetched.sid == number.sid


@pytest.mark.parametrize(
    ("capabilities", "changes", "code"),
    [
        pytest.param(["sms"], {"sms_url": "not a url"}, 21402, id="no URL"),
        pytest.param(["sms"], {"sms_method": "PUT"}, 21403, id="no method"),
        pytest.param(["sms"], {"sms_fallback_url": "https://b.example/"}, 21406, id="fallback alone"),
        pytest.param(["voice"], {"sms_url": "https://a.example/"}, 21407, id="cannot text"),
    ],
)
async def test_update_refuses(
    simulator: SimulatorClient, twilio: Client, capabilities: list[str], changes: dict[str, str], code: int
) -> None:
    number = await simulator.put_number(ACCOUNT, "+12065550101", capabilities=capabilities)

    with pytest.raises(TwilioRestException) as refused:
        await twilio.incoming_phone_numbers(number.sid).update_async(friendly_name="changed", **changes)

    assert (refused.value.status, refused.value.code) == (400, code)
    fetched = await twilio.incoming_phone_numbers(number.sid).fetch_async()
    assert (fetched.friendly_name, fetched.sms_url, fetched.sms_fallback_url) == ("+12065550101", "", "")


async def test_a_number_leaves_its_twiml_app_when_told(simulator: SimulatorClient, twilio: Client) -> None:
    number = await simulator.put_number(ACCOUNT, NUMBER, sms_application_sid="AP" + "1" * 32)
    assert number.sms_application_sid == "AP" + "1" * 32

    updated = await twilio.incoming_phone_numbers(number.sid).update_async(sms_application_sid="")

    assert updated.sms_application_sid == ""


async def test_unknown_number_is_not_found(twilio: Client) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await twilio.incoming_phone_numbers("PN" + "0" * 32).fetch_async()

    assert refused.value.code == 20404


async def test_putting_a_number_again_keeps_what_is_left_out(simulator: SimulatorClient) -> None:
    first = await simulator.put_number(ACCOUNT, NUMBER, friendly_name="Support")

    again = await simulator.put_number(ACCOUNT, NUMBER)

    assert again == first


async def test_short_codes_are_listed_apart(simulator: SimulatorClient, twilio: Client) -> None:
    await simulator.put_number(ACCOUNT, "384387", friendly_name="Fudge")

    (found,) = await twilio.short_codes.list_async(short_code="384387")
    updated = await twilio.short_codes(found.sid).update_async(sms_url="https://sms.example.com/in", sms_method="POST")

    assert (found.short_code, found.friendly_name, found.sid[:2]) == ("384387", "Fudge", "SC")
    assert updated.sms_url == "https://sms.example.com/in"
    assert await twilio.short_codes.list_async(short_code="111111") == []
    assert [number.phone_number for number in await twilio.incoming_phone_numbers.list_async()] == [NUMBER]
    with pytest.raises(TwilioRestException) as refused:
        await twilio.short_codes("SC" + "0" * 32).update_async(sms_url="https://sms.example.com/in")
    assert refused.value.code == 20404
