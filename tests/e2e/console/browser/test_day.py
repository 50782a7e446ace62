"""A team's first day, from the administrator's link to signing out, in one go: what each page alone is tested for hangs
together. With `--pictures FOLDER` it is also who takes the pictures of docs/console.md, on a stack of its own."""

import asyncio
import dataclasses
import os
import random
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dev.local_stack.accounts import OPERATOR
from dev.local_stack.desk import RunningStack, new_account
from keva.ticket.v1 import workspace_service_pb2
from tests.browsers import WIDE, Look, OpenPage
from tests.e2e.conftest import StartStack
from tests.e2e.console.browser.day import answering, leaving, setting_up, working
from tests.e2e.console.browser.day.day import Day
from tests.keva_command import keva_command
from tests.pictures import Pictures

DANA = "dana@alder-finch.example"
# A stack, an organization, a workspace.
Place = tuple[RunningStack, str, str]
_ROOT = Path(__file__).parents[4]
_AFTER_THE_LINK = (
    setting_up.connect_the_account,
    setting_up.add_the_number,
    setting_up.invite_a_colleague,
    answering.see_a_text_come,
    answering.say_who_it_is,
    answering.answer_with_a_saved_reply,
    answering.be_crossed_by_a_text,
    answering.hand_to_the_ai_and_take_over,
    answering.mention_a_colleague,
    working.snooze_until_the_next_text,
    working.see_a_full_inbox,
    working.resolve_several,
    working.let_the_ai_answer,
    working.send_later,
    working.read_a_long_text,
    working.begin_a_conversation,
    working.block_somebody,
    working.find_it_again,
    leaving.look_around,
    leaving.look_at_a_customer,
    leaving.sign_out,
)


@pytest.fixture
async def place(running: RunningStack, start_stack: StartStack, pictures: Pictures) -> AsyncIterator[Place]:
    """Nobody and nothing is there but a workspace: an organization of its own. For pictures, a stack of its own, whose
    AI has articles."""
    if pictures.are_wanted:
        async with start_stack() as own:
            yield own, "default", "default"
        return
    organization = f"alder-finch-{uuid.uuid4().hex[:8]}"
    request = workspace_service_pb2.CreateWorkspaceRequest(organization_id=organization, display_name="Support")
    made = await running.clients.workspaces.CreateWorkspace(request, metadata=OPERATOR)
    yield running, organization, made.workspace.workspace_id


def _seattle() -> str:
    """A number that looks like one of a shop, and that no other account has (as good as)."""
    return f"+1206555{random.randint(1000, 9999)}"


async def _first_link(running: RunningStack, organization_id: str, workspace_id: str) -> str:
    """What `keva agents add` ends with."""
    words = ("agents", "add", DANA, "--name", "Dana Reyes", "--role", "administrator")
    scope = ("--organization", organization_id, "--workspace", workspace_id)
    process = await asyncio.create_subprocess_exec(
        *keva_command(*words, *scope),
        cwd=running.stack.state.path.parent,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output = (await process.communicate())[0].decode()
    assert process.returncode == 0, output
    return output.splitlines()[-1].strip()


@pytest.mark.parametrize("look", [pytest.param(each, id=str(each)) for each in (WIDE, Look(390, 844, "dark"))])
async def test_a_team_begins_and_works_for_a_day(
    place: Place, open_page: OpenPage, pictures: Pictures, look: Look
) -> None:
    page, colleague = [await open_page(look, base_url=place[0].stack.console_url) for _ in range(2)]
    account = dataclasses.replace(new_account(), display_name="Alder & Finch", phone_number=_seattle())
    day = Day(*place, account, look, pictures, page, colleague)

    await setting_up.set_a_password(day, await _first_link(*place))
    for step in _AFTER_THE_LINK:
        await step(day)
    # Nothing of the pages asks a stack that has ended.
    for each in (page, colleague):
        await each.goto("about:blank")
