"""Where Twilio sends a number's texts, and what counts as ours."""

import pytest
from twilio.request_validator import RequestValidator

from dev.twilio_simulator.webhooks.connection_overrides import overrides_of
from sms_service.domain.phone_number import InboundUrls, PhoneNumber, Route
from sms_service.twilio.inbound_route import is_out_of_reach, own_route, routed
from sms_service.twilio.records import MessagingService
from sms_service.twilio.signature import is_valid
from sms_service.twilio.webhook_urls import CONNECTION_OVERRIDES, our_urls
from tests.sms_service.conftest import PUBLIC_URL

WEBHOOK = f"{PUBLIC_URL}/api/webhooks/twilio"


URL, FALLBACK = f"{WEBHOOK}#{CONNECTION_OVERRIDES}", f"{WEBHOOK}/fallback#{CONNECTION_OVERRIDES}"


APP = "AP" + "1" * 32


OURS = our_urls(PUBLIC_URL)
HOST = PUBLIC_URL.partition("://")[2]


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


OTHERS = [
    pytest.param(URL, "POST", id="as we write it"),
    pytest.param(URL, "GET", id="GET"),
    pytest.param(WEBHOOK, "POST", id="no fragment"),
    pytest.param(FALLBACK, "POST", id="the fallback's"),
    pytest.param(f"{WEBHOOK}?desk=1", "POST", id="with a query"),
    pytest.param(f"{WEBHOOK}?", "POST", id="with an empty query"),
    pytest.param(WEBHOOK.replace("https:", "http:"), "POST", id="not encrypted"),
    pytest.param(WEBHOOK.replace("example/", "example:443/"), "POST", id="with the usual port"),
    pytest.param(WEBHOOK.replace("example/", "example:80/").replace("https", "http"), "POST", id="port 80"),
    pytest.param(WEBHOOK.replace("sms.", "SMS."), "POST", id="host in capitals"),
    pytest.param(WEBHOOK.replace("https://", "https://user:secret@"), "POST", id="with credentials"),
    pytest.param(WEBHOOK.replace("https", "HTTPS"), "POST", id="scheme in capitals"),
]


@pytest.mark.parametrize(("url", "method"), OTHERS)
def test_a_number_is_judged_as_the_gateway_would(url: str, method: str) -> None:
    """What Twilio would sign for that URL, verified as the gateway has it verified: over its own address."""
    # As its documentation has it: without the fragment, and without user and password.
    called = url.partition("#")[0].replace("user:secret@", "")
    target = "/" + called.split("/", 3)[3]
    signature = RequestValidator("token").compute_signature(called, {"Body": "hello"})
    taken = method == "POST" and is_valid(PUBLIC_URL + target, [("Body", "hello")], signature, ["token"])

    judged = routed(_number(InboundUrls(url, method, OURS.fallback_url, "POST")), None, OURS)

    assert judged.route in (Route.KEVA, Route.KEVA_INCOMPLETE, Route.KEVA_REFUSED)
    assert (judged.route is not Route.KEVA_REFUSED) == taken
    assert bool(judged.trouble) != taken


@pytest.mark.parametrize(
    ("url", "route", "trouble"),
    [
        (f"{PUBLIC_URL}/sms?secret=x", "OTHER_WEBHOOK", "Keva has no webhook at /sms"),
        (PUBLIC_URL, "OTHER_WEBHOOK", "Keva has no webhook at /"),
        (f"{WEBHOOK}/", "OTHER_WEBHOOK", "Keva has no webhook at /api/webhooks/twilio/"),
        (f"{WEBHOOK}/status", "OTHER_WEBHOOK", "Keva has no webhook at /api/webhooks/twilio/status"),
        ("https://bot.example/in", "OTHER_WEBHOOK", ""),
        ("", "NONE", ""),
    ],
)
def test_a_wrong_path_on_our_host_is_told_from_another_host(url: str, route: str, trouble: str) -> None:
    judged = routed(_number(InboundUrls(url, "POST", "", "POST")), None, OURS)

    assert (judged.route.name, judged.trouble) == (route, trouble)


@pytest.mark.parametrize(
    ("fallback", "method", "trouble"),
    [
        (FALLBACK, "POST", ""),
        (WEBHOOK, "POST", ""),
        ("", "POST", ""),
        (FALLBACK, "GET", "its fallback URL: its method is GET, and Keva takes POST alone"),
        ("https://bot.example/in", "POST", "its fallback URL: it leads to bot.example"),
        (f"{PUBLIC_URL}/sms", "POST", "its fallback URL: Keva has no webhook at /sms"),
        ("http://[broken", "POST", "its fallback URL: it leads to nobody"),
        (
            FALLBACK.replace("https:", "http:"),
            "POST",
            f"its fallback URL: it begins with http://{HOST}, and KEVA_PUBLIC_URL with {PUBLIC_URL}",
        ),
    ],
)
def test_a_fallback_url_is_judged_too(fallback: str, method: str, trouble: str) -> None:
    judged = routed(_number(InboundUrls(URL, "POST", fallback, method)), None, OURS)

    assert judged.route in (Route.KEVA, Route.KEVA_INCOMPLETE)
    assert judged.trouble == trouble


def test_a_messaging_service_that_calls_us_with_get_is_refused() -> None:
    service = MessagingService("MG1", InboundUrls(URL, "GET", FALLBACK, "POST"), uses_webhook_on_number=False)

    judged = routed(_number(OURS), service, OURS)

    assert (judged.route, judged.messaging_service_sid) == (Route.KEVA_REFUSED, "MG1")
    assert "GET" in judged.trouble


def test_a_messaging_service_comes_before_a_twiml_app() -> None:
    service = MessagingService("MG1", InboundUrls("", "POST", "", "POST"), uses_webhook_on_number=False)

    assert routed(_number(OURS, APP), service, OURS).route.name == "MESSAGING_SERVICE"
    assert routed(_number(OURS, APP), None, OURS).route.name == "TWIML_APP"
