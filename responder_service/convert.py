"""Conversations, drafts and hand-offs as protobuf messages, and back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from keva.responder.v1 import responder_service_pb2 as pb
from keva.ticket.v1 import ai_profile_pb2, article_pb2, hand_off_pb2
from responder_service import errors
from responder_service.drafting.conversation import (
    Conversation,
    Cost,
    Draft,
    Drafted,
    HandOff,
    Line,
    Mode,
    NoReply,
    Profile,
    Role,
    Suggestion,
)
from responder_service.knowledge.article import Article
from responder_service.knowledge.knowledge_base import Counts
from responder_service.knowledge.passage import Passage
from servicekit.limits import CONVERSATION_MESSAGES, HAND_OFF_DETAIL_CHARACTERS, INBOUND_TEXT_BYTES
from servicekit.rpc.proto_values import enum_to_proto, optional_enum_from_proto, require


def conversation_from_proto(request: pb.DraftReplyRequest) -> Conversation:
    """What is to be answered. Raises FIELD_REQUIRED and FIELD_INVALID."""
    require(request, "organization_id", "workspace_id", "messages")
    if len(request.messages) > CONVERSATION_MESSAGES:
        raise errors.invalid("messages", f"may be at most {CONVERSATION_MESSAGES}")
    conversation = Conversation(
        organization_id=request.organization_id,
        workspace_id=request.workspace_id,
        ticket_id=request.ticket_id,
        lines=tuple(_line_from_proto(message, f"messages[{i}]") for i, message in enumerate(request.messages)),
        profile=_profile_from_proto(request.profile),
        opted_out=request.opted_out,
        ask_time=_time_from_proto(request, "ask_time", "ask_time") or datetime.now(UTC),
        time_zone=_time_zone(request.time_zone),
        greeting_waited=request.greeting_waited,
        no_draft=request.no_draft,
    )
    if not conversation.unanswered:
        raise errors.invalid("messages", "must end with a text of the customer's")
    return conversation


def _line_from_proto(message: pb.ConversationMessage, field: str) -> Line:
    role = optional_enum_from_proto(pb.ConversationRole, message.role, Role, f"{field}.role")
    if role is None:
        raise errors.invalid(f"{field}.role", "is not known")
    if len(message.text.encode()) > INBOUND_TEXT_BYTES:
        raise errors.invalid(f"{field}.text", f"may be at most {INBOUND_TEXT_BYTES} bytes")
    if message.media_count < 0:
        raise errors.invalid(f"{field}.media_count", "must not be negative")
    return Line(
        role, message.text, _time_from_proto(message, "message_time", f"{field}.message_time"), message.media_count
    )


def _time_from_proto(message: Message, name: str, field: str) -> datetime | None:
    if not message.HasField(name):
        return None
    try:
        moment: datetime = getattr(message, name).ToDatetime(tzinfo=UTC)
        return moment
    except (ValueError, OverflowError):
        raise errors.invalid(field, "is not a valid time") from None


def _time_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise errors.invalid("time_zone", "must be an IANA time zone, such as Europe/Berlin") from None


def _profile_from_proto(profile: ai_profile_pb2.AiProfile) -> Profile:
    return Profile(
        business_name=profile.business_name,
        tone=profile.tone,
        business_hours=profile.business_hours,
        languages=tuple(profile.languages),
        hand_off_rules=tuple(profile.hand_off_rules),
    )


def drafted_to_proto(drafted: Drafted) -> pb.DraftReplyResponse:
    """A draft, a hand-off or nothing, and what it took."""
    response = pb.DraftReplyResponse(
        mode=mode_to_proto(drafted.mode),
        model=drafted.model,
        input_tokens=drafted.input_tokens,
        output_tokens=drafted.output_tokens,
        duration=_duration_to_proto(drafted.duration),
        suggestions=map(_suggestion_to_proto, drafted.suggestions),
    )
    if drafted.verifier.model:
        response.MergeFrom(_verifier_to_proto(drafted.verifier))
    if isinstance(drafted.result, Draft):
        response.draft.CopyFrom(_draft_to_proto(drafted.result))
    elif isinstance(drafted.result, NoReply):
        response.no_reply.reason = enum_to_proto(pb.NoReplyReason, drafted.result.reason.value)
    else:
        response.hand_off.CopyFrom(_hand_off_to_proto(drafted.result))
    return response


def _verifier_to_proto(cost: Cost) -> pb.DraftReplyResponse:
    return pb.DraftReplyResponse(
        verifier_model=cost.model,
        verifier_input_tokens=cost.input_tokens,
        verifier_output_tokens=cost.output_tokens,
        verifier_duration=_duration_to_proto(cost.duration),
    )


def _duration_to_proto(duration: timedelta) -> Duration:
    message = Duration()
    message.FromTimedelta(duration)
    return message


def mode_to_proto(mode: Mode) -> "pb.ResponderMode.ValueType":
    """What drafts rest on."""
    number: pb.ResponderMode.ValueType = enum_to_proto(pb.ResponderMode, mode.value)
    return number


def _draft_to_proto(draft: Draft) -> pb.Draft:
    return pb.Draft(text=draft.text, articles=map(_passage_to_proto, draft.passages), language=draft.language)


def _passage_to_proto(passage: Passage) -> pb.Article:
    return pb.Article(article_id=passage.article_id, title=passage.title, section=passage.section)


def _suggestion_to_proto(suggestion: Suggestion) -> pb.Suggestion:
    return pb.Suggestion(article=_passage_to_proto(suggestion.passage), text=suggestion.text)


def _hand_off_to_proto(hand_off: HandOff) -> pb.HandOff:
    reason = enum_to_proto(hand_off_pb2.HandOffReason, hand_off.reason.value)
    return pb.HandOff(reason=reason, detail=hand_off.detail[:HAND_OFF_DETAIL_CHARACTERS])


def article_to_proto(article: Article) -> article_pb2.WholeArticle:
    sections = [article_pb2.ArticleSection(heading=one.heading, text=one.text) for one in article.sections]
    return article_pb2.WholeArticle(
        article_id=article.article_id, title=article.title, language=article.language, sections=sections
    )


def counts_to_proto(counts: Counts) -> pb.WorkspaceArticles:
    """What a workspace has."""
    return pb.WorkspaceArticles(
        workspace_id=counts.workspace_id,
        articles=counts.articles,
        sections=counts.sections,
        broken_files=counts.broken_files,
    )
