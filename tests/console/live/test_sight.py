"""Which events whose browser gets."""

import json
from dataclasses import replace

import pytest

from console.live import frames
from console.live.happening import Happening, batch_of
from console.live.notices import Notice, NoticeKind, notice_of
from console.live.preferences import Preferences
from console.live.sight import Sight
from keva.ticket.v1 import actor_pb2, event_service_pb2, routing_pb2, ticket_service_pb2

ME = "agt_me"
_TEXT = Happening(
    "aud_1", "message.received", "default", "tkt_1", 7, "msg_1", "customer:cus_1", 3, assignee="nobody", customer="Ann"
)
_AGENT = replace(_TEXT, type="agent.updated", workspace_id="", ticket_id="", subject_id="agt_other")
_CHANNEL = replace(_AGENT, type="channel.created", workspace_id="sales", subject_id="chn_1")


@pytest.mark.parametrize(
    ("happening", "of_agent", "of_administrator"),
    [
        pytest.param(_TEXT, True, True, id="of the workspace"),
        pytest.param(replace(_TEXT, workspace_id="sales"), False, False, id="of another workspace's ticket"),
        pytest.param(replace(_TEXT, workspace_id="sales", type="message.refused"), False, False, id="on such a ticket"),
        pytest.param(_AGENT, True, True, id="an agent"),
        pytest.param(_CHANNEL, False, True, id="another workspace's number"),
        pytest.param(replace(_CHANNEL, workspace_id="default"), True, True, id="a number of the workspace"),
        pytest.param(replace(_AGENT, type="credential.created"), False, True, id="a Twilio account"),
        pytest.param(replace(_AGENT, type="message.refused"), False, True, id="a text to a number nobody has"),
        pytest.param(replace(_AGENT, type="audit.anchored"), False, False, id="the trail's own"),
        pytest.param(replace(_TEXT, type="audit.exported"), False, False, id="the trail's own, of the workspace"),
        pytest.param(replace(_AGENT, type="customer.created", workspace_id="sales"), False, False, id="a customer"),
    ],
)
def test_a_browser_gets_what_its_agent_may_see(happening: Happening, of_agent: bool, of_administrator: bool) -> None:
    assert Sight(ME, "default", is_administrator=False).sees(happening) is of_agent
    assert Sight(ME, "default", is_administrator=True).sees(happening) is of_administrator


_MINE = replace(_TEXT, assignee=f"agent:{ME}")
_NOTE = replace(_TEXT, type="note.added", actor="agent:agt_other", mentions=frozenset({ME, "agt_third"}))


@pytest.mark.parametrize(
    ("happening", "kind", "turned_off_by"),
    [
        pytest.param(_MINE, NoticeKind.TEXT_ON_MINE, "mine", id="a text on mine"),
        pytest.param(_TEXT, NoticeKind.TEXT_ON_UNASSIGNED, "unassigned", id="a text on nobody's"),
        pytest.param(replace(_MINE, type="ticket.assigned"), NoticeKind.GIVEN_TO_ME, "mine", id="given to me"),
        pytest.param(replace(_MINE, type="ticket.unsnoozed"), NoticeKind.BACK, "mine", id="mine is back"),
        pytest.param(replace(_TEXT, type="ai.handed_off"), NoticeKind.HANDED_OFF, "unassigned", id="handed off"),
        pytest.param(_NOTE, NoticeKind.MENTIONED, "mentions", id="mentioned"),
    ],
)
def test_people_are_told_of_what_they_want(happening: Happening, kind: NoticeKind, turned_off_by: str) -> None:
    assert notice_of(happening, ME, Preferences(sound=False)) == Notice(kind, "Ann", sound=False, desktop=True)
    assert notice_of(happening, ME, replace(Preferences(), **{turned_off_by: False})) is None


@pytest.mark.parametrize(
    "happening",
    [
        pytest.param(replace(_TEXT, assignee="agent:agt_other"), id="a text on a colleague's"),
        pytest.param(replace(_TEXT, assignee="ai"), id="a text that the AI answers"),
        pytest.param(replace(_MINE, type="ticket.assigned", actor=f"agent:{ME}"), id="what one did oneself"),
        pytest.param(replace(_NOTE, mentions=frozenset({"agt_third"})), id="a note that mentions others"),
        pytest.param(replace(_TEXT, ticket_id=""), id="a blocked customer's text"),
        pytest.param(replace(_MINE, type="message.delivery_changed"), id="a delivery"),
    ],
)
def test_people_are_not_told_of_the_rest(happening: Happening) -> None:
    assert notice_of(happening, ME, Preferences()) is None


def test_an_event_goes_out_without_names_and_once_with_its_token() -> None:
    response = event_service_pb2.WatchEventsResponse(
        resume_token="T1",
        events=[
            event_service_pb2.Event(
                event_id="aud_1",
                type="note.added",
                workspace_id="default",
                ticket_id="tkt_1",
                subject_id="msg_1",
                sequence=3,
                actor=actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id="agt_other"),
                details={"mentions": "agt_me, agt_third"},
                ticket=ticket_service_pb2.Ticket(
                    number=7,
                    customer_display_name="Ann\nid: forged",
                    assignee=routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI),
                ),
            )
        ],
    )
    batch = batch_of(response)
    [one] = batch.happened

    frame = frames.events([(one, notice_of(one, ME, Preferences())), (one, None)], batch.token).decode()

    place, name, data = frame.rstrip("\n").split("\n")
    told, untold = json.loads(data.removeprefix("data: "))
    assert (place, name) == ("id: T1", "event: events")
    assert told.pop("notice") == {
        **{"kind": "mentioned", "customer": "Ann\nid: forged"},
        **{"sound": True, "desktop": True},
    }
    assert told == untold
    assert untold == {
        **{"id": "aud_1", "type": "note.added", "workspace_id": "default", "ticket_id": "tkt_1", "ticket_number": 7},
        **{"subject_id": "msg_1", "actor": "agent:agt_other", "sequence": 3},
    }
