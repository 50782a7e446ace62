"""First steps, on a Keva of the test's own: it is about all that has ever happened in it."""

import pytest

from console.pages.first_steps.progress import Progress
from dev.local_stack.accounts import configure_number, connect_account, open_account, subscribe_number
from dev.local_stack.desk import Desk, new_account
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import agent_service_pb2, channel_service_pb2
from tests.e2e.conftest import StartStack
from tests.e2e.console.conftest import SignIn, signing_in

VIEWER = agent_service_pb2.AGENT_ROLE_VIEWER
STEPS = "/first-steps"


async def test_each_step_is_done_when_the_services_know_of_it(start_stack: StartStack) -> None:
    async with start_stack() as running, signing_in(running) as sign_in:
        dana = await sign_in("dana")
        account = new_account()
        page = await dana.get(STEPS)
        assert "Connect Twilio" in page.one(".step-now").text
        assert page.one("#first-steps-setup a.button")["href"] == "/settings/integrations/twilio/connect"

        await open_account(running.simulator, running.stack, account)
        await connect_account(running.clients, account)
        page = await dana.get(STEPS)
        assert "Add a number" in page.one(".step-now").text

        channel = await subscribe_number(running.clients, account)
        page = await dana.get(STEPS)
        assert "Text it" in page.one(".step-now").text
        assert "nowhere yet" in page.one("#first-steps-texts").text

        await configure_number(running.clients, account)
        desk = Desk(running.stack, running.simulator, running.clients, account, channel)
        assert not (await dana.get(STEPS)).all(".finding-wrong")
        await desk.text("hello")
        part = await dana.get(STEPS, headers={"HX-Target": "first-steps-texts"})
        assert "Answer" in part.one(".step-now").text
        assert not part.all("#first-steps-setup")

        await desk.until_delivery(await desk.reply(await desk.ticket(), "Hello, too"))
        page = await dana.get(STEPS)
        assert not page.all(".step-now")
        assert len(page.all(".step-done")) == 5


async def test_only_administrators_come_in(sign_in: SignIn) -> None:
    assert (await (await sign_in("vera", VIEWER)).get(STEPS)).status == 403


ACCOUNT, CHANNEL = sms_service_pb2.TwilioAccount(), channel_service_pb2.Channel()


@pytest.mark.parametrize(
    ("done", "step"),
    [
        pytest.param(Progress([], [], False, False), 2, id="nothing"),
        pytest.param(Progress([ACCOUNT], [], False, False), 3, id="an account"),
        pytest.param(Progress([ACCOUNT], [CHANNEL], False, False), 4, id="a number"),
        pytest.param(Progress([ACCOUNT], [CHANNEL], True, False), 5, id="a text"),
        pytest.param(Progress([], [CHANNEL], True, True), 2, id="disconnected since"),
        pytest.param(Progress([ACCOUNT], [CHANNEL], True, True), 6, id="everything"),
    ],
)
def test_the_next_step_is_the_first_that_is_not_done(done: Progress, step: int) -> None:
    assert done.step == step
