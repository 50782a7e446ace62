"""Notes that mention agents, over gRPC: the note and its audit record have their ids."""

from keva.ticket.v1 import agent_service_pb2
from tests.ticket_service.desk import Desk, details


async def test_note_mentions_agents_of_the_workspace(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    role = agent_service_pb2.AGENT_ROLE_AGENT
    ann = await desk.new_agent("ann.lee@example.com", role, display_name="Ann Lee")
    bob = await desk.new_agent("bob@example.com", role, display_name="Bob", workspace_ids=[await desk.new_workspace()])
    cas = await desk.new_agent("cas@example.com", role, display_name="Cas")
    await desk.deactivate(cas.agent_id)

    note = await desk.note(ticket_id, f"@AnnLee, @bob, @cas and @Dana: call {bob.email}", request_id="note")
    again = await desk.note(ticket_id, f"@AnnLee, @bob, @cas and @Dana: call {bob.email}", request_id="note")
    plain = await desk.note(ticket_id, "nobody")

    # Bob works elsewhere, and Cas not any more; an administrator is of every workspace.
    assert list(note.mentions) == [ann.agent_id, "dana"]
    assert again == note
    assert not plain.mentions
    mentioning, other = await desk.records(ticket_id=ticket_id, action="note.added")
    assert details(mentioning) == {"mentions": f"{ann.agent_id}, dana"}
    assert details(other) == {}
    _, *notes = await desk.messages(ticket_id)
    assert [list(message.mentions) for message in notes] == [list(note.mentions), []]
