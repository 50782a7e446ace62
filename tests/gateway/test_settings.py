import pytest

from dev.forking.client import ForkServer
from dev.local_stack.ports import free_port
from gateway.settings import base_url
from tests.gateway.gateway_process import Gateway, start_process
from tests.identities import environment_of


async def test_all_that_is_wrong_is_said_at_once(forks: ForkServer) -> None:
    lines: list[str] = []
    wrong = {
        "KEVA_HTTP_LISTEN": "8080",
        "KEVA_HEALTH_LISTEN": "x",
        "KEVA_METRICS_LISTEN": ":9",
        "KEVA_TRUSTED_PROXIES": "10.0.0.0/8, 10.0.0.1/8",
        "KEVA_PUBLIC_URL": "ftp://x",
        "KEVA_LOG_LEVEL": "LOUD",
    }

    process = await start_process(forks.start, wrong, lambda _, line: lines.append(line))

    assert await process.exited == 2
    named = {line.split(":")[0].strip() for line in lines[1:]}
    assert named == {
        "KEVA_HTTP_LISTEN",
        "KEVA_HEALTH_LISTEN",
        "KEVA_METRICS_LISTEN",
        "KEVA_TRUSTED_PROXIES",
        "KEVA_PUBLIC_URL",
        "KEVA_LOG_LEVEL",
        "KEVA_SMS_SERVICE",
        "KEVA_TICKET_SERVICE",
        "KEVA_TLS_DIR",
    }


async def test_a_port_that_is_taken_ends_it(lonely: Gateway, forks: ForkServer) -> None:
    lines: list[str] = []
    address = f"127.0.0.1:{lonely.port}"
    peers = {f"KEVA_{name}_SERVICE": f"127.0.0.1:{free_port()}" for name in ("SMS", "TICKET")} | environment_of(
        "gateway"
    )

    process = await start_process(
        forks.start,
        {
            "KEVA_HTTP_LISTEN": address,
            "KEVA_HEALTH_LISTEN": "127.0.0.1:0",
            "KEVA_PUBLIC_URL": "https://x.example",
            **peers,
        },
        lambda _, line: lines.append(line),
    )

    assert await process.exited == 1
    assert address in lines[-1]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://sms.example.com", "https://sms.example.com"),
        ("https://sms.example.com/", "https://sms.example.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://[::1]:8443/keva/", "https://[::1]:8443/keva"),
    ],
)
def test_public_url_is_what_targets_are_appended_to(text: str, url: str) -> None:
    assert base_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "sms.example.com",
        "ftp://sms.example.com",
        "https://",
        "https:///path",
        "https://:8080",
        "https://x.example:99999",
        "https://x.example:port",
        "https://x.example?a=b",
        "https://x.example?",
        "https://x.example#",
        "https://x.example/#rc=3",
        "https://x.example/a b",
        "https://ünï.example",
        "https://[::1",
        "https://x.example\n",
    ],
)
def test_public_url_that_twilio_cannot_sign_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        base_url(text)
