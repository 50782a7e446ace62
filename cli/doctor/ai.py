"""What the AI runs on, and whether it has what it needs."""

from collections.abc import Sequence

import grpc

from cli.advice import advice
from cli.connection import Session
from cli.doctor.finding import Condition, Finding
from cli.doctor.organization import Organization
from cli.terminal.choices import short_name
from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2, routing_pb2
from servicekit.rpc.statuses_to_errors import as_keva_error

_SECONDS = 5.0


async def ai(session: Session, organization: Organization) -> list[Finding]:
    """What the responder says that it runs on, and one finding per workspace."""
    try:
        told = await session.responder.GetResponder(pb.GetResponderRequest(), timeout=_SECONDS)
    except grpc.aio.AioRpcError as error:
        return [_untold(error, _numbers_of_the_ai(organization.channels or ()))]
    return [_mode(told), *_workspaces(told, organization)]


def _untold(error: grpc.aio.AioRpcError, numbers: Sequence[str]) -> Finding:
    if error.code() is grpc.StatusCode.UNIMPLEMENTED:
        return Finding(
            "AI", Condition.OK, "another responder than Keva's own, which does not tell what it runs on", facts=_facts()
        )
    known = as_keva_error(error)
    if known.reason != "PEER_UNAVAILABLE":
        return Finding("AI", Condition.WRONG, f"does not tell what it runs on: {known.message}", advice(known))
    if not numbers:
        return Finding("AI", Condition.NO_ANSWER, "cannot be asked", "Mend the responder first.")
    words = f"does not answer: new tickets of {', '.join(numbers)} go to people after a minute"
    return Finding("AI", Condition.NO_ANSWER, words, "Mend the responder, then: keva tickets assign TICKET ai")


def _mode(told: pb.GetResponderResponse) -> Finding:
    facts = _facts(short_name(pb.ResponderMode.DESCRIPTOR, told.mode), told.model)
    if told.mode == pb.RESPONDER_MODE_KNOWLEDGE_BASE:
        return Finding("AI", Condition.OK, "knowledge base: answers are the articles' own words", facts=facts)
    if told.mode == pb.RESPONDER_MODE_MODEL:
        return Finding("AI", Condition.OK, f"model {told.model}, given the articles", facts=facts)
    return Finding("AI", Condition.OK, "does not tell what it runs on", facts=facts)


def _facts(mode: str = "UNSPECIFIED", model: str = "") -> dict[str, str]:
    return {"mode": mode, "model": model}


def _workspaces(told: pb.GetResponderResponse, organization: Organization) -> list[Finding]:
    """Of an organization whose workspaces cannot be read, those that there are articles for. None of a responder that
    tells neither what it runs on nor of articles: it may have other sources."""
    if told.mode == pb.RESPONDER_MODE_UNSPECIFIED and not told.workspaces:
        return []
    by_id = {articles.workspace_id: articles for articles in told.workspaces}
    known = organization.workspaces
    ids = sorted(by_id) if known is None else [workspace.workspace_id for workspace in known]
    return [
        _articles(workspace_id, by_id.get(workspace_id, pb.WorkspaceArticles()), organization) for workspace_id in ids
    ]


def _articles(workspace_id: str, articles: pb.WorkspaceArticles, organization: Organization) -> Finding:
    subject = f"articles of {workspace_id}"
    counted = {"articles": articles.articles, "sections": articles.sections, "broken_files": articles.broken_files}
    facts = {"workspace_id": workspace_id, **counted}
    words = f"{_count(articles.articles, 'article')}, {_count(articles.sections, 'section')}"
    if articles.broken_files:
        broken = f"{words}, {_count(articles.broken_files, 'broken file')}"
        return Finding(subject, Condition.WRONG, broken, "keva kb check FOLDER names each mistake.", facts)
    numbers = _numbers_of_the_ai([c for c in organization.channels or () if c.workspace_id == workspace_id])
    if articles.articles:
        return Finding(subject, Condition.OK, words, facts=facts)
    if not numbers:
        return Finding(subject, Condition.OK, "none; no number assigns to the AI", facts=facts)
    return Finding(subject, Condition.WRONG, _nothing_to_say(numbers), _fill(workspace_id, numbers[0]), facts)


def _nothing_to_say(numbers: Sequence[str]) -> str:
    return (
        f"none, but {', '.join(numbers)} {'assigns' if len(numbers) == 1 else 'assign'} to the AI, which hands all off"
    )


def _fill(workspace_id: str, number: str) -> str:
    return (
        f"Put articles into the folder {workspace_id} of the responder's KEVA_KNOWLEDGE_BASE_DIR, "
        f"or: keva channels update {number} --auto-assign nobody"
    )


def _numbers_of_the_ai(channels: Sequence[channel_service_pb2.Channel]) -> list[str]:
    return [c.phone_number for c in channels if c.auto_assign.kind == routing_pb2.ASSIGNEE_KIND_AI]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
