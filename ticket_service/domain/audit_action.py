"""The list of what ticket_service records in the audit trail. docs/audit.md shows it."""

from enum import StrEnum


class AuditAction(StrEnum):
    """What was done; the member itself is the name that is stored.

    `subject` is whose id the record names; `meaning` is a sentence on what happened and what the details say. A
    database may also hold actions of other services, and of other versions: reading them needs no member.
    """

    subject: str
    meaning: str

    def __new__(cls, name: str, subject: str, meaning: str) -> "AuditAction":
        member = str.__new__(cls, name)
        member._value_ = name
        member.subject = subject
        member.meaning = meaning
        return member

    CUSTOMER_CREATED = (
        "customer.created",
        "customer",
        "An address texted a workspace for the first time, was texted by it, or came with a list (imported): which "
        "fields the list had.",
    )
    CUSTOMER_IMPORTED = (
        "customer.imported",
        "customer",
        "A list changed a customer who was known: which fields; consents stands for a basis of consent.",
    )
    CUSTOMER_UPDATED = "customer.updated", "customer", "A person edited the customer: which fields."
    CUSTOMER_LOCATED = (
        "customer.located",
        "customer",
        "A text came with more of the location than was known: which fields it filled in.",
    )
    CUSTOMER_OPTED_OUT = (
        "customer.opted_out",
        "customer",
        "The customer takes no more texts from one of our numbers: by a keyword to it, by Twilio's verdict on a text "
        "(opt_out_type), or as Twilio says when it refuses a reply; which channel.",
    )
    CUSTOMER_OPTED_IN = (
        "customer.opted_in",
        "customer",
        "The customer takes texts from one of our numbers again: by a keyword to it, or by Twilio's verdict on a text; "
        "which channel.",
    )
    CUSTOMER_NO_TEXTS = (
        "customer.no_texts",
        "customer",
        "A person noted that the customer wants no texts from any of our numbers.",
    )
    CUSTOMER_TAKES_TEXTS = (
        "customer.takes_texts",
        "customer",
        "A person noted that the customer takes texts, or took back that they want none.",
    )
    CUSTOMER_BLOCKED = (
        "customer.blocked",
        "customer",
        "A person blocked the customer: on each of their live tickets, or on none if there is none.",
    )
    CUSTOMER_UNBLOCKED = "customer.unblocked", "customer", "A person unblocked the customer: recorded likewise."
    CUSTOMER_NOTE_ADDED = "customer.note_added", "customer", "Somebody wrote a note about the customer: its id."
    CUSTOMER_NOTE_DELETED = "customer.note_deleted", "customer", "Somebody removed a note about the customer: its id."
    CUSTOMER_FORGOTTEN = "customer.forgotten", "customer", "It was decided to erase all that identifies the customer."
    CUSTOMER_ERASED = "customer.erased", "customer", "Nothing that identifies a forgotten customer is left."

    TICKET_CREATED = (
        "ticket.created",
        "ticket",
        "A text, or a first text, began a ticket: its channel, priority and first assignee.",
    )
    TICKET_STATE_CHANGED = (
        "ticket.state_changed",
        "ticket",
        "A text moved the ticket from PENDING to OPEN; a reply, or small talk that needs none, from OPEN to PENDING.",
    )
    TICKET_RESOLVED = "ticket.resolved", "ticket", "Somebody settled the ticket."
    TICKET_REOPENED = (
        "ticket.reopened",
        "ticket",
        "A person, or a text on a RESOLVED ticket, made it OPEN again, or a first text PENDING.",
    )
    TICKET_CLOSED = (
        "ticket.closed",
        "ticket",
        "The ticket is final: closed by a person, after its workspace's time, or since its customer was forgotten.",
    )
    TICKET_SUCCEEDED = (
        "ticket.succeeded",
        "ticket",
        "A RESOLVED ticket left its thread to a new one: the successor's id.",
    )
    TICKET_ASSIGNED = "ticket.assigned", "ticket", "Whose work the ticket is changed: from whom to whom."
    TICKET_UPDATED = (
        "ticket.updated",
        "ticket",
        "Subject, priority or tags changed: the new priority, and of the others only that they changed.",
    )
    TICKET_SNOOZED = (
        "ticket.snoozed",
        "ticket",
        "The ticket was put aside: until when, or next_text, which is until the customer's next text alone.",
    )
    TICKET_UNSNOOZED = (
        "ticket.unsnoozed",
        "ticket",
        "The ticket is not put aside any more: why: time, text, by_hand or settled, which is resolved or closed.",
    )
    TICKET_ERASED = (
        "ticket.erased",
        "ticket",
        "The ticket's texts, media and subject are erased: how many messages, and why: retention or forgotten.",
    )

    MESSAGE_RECEIVED = (
        "message.received",
        "message",
        "A text was stored: its MessageSid and channel; how many media it has, which keyword it is, whether it is a "
        "reaction, whether its customer is blocked, whether it was recovered from Twilio's log and when it was sent "
        "then, and the error for which Twilio used the fallback URL.",
    )
    MESSAGE_REFUSED = "message.refused", "MessageSid", "A text came to a number that is not subscribed."
    MESSAGE_QUEUED = (
        "message.queued",
        "message",
        "A reply is to be sent: its segments, how many media it has, which part of a long text it is, whether it is "
        "the out-of-office text, whether it was scheduled, and which failed reply it repeats.",
    )
    MESSAGE_SCHEDULED = (
        "message.scheduled",
        "message",
        "A reply is to be sent later: when, its segments, and how many media it has.",
    )
    MESSAGE_CANCELLED = (
        "message.cancelled",
        "message",
        "A reply that was to be sent later never will be: cancelled by a person, or since its ticket was closed.",
    )
    MESSAGE_SEND_POSTPONED = (
        "message.send_postponed",
        "message",
        "A reply could not be sent yet, and will be tried again: Twilio's error code.",
    )
    MESSAGE_DELIVERY_CHANGED = (
        "message.delivery_changed",
        "message",
        "A reply got further, or failed: from which state to which, and Twilio's error code, or the reason for which "
        "Keva did not send it.",
    )
    MESSAGE_ERASED = "message.erased", "message", "A text without a ticket is erased: its retention time is over."
    MEDIA_STORED = "media.stored", "message", "Media of a text are kept: their id, type and size."
    MEDIA_REFUSED = "media.refused", "message", "Media of a text are not kept: their type, and why."
    NOTE_ADDED = "note.added", "message", "Somebody wrote an internal note: the agents whom it mentions."

    CONVERSATION_STARTED = (
        "conversation.started",
        "ticket",
        "Somebody texted a customer first: through which channel, whether they noted a basis of consent, and whether "
        "that began the ticket.",
    )

    AI_ANSWERED = (
        "ai.answered",
        "message",
        "The AI replied: the articles that it rests on, mode, model, milliseconds and tokens, and the verifier's.",
    )
    AI_HANDED_OFF = (
        "ai.handed_off",
        "ticket",
        "The AI left the ticket to a person: the reason, a detail for the staff, the articles that people are offered "
        "(suggested), and what drafting took.",
    )
    AI_NO_REPLY = (
        "ai.no_reply",
        "ticket",
        "Nothing that the customer wrote waits for an answer: SMALL_TALK, or GREETING, whose question may follow; and "
        "what drafting took.",
    )
    AI_DRAFT_DROPPED = (
        "ai.draft_dropped",
        "ticket",
        "The AI's draft did not apply any more: newer_text, taken_over or not_open, and what drafting took.",
    )

    AI_REPLY_LIMIT_REACHED = (
        "ai.reply_limit_reached",
        "channel",
        "The AI has sent as many replies from a number as it may on that day; recorded once a day, on the first ticket "
        "that goes to people for it: how many.",
    )

    AI_SUGGESTIONS_DISMISSED = (
        "ai.suggestions_dismissed",
        "ticket",
        "A person wants none of what the AI left to answer with: the articles that it was from.",
    )

    AI_QUESTION_DISMISSED = (
        "ai.question_dismissed",
        "question",
        "Somebody has dealt with a question that the AI could not answer: of which ticket.",
    )

    AI_SUGGESTED = (
        "ai.suggested",
        "ticket",
        "A person asked what the AI would answer: the articles that its draft rests on, or the reason for none; mode, "
        "model, milliseconds and tokens.",
    )

    SAVED_REPLY_CREATED = "saved_reply.created", "saved reply", "A text was kept for re-use: whose own it is, if so."
    SAVED_REPLY_UPDATED = "saved_reply.updated", "saved reply", "A saved reply changed: which fields."
    SAVED_REPLY_DELETED = "saved_reply.deleted", "saved reply", "A saved reply was removed."

    CHANNEL_CREATED = "channel.created", "channel", "A number was subscribed: its routing rules."
    CHANNEL_UPDATED = "channel.updated", "channel", "A channel's settings changed: its routing rules now."
    CHANNEL_MOVED = (
        "channel.moved",
        "channel",
        "A number is in another Twilio account now: which it was in before, its settings. Its threads go on.",
    )
    CHANNEL_DELETED = "channel.deleted", "channel", "A number is not subscribed any more."
    WORKSPACE_CREATED = (
        "workspace.created",
        "workspace",
        "A workspace was added; ticket_service itself adds the one that an installation starts with.",
    )
    WORKSPACE_UPDATED = (
        "workspace.updated",
        "workspace",
        "A workspace's settings changed: its auto-close time; a new retention time; which fields of the AI profile, "
        "and which of its hours, targets and limits.",
    )
    AGENT_CREATED = "agent.created", "agent", "An agent was added: the role, and the workspaces."
    AGENT_UPDATED = (
        "agent.updated",
        "agent",
        "An agent's name, e-mail address, role or workspaces changed: which; the new role; the workspaces now.",
    )
    AGENT_DEACTIVATED = "agent.deactivated", "agent", "An agent may not do anything any more."
    AGENT_REACTIVATED = "agent.reactivated", "agent", "A deactivated agent may do again what the role allows."
    AGENT_AVAILABILITY_CHANGED = (
        "agent.availability_changed",
        "agent",
        "An agent takes new work from now on, or none: from what to what.",
    )

    AUDIT_ANCHORED = (
        "audit.anchored",
        "organization",
        "The chains of tickets that have grown, each with its newest place and MAC.",
    )
    AUDIT_KEY_CHANGED = (
        "audit.key_changed",
        "organization",
        "Another audit key signs from here on: its id, and that of the one before.",
    )
    AUDIT_VERIFIED = (
        "audit.verified",
        "organization",
        "Somebody began to verify the trail: of which workspace or ticket, if not all of it.",
    )
    AUDIT_EXPORTED = (
        "audit.exported",
        "organization",
        "Somebody began to export the trail: of which workspace or ticket, if not all of it.",
    )
