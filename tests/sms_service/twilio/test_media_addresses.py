"""Which addresses attachments are fetched from."""

import pytest
from yarl import URL

from sms_service.twilio.media_addresses import MediaAddresses, host_patterns

ACCOUNT = "AC" + "a" * 32
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"
TWILIO = MediaAddresses("https://api.twilio.com", host_patterns("*.twilio.com, *.TwilioCDN.com,store.example.com"))
ASKED = URL(f"https://api.twilio.com{PATH}")


@pytest.mark.parametrize(
    "url", [f"https://api.twilio.com{PATH}", f"https://API.Twilio.com{PATH}", f"https://api.twilio.com:443{PATH}"]
)
def test_media_of_the_account_is_asked_for(url: str) -> None:
    assert str(TWILIO.resource(url, ACCOUNT)).lower().replace(":443", "") == str(ASKED).lower()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://[",
        PATH,
        f"http://api.twilio.com{PATH}",
        f"https://api.twilio.com:8443{PATH}",
        f"https://api.twilio.com.evil.example{PATH}",
        f"https://evil.example{PATH}",
        f"https://evil.example\\@api.twilio.com{PATH}",
        f"https://api.twilio.com@evil.example{PATH}",
        f"https://me:secret@api.twilio.com{PATH}",
        f"https://media.twilio.com{PATH}",
        f"https://169.254.169.254{PATH}",
        f"file://api.twilio.com{PATH}",
        f"https://api.twilio.com{PATH}?x=1",
        f"https://api.twilio.com{PATH}#x",
        f"https://api.twilio.com{PATH}/../../../../Messages.json",
        f"https://api.twilio.com{PATH}.json",
        f"https://api.twilio.com{PATH.replace(ACCOUNT, 'AC' + 'b' * 32)}",
        f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}.json",
        f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/..%2f..%2fMM2",
    ],
)
def test_anything_else_is_not(url: str) -> None:
    assert TWILIO.resource(url, ACCOUNT) is None


@pytest.mark.parametrize("asked", ["api.twilio.com", "api.dublin.us1.twilio.com", "api.ie1.twilio.com"])
def test_edges_and_regions_are_asked_where_the_api_is_configured(asked: str) -> None:
    dublin = MediaAddresses("https://api.dublin.us1.twilio.com", ())

    assert dublin.resource(f"https://{asked}{PATH}", ACCOUNT) == URL(f"https://api.dublin.us1.twilio.com{PATH}")
    assert str(TWILIO.resource(f"https://{asked}{PATH}", ACCOUNT)) == str(ASKED)


@pytest.mark.parametrize(
    "url",
    [
        f"http://api.twilio.com{PATH}",
        f"https://api.twilio.com:8443{PATH}",
        f"https://api.a.b.c.twilio.com{PATH}",
        f"https://evilapi.twilio.com{PATH}",
        f"https://api.eviltwilio.com{PATH}",
        f"https://api.twilio.com.evil.example{PATH}",
        f"https://api.twilio.com/twilio{PATH}",
        f"https://api.twilio.com{PATH}?x=1",
        f"https://api.twilio.com{PATH.replace(ACCOUNT, 'AC' + 'b' * 32)}",
    ],
)
def test_nothing_else_is_an_edge_or_a_region(url: str) -> None:
    assert MediaAddresses("https://api.dublin.us1.twilio.com", ()).resource(url, ACCOUNT) is None


def test_twilio_is_not_asked_where_something_else_stands_in_for_it() -> None:
    assert MediaAddresses("http://127.0.0.1:8090/twilio", ()).resource(f"https://api.twilio.com{PATH}", ACCOUNT) is None


def test_address_of_the_api_may_have_a_path_and_a_port() -> None:
    behind_a_proxy = MediaAddresses("http://127.0.0.1:8090/twilio", ())

    assert behind_a_proxy.resource(f"http://127.0.0.1:8090/twilio{PATH}", ACCOUNT) is not None
    assert behind_a_proxy.resource(f"http://127.0.0.1:8091/twilio{PATH}", ACCOUNT) is None
    assert behind_a_proxy.redirect(ASKED, "http://127.0.0.1:8090/store") == URL("http://127.0.0.1:8090/store")


@pytest.mark.parametrize(
    ("location", "followed"),
    [
        ("http://localhost:8090/store", True),
        ("https://localhost/store", True),
        ("http://localhost:8091/store", False),
        ("http://localhost/store", False),
        ("https://localhost:8090/store", False),
        ("http://127.0.0.2:8090/store", False),
        ("http://elsewhere.example:8090/store", False),
    ],
)
def test_another_host_is_asked_over_https_or_as_the_api_is(location: str, followed: bool) -> None:
    local = MediaAddresses("http://127.0.0.1:8090", host_patterns("localhost"))

    assert (local.redirect(URL(f"http://127.0.0.1:8090{PATH}"), location) is not None) == followed


@pytest.mark.parametrize(
    "location",
    [
        "https://mms.twiliocdn.com/AC1/x?Expires=1&Signature=a%2Fb~%7E%2b",
        "https://a.b.twilio.com/x",
        "https://store.example.com/x",
        "/elsewhere",
        "https://MMS.TWILIOCDN.COM/x",
    ],
)
def test_redirects_within_the_allowed_hosts_are_followed(location: str) -> None:
    assert str(TWILIO.redirect(ASKED, location)) == str(ASKED.join(URL(location, encoded=True)))


@pytest.mark.parametrize(
    "location",
    [
        "",
        "http://mms.twiliocdn.com/x",
        "https://mms.twiliocdn.com:8443/x",
        "https://twiliocdn.com.evil.example/x",
        "https://eviltwiliocdn.com/x",
        "https://x.store.example.com/x",
        "https://me@mms.twiliocdn.com/x",
        "https://evil.example/x",
        "//evil.example/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://2130706433/x",
        "https://169.254.169.254/latest/meta-data",
        "ftp://mms.twiliocdn.com/x",
        "https://[",
    ],
)
def test_other_redirects_are_not(location: str) -> None:
    assert TWILIO.redirect(ASKED, location) is None


@pytest.mark.parametrize("setting", ["*", "*.*.com", "https://a.example", "a.example:443", "127.0.0.1", "*.localhost"])
def test_senseless_hosts_are_refused(setting: str) -> None:
    with pytest.raises(ValueError, match=r"media\.example\.com"):
        host_patterns(setting)
