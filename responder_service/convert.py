"""Conversations, drafts and hand-offs as protobuf messages, and back."""

from collections.abc import Iterable
from datetime import UTC, datetime

from google.protobuf.duration_pb2 import Duration

from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import ai_profile_pb2, hand_off_pb2
from responder_service import errors
from responder_service.drafting.conversation import Conversation, Draft, Drafted, HandOff, Line, Mode, Profile, Role
from responder_service.knowledge.knowledge_base import Counts
from responder_service.knowledge.passage import Passage
from servicekit.limits import CONVERSATION_MESSAGES, HAND_OFF_DETAIL_CHARACTERS, INBOUND_TEXT_BYTES

_ROLES = {
    pb.CONVERSATION_ROLE_CUSTOMER: Role.CUSTOMER,
    pb.CONVERSATION_ROLE_AI: Role.AI,
    pb.CONVERSATION_ROLE_AGENT: Role.AGENT,
}


def to_conversation(request: pb.DraftReplyRequest) -> Conversation:
    """What is to be answered. Raises FIELD_REQUIRED and FIELD_INVALID."""
    for field in ("organization_id", "workspace_id", "messages"):
        if not getattr(request, field):
            raise errors.required(field)
    if len(request.messages) > CONVERSATION_MESSAGES:
        raise errors.invalid("messages", f"may be at most {CONVERSATION_MESSAGES}")
    conversation = Conversation(
        organization_id=request.organization_id,
        workspace_id=request.workspace_id,
        ticket_id=request.ticket_id,
        lines=tuple(_to_line(message, f"messages[{i}]") for i, message in enumerate(request.messages)),
        profile=_to_profile(request.profile),
        opted_out=request.opted_out,
    )
    if not conversation.unanswered:
        raise errors.invalid("messages", "must end with a text of the customer's")
    return conversation


def _to_line(message: pb.ConversationMessage, field: str) -> Line:
    role = _ROLES.get(message.role)
    if role is None:
        raise errors.invalid(f"{field}.role", "is not known")
    if len(message.text.encode()) > INBOUND_TEXT_BYTES:
        raise errors.invalid(f"{field}.text", f"may be at most {INBOUND_TEXT_BYTES} bytes")
    if message.media_count < 0:
        raise errors.invalid(f"{field}.media_count", "must not be negative")
    return Line(role, message.text, _to_time(message, f"{field}.message_time"), message.media_count)


def _to_time(message: pb.ConversationMessage, field: str) -> datetime | None:
    if not message.HasField("message_time"):
        return None
    try:
        return message.message_time.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise errors.invalid(field, "is no time") from None


def _to_profile(profile: ai_profile_pb2.AiProfile) -> Profile:
    return Profile(
        business_name=profile.business_name,
        tone=profile.tone,
        business_hours=profile.business_hours,
        languages=tuple(profile.languages),
        hand_off_rules=tuple(profile.hand_off_rules),
    )


def from_drafted(drafted: Drafted) -> pb.DraftReplyResponse:
    """A draft or a hand-off, and what it took."""
    duration = Duration()
    duration.FromTimedelta(drafted.duration)
    response = pb.DraftReplyResponse(
        mode=from_mode(drafted.mode),
        model=drafted.model,
        input_tokens=drafted.input_tokens,
        output_tokens=drafted.output_tokens,
        duration=duration,
    )
    if isinstance(drafted.result, Draft):
        response.draft.CopyFrom(_from_draft(drafted.result))
    else:
        response.hand_off.CopyFrom(_from_hand_off(drafted.result))
    return response


def from_mode(mode: Mode) -> "pb.ResponderMode.ValueType":
    """What drafts rest on."""
    return pb.ResponderMode.Value(f"RESPONDER_MODE_{mode.value}")


def _from_draft(draft: Draft) -> pb.Draft:
    return pb.Draft(text=draft.text, articles=_from_passages(draft.passages), language=draft.language)


def _from_passages(passages: Iterable[Passage]) -> list[pb.Article]:
    return [pb.Article(article_id=p.article_id, title=p.title, section=p.section) for p in passages]


def _from_hand_off(hand_off: HandOff) -> pb.HandOff:
    reason = hand_off_pb2.HandOffReason.Value(f"HAND_OFF_REASON_{hand_off.reason.value}")
    return pb.HandOff(reason=reason, detail=hand_off.detail[:HAND_OFF_DETAIL_CHARACTERS])


def from_counts(counts: Counts) -> pb.WorkspaceArticles:
    """What a workspace has."""
    return pb.WorkspaceArticles(
        workspace_id=counts.workspace_id,
        articles=counts.articles,
        sections=counts.sections,
        broken_files=counts.broken_files,
    )
