"""Whether a peer takes work, asked over a real channel."""

from dev.local_stack.ports import free_port
from servicekit.rpc.peer_health import is_serving
from tests.identities import channel_to
from tests.identities import server as make_server


async def test_a_peer_is_well_while_it_is_ready() -> None:
    server = make_server("sms_service")
    port = await server.start("127.0.0.1:0")
    async with channel_to("sms_service", port) as channel:
        ask = is_serving(channel)
        starting = await ask()
        await server.set_ready()
        ready = await ask()
        await server.drain(0)

    assert (starting, ready) == (False, True)


async def test_a_peer_that_is_not_there_is_not_well() -> None:
    async with channel_to("sms_service", free_port()) as channel:
        assert not await is_serving(channel)()
