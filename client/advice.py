"""What to do about an error, by its reason: the reasons are those of the error_reason.proto files. Nothing here names a
command, an option or a page: a program that has something better to say, says that."""

from servicekit.errors import FailedPrecondition, KevaError

_ADVICE = {
    "FIELD_REQUIRED": "Fill it in.",
    "FIELD_INVALID": "Correct it.",
    "PAGE_TOKEN_INVALID": "Start again at the first page: a page token holds for the same filters only.",
    "PHONE_NUMBER_INVALID": "Without + and country code, as in (555) 123-4567, it is taken for the default region's.",
    "MESSAGE_TOO_LONG": "Shorten it, or have it sent as up to ten messages.",
    "TICKET_NOT_FOUND": "A ticket is found in its own workspace only: is it in another one?",
    "CUSTOMER_NOT_FOUND": "A customer is found in their own workspace only: are they in another one?",
    "CHANNEL_NOT_FOUND": "Add the number as a channel first.",
    "WORKSPACE_NOT_FOUND": "Look at the list of workspaces.",
    "MEDIA_NOT_FOUND": "The ticket shows which of the customer's attachments Keva has.",
    "PHONE_NUMBER_NOT_FOUND": "Look at the numbers of the connected Twilio accounts.",
    "PHONE_NUMBER_NOT_SMS_CAPABLE": "Choose a number that can receive SMS.",
    "PHONE_NUMBER_ROUTED_ELSEWHERE": "Its texts can be taken over from there, if nobody there needs them any more.",
    "PUBLIC_URL_REFUSED": "Set KEVA_PUBLIC_URL of gateway and sms_service to the address that Twilio reaches, such as "
    "https://sms.example.com, and start them again.",
    "TWILIO_ACCOUNT_NOT_FOUND": "Connect the Twilio account first.",
    "TWILIO_ACCOUNT_TAKEN": "Disconnect it from the other organization first.",
    "TWILIO_CREDENTIALS_REFUSED": "Copy the Account SID and the Auth Token from Twilio's console again. An API key or "
    "test credentials do not work.",
    "CHANNEL_ALREADY_EXISTS": "Change the settings of the channel that exists.",
    "REQUEST_ID_REUSED": "Write something new under a new request id.",
    "TICKET_CLOSED": "A closed ticket takes internal notes only; the customer's next text opens a new ticket.",
    "RECIPIENT_OPTED_OUT": "The customer must text START to this number before it can text them again.",
    "RECIPIENT_WANTS_NO_TEXTS": "Reach the customer in another way, or take the note back if they want texts again.",
    "RECIPIENT_CANNOT_RECEIVE": "Reach the customer in another way, and say so in a note.",
    "NEWER_MESSAGES": "Look at what is newer, then send it, or something else.",
    "FIRST_TEXT_LIMIT_REACHED": "Begin the conversation later; replies to customers who texted you still leave.",
    "MESSAGE_NOT_SCHEDULED": "Only what still waits for its time can be cancelled.",
    "MESSAGE_NOT_FAILED": "Write a new reply; only one that failed is sent again.",
    "SENDER_REFUSED": "Twilio's console says what the number or the account needs.",
    "SENDER_STOPPED": "Fix at Twilio what stopped it: sending resumes within minutes, or at once when the account is "
    "connected again.",
    "SENDING_RATE_EXCEEDED": "It waits for its turn and leaves by itself. A channel's rate can be raised.",
    "BACKFILL_IN_PROGRESS": "Try again in a minute: no text is stored twice.",
    "CONCURRENT_UPDATE": "Somebody else changed it at the same time: look at it, then try again.",
    "SEND_IN_PROGRESS": "Try again in half a minute.",
    "SEND_OUTCOME_UNKNOWN": "Try again: nothing is sent twice.",
    "TWILIO_RATE_LIMITED": "Try again in a minute.",
    "KEY_RING_NOT_READY": "Kubernetes takes up to two minutes to bring a Secret to all replicas: try again.",
    "CREDENTIAL_UNREADABLE": "Put the missing key back, or connect the Twilio account again with its Auth Token.",
    "STORE_UNAVAILABLE": "Try again; if it stays, look at the service's MongoDB: does it run, and have a primary?",
    "TWILIO_UNAVAILABLE": "Try again; status.twilio.com says whether Twilio has trouble.",
    "SMS_SERVICE_UNAVAILABLE": "Check what it names, then try again.",
    "CREDENTIALS_SERVICE_UNAVAILABLE": "Check that credentials_service runs, and that all its replicas have the active "
    "key; then try again.",
    "RESPONDER_UNAVAILABLE": "Check that the responder runs, then try again.",
    "TICKET_SERVICE_UNAVAILABLE": "Check that ticket_service runs, then try again.",
    "CREDENTIALS_STORE_UNAVAILABLE": "Look at the MongoDB of credentials_service: does it run, and have a primary?",
    "TICKET_STORE_UNAVAILABLE": "Look at the MongoDB of ticket_service: does it run, and have a primary?",
    "ATTESTATION_INVALID": "Have sms_service verify it again. During an upgrade it goes through once that is done.",
    "CALLER_NOT_ALLOWED": "The certificate of this program may not do that.",
    "TENANT_NOT_ALLOWED": "The certificate of this program holds for another organization.",
    "NO_AGENT_ACTS": "Say which agent acts: what is read or unread is each agent's own.",
    "ACTOR_NOT_ALLOWED": "The certificate of this program may not act for somebody else.",
    "AUTH_TOKEN_NOT_PROMOTED": "Promote the new Auth Token in Twilio's console first.",
    "AUTH_TOKEN_PROMOTED": "Twilio has promoted the new Auth Token: promote it here too, which ends the rotation.",
    "NO_ROTATION": "Begin a rotation with a new Auth Token first.",
    "ROTATION_UNDER_WAY": "Promote or cancel the new Auth Token first.",
    "SHARED_KEY_ALREADY_EXISTS": "Remove it first to store another secret.",
    "SHARED_KEY_NOT_FOUND": "Look at the account's SharedKeys.",
    "TOO_MANY_SHARED_KEYS": "Remove those that Twilio no longer signs with.",
    "CUSTOMER_FORGOTTEN": "Nothing can be added to what is erased; the customer's next text makes a new customer.",
    "SAVED_REPLY_NOT_FOUND": "Look at the list of saved replies.",
    "SAVED_REPLY_ALREADY_EXISTS": "Change that one, or choose another shortcut.",
    "PLACEHOLDER_UNKNOWN": "Write one of those, or two braces for one that is meant as it stands.",
    "AGENT_REQUIRED": "Act as an agent.",
    "CUSTOMER_NOTE_NOT_FOUND": "Look at the customer's notes: somebody may have removed it.",
    "CUSTOMER_BLOCKED": "Unblock the customer first.",
    "TICKET_ERASED": "Nothing can be added to what is erased; the customer's next text makes a new ticket.",
    "TOO_MANY_TAGS": "Remove some of its tags first.",
    "THREAD_HAS_LIVE_TICKET": "Go on with the customer's other ticket.",
    "RESUME_TOKEN_INVALID": "Begin again without it: a resume token holds for one organization and workspace.",
    "RESUME_TOKEN_EXPIRED": "Begin again at the time that it names: nothing is missed, and some events come again.",
    "REPLICA_DRAINING": "Call again with the newest resume token: another replica goes on.",
    "AGENT_NOT_FOUND": "Look at the list of agents.",
    "AGENT_INACTIVE": "An administrator can reactivate the agent.",
    "ROLE_NOT_ALLOWED": "An administrator can do it, or give the agent another role.",
    "WORKSPACE_NOT_ALLOWED": "Name a workspace of the agent's, or have an administrator add the agent to this one.",
    "AGENT_ALREADY_EXISTS": "Change the agent who has this e-mail address, or bring that one back.",
    "LAST_ADMINISTRATOR": "Make somebody else an administrator first.",
    "ACTOR_REQUIRED": "This program has to say for which agent it acts.",
    "OVERLOADED": "Try again in a minute.",
}


def advice(error: KevaError) -> str:
    """A sentence or two on what to do; empty when nothing general can be said."""
    if error.reason == "CHANNEL_NOT_FOUND" and isinstance(error, FailedPrecondition):
        return "The number that the customer texted is no longer a channel; adding it again brings it back."
    if error.reason == "INTERNAL":
        error_id = error.metadata.get("error_id")
        return f"This is a bug; the service's log has the details under {error_id}." if error_id else ""
    return general_advice(error.reason)


def general_advice(reason: str) -> str:
    """The same, of a reason alone."""
    return _ADVICE.get(reason, "")
