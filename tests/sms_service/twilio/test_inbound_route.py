"""Where Twilio sends a number's texts, and what counts as ours."""

import pytest

from dev.twilio_simulator.webhooks.connection_overrides import overrides_of
from sms_service.domain.phone_number import InboundUrls, PhoneNumber
from sms_service.twilio.inbound_route import is_out_of_reach, own_route, routed
from sms_service.twilio.records import MessagingService
from sms_service.twilio.webhook_urls import CONNECTION_OVERRIDES, our_urls
from tests.sms_service.conftest import PUBLIC_URL

WEBHOOK = f"{PUBLIC_URL}/api/webhooks/twilio"


URL, FALLBACK = f"{WEBHOOK}#{CONNECTION_OVERRIDES}", f"{WEBHOOK}/fallback#{CONNECTION_OVERRIDES}"


APP = "AP" + "1" * 32


OURS = our_urls(PUBLIC_URL)


def test_repeats_are_as_twilio_takes_them_and_outlast_the_gateways_answer() -> None:
    overrides = overrides_of(URL)

    assert overrides.retry_on == {"ct", "rt", "5xx"}
    assert overrides.retries == 5
    assert 3000 < overrides.read < overrides.total


@pytest.mark.parametrize(
    ("public_url", "twilio_url", "out_of_reach"),
    [
        ("http://127.0.0.1:8080", "https://api.twilio.com", True),
        ("http://localhost:8080", "https://api.twilio.com", True),
        ("http://[::1]:8080", "https://api.twilio.com", True),
        ("http://gateway:8080", "https://api.twilio.com", True),
        ("https://192.168.1.7", "https://api.twilio.com", True),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8090", False),
        ("http://gateway:8080", "http://twilio-simulator:8090", False),
        ("https://sms.example.com", "https://api.twilio.com", False),
        ("https://203.0.114.9:8443/keva", "https://api.twilio.com", False),
    ],
)
def test_what_the_real_twilio_cannot_reach(public_url: str, twilio_url: str, out_of_reach: bool) -> None:
    assert is_out_of_reach(public_url, twilio_url) == out_of_reach


def _number(urls: InboundUrls, application_sid: str = "") -> PhoneNumber:
    return PhoneNumber("+12065550100", "PN1", "AC1", "", True, True, urls, application_sid)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(URL, "KEVA", id="as we write it"),
        pytest.param(URL.replace(",", "%2C"), "KEVA", id="with the fragment in another form"),
        pytest.param(f"{WEBHOOK}#tt=15000&rt=4000&rp=ct,rt,5xx&rc=5", "KEVA", id="in another order"),
        pytest.param(URL.replace("#", "?a=b#"), "KEVA_INCOMPLETE", id="with a query"),
        pytest.param(URL.replace("https://", "https://user:secret@"), "KEVA_INCOMPLETE", id="with credentials"),
        pytest.param(URL.replace("example", "example:8443"), "OTHER_WEBHOOK", id="another port"),
        pytest.param("http://[broken", "OTHER_WEBHOOK", id="no URL"),
    ],
)
def test_what_counts_as_ours(url: str, expected: str) -> None:
    assert own_route(_number(InboundUrls(url, "POST", OURS.fallback_url, "POST")), OURS).name == expected


def test_a_messaging_service_comes_before_a_twiml_app() -> None:
    service = MessagingService("MG1", InboundUrls("", "POST", "", "POST"), uses_webhook_on_number=False)

    assert routed(_number(OURS, APP), service, OURS).route.name == "MESSAGING_SERVICE"
    assert routed(_number(OURS, APP), None, OURS).route.name == "TWIML_APP"
