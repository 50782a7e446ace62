"""What Prometheus reads tells how much, never who or what."""

from prometheus_client import generate_latest

from dev.leaks import Private, in_writings
from tests.sms_service.conftest import Sms

SECRET = "quokkaparade"


async def test_metrics_hold_no_token_no_text_and_no_number(sms: Sms) -> None:
    await sms.connect()
    await sms.send("msg_metrics", SECRET)
    await sms.inbound(sms.webhook(MessageSid="SM" + "1" * 32, From=sms.customer, To=sms.number, Body=SECRET))

    page = generate_latest()

    assert b"keva_" in page
    assert in_writings({"metrics": page}, Private([sms.auth_token], [SECRET], [sms.customer, sms.number])) == []
