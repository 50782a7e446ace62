"""What to do about an error, by its reason: the reasons are those of the error_reason.proto files. Nothing here names a
command, an option or a page: a program that has something better to say, says that."""

from client.words.language import marked, say
from servicekit.errors import FailedPrecondition, KevaError

_ADVICE = {
    "FIELD_REQUIRED": marked("Fill it in."),
    "FIELD_INVALID": marked("Correct it."),
    "PAGE_TOKEN_INVALID": marked("Start again at the first page: a page token holds for the same filters only."),
    "PHONE_NUMBER_INVALID": marked(
        "Without + and country code, as in (555) 123-4567, it is taken for the default region's."
    ),
    "MESSAGE_TOO_LONG": marked("Shorten it, or have it sent as up to ten messages."),
    "TICKET_NOT_FOUND": marked("A ticket is found in its own workspace only: is it in another one?"),
    "CUSTOMER_NOT_FOUND": marked("A customer is found in their own workspace only: are they in another one?"),
    "CHANNEL_NOT_FOUND": marked("Add the number as a channel first."),
    "WORKSPACE_NOT_FOUND": marked("Look at the list of workspaces."),
    "MEDIA_NOT_FOUND": marked("The ticket shows which of the customer's attachments Keva has."),
    "PHONE_NUMBER_NOT_FOUND": marked("Look at the numbers of the connected Twilio accounts."),
    "PHONE_NUMBER_NOT_SMS_CAPABLE": marked("Choose a number that can receive SMS."),
    "PHONE_NUMBER_ROUTED_ELSEWHERE": marked(
        "Its texts can be taken over from there, if nobody there needs them any more."
    ),
    "PUBLIC_URL_REFUSED": marked(
        "Set KEVA_PUBLIC_URL of gateway and sms_service to the address that Twilio reaches, such as "
        "https://sms.example.com, and start them again."
    ),
    "TWILIO_ACCOUNT_NOT_FOUND": marked("Connect the Twilio account first."),
    "TWILIO_ACCOUNT_TAKEN": marked("Disconnect it from the other organization first."),
    "TWILIO_CREDENTIALS_REFUSED": marked(
        "Copy the Account SID and the Auth Token from Twilio's console again, and see there whether the account is "
        "suspended. An API key or test credentials do not work."
    ),
    "CHANNEL_ALREADY_EXISTS": marked("Change the settings of the channel that exists."),
    "REQUEST_ID_REUSED": marked("Write something new under a new request id."),
    "TICKET_CLOSED": marked("A closed ticket takes internal notes only; the customer's next text opens a new ticket."),
    "RECIPIENT_OPTED_OUT": marked("The customer must text START to this number before it can text them again."),
    "RECIPIENT_WANTS_NO_TEXTS": marked(
        "Reach the customer in another way, or take the note back if they want texts again."
    ),
    "RECIPIENT_CANNOT_RECEIVE": marked("Reach the customer in another way, and say so in a note."),
    "NEWER_MESSAGES": marked("Look at what is newer, then send it, or something else."),
    "FIRST_TEXT_LIMIT_REACHED": marked(
        "Begin the conversation later; replies to customers who texted you still leave."
    ),
    "MESSAGE_NOT_SCHEDULED": marked("Only what still waits for its time can be cancelled."),
    "MESSAGE_NOT_FAILED": marked("Write a new reply; only one that failed is sent again."),
    "SENDER_REFUSED": marked("Twilio's console says what the number or the account needs."),
    "SENDER_STOPPED": marked(
        "Fix at Twilio what stopped it: sending resumes within minutes, or at once when the account is connected again."
    ),
    "SENDING_RATE_EXCEEDED": marked("It waits for its turn and leaves by itself. A channel's rate can be raised."),
    "BACKFILL_IN_PROGRESS": marked("Try again in a minute: no text is stored twice."),
    "CONCURRENT_UPDATE": marked("Somebody else changed it at the same time: look at it, then try again."),
    "SEND_IN_PROGRESS": marked("Try again in half a minute."),
    "SEND_OUTCOME_UNKNOWN": marked("Try again: nothing is sent twice."),
    "TWILIO_RATE_LIMITED": marked("Try again in a minute."),
    "KEY_RING_NOT_READY": marked("Kubernetes takes up to two minutes to bring a Secret to all replicas: try again."),
    "CREDENTIAL_UNREADABLE": marked(
        "Put the missing key back, or give the secret again: connect the Twilio account with its Auth Token, add its "
        "SharedKeys."
    ),
    "CREDENTIAL_MALFORMED": marked(
        "Restore the record in MongoDB, or remove it there and connect the Twilio account again."
    ),
    "STORE_UNAVAILABLE": marked(
        "Try again; if it stays, look at the service's MongoDB: does it run, have a primary, and room on its disk?"
    ),
    "TWILIO_UNAVAILABLE": marked(
        "Try again; status.twilio.com says whether Twilio has trouble. If it has none, see whether sms_service reaches "
        "Twilio's API over HTTPS: its network, proxy or firewall may be in the way."
    ),
    "SMS_SERVICE_UNAVAILABLE": marked("Check what it names, then try again."),
    "CREDENTIALS_SERVICE_UNAVAILABLE": marked(
        "Check that credentials_service runs, and that all its replicas have the active key; then try again."
    ),
    "ARTICLE_NOT_FOUND": marked("It may have another name now: ask the person who writes the articles."),
    "RESPONDER_UNAVAILABLE": marked("Check that the responder runs, then try again."),
    "TICKET_SERVICE_UNAVAILABLE": marked("Check that ticket_service runs, then try again."),
    "CREDENTIALS_STORE_UNAVAILABLE": marked(
        "Look at the MongoDB of credentials_service: does it run, have a primary, and room on its disk?"
    ),
    "TICKET_STORE_UNAVAILABLE": marked(
        "Look at the MongoDB of ticket_service: does it run, have a primary, and room on its disk?"
    ),
    "ATTESTATION_INVALID": marked(
        "Have sms_service verify it again. During an upgrade it goes through once that is done."
    ),
    "CALLER_NOT_ALLOWED": marked("The certificate of this program may not do that."),
    "TENANT_NOT_ALLOWED": marked("The certificate of this program holds for another organization."),
    "NO_AGENT_ACTS": marked("Say which agent acts: what is read or unread is each agent's own."),
    "ACTOR_NOT_ALLOWED": marked("The certificate of this program may not act for somebody else."),
    "AUTH_TOKEN_NOT_PROMOTED": marked("Promote the new Auth Token in Twilio's console first."),
    "AUTH_TOKEN_PROMOTED": marked(
        "Twilio has promoted the new Auth Token: promote it here too, which ends the rotation."
    ),
    "NO_ROTATION": marked("Begin a rotation with a new Auth Token first."),
    "ROTATION_UNDER_WAY": marked("Promote or cancel the new Auth Token first."),
    "SHARED_KEY_ALREADY_EXISTS": marked("Remove it first to store another secret."),
    "SHARED_KEY_NOT_FOUND": marked("Look at the account's SharedKeys."),
    "TOO_MANY_SHARED_KEYS": marked("Remove those that Twilio no longer signs with."),
    "CUSTOMER_FORGOTTEN": marked(
        "Nothing can be added to what is erased; the customer's next text makes a new customer."
    ),
    "SAVED_REPLY_NOT_FOUND": marked("Look at the list of saved replies."),
    "SAVED_REPLY_ALREADY_EXISTS": marked("Change that one, or choose another shortcut."),
    "PLACEHOLDER_UNKNOWN": marked("Write one of those, or two braces for one that is meant as it stands."),
    "AGENT_REQUIRED": marked("Act as an agent."),
    "CUSTOMER_NOTE_NOT_FOUND": marked("Look at the customer's notes: somebody may have removed it."),
    "CUSTOMER_BLOCKED": marked("Unblock the customer first."),
    "TICKET_ERASED": marked("Nothing can be added to what is erased; the customer's next text makes a new ticket."),
    "TOO_MANY_TAGS": marked("Remove some of its tags first."),
    "THREAD_HAS_LIVE_TICKET": marked("Go on with the customer's other ticket."),
    "RESUME_TOKEN_INVALID": marked("Begin again without it: a resume token holds for one organization and workspace."),
    "RESUME_TOKEN_EXPIRED": marked(
        "Begin again at the time that it names: nothing is missed, and some events come again."
    ),
    "REPLICA_DRAINING": marked("Call again with the newest resume token: another replica goes on."),
    "AGENT_NOT_FOUND": marked("Look at the list of agents."),
    "AGENT_INACTIVE": marked("An administrator can reactivate the agent."),
    "ROLE_NOT_ALLOWED": marked("An administrator can do it, or give the agent another role."),
    "WORKSPACE_NOT_ALLOWED": marked(
        "Name a workspace of the agent's, or have an administrator add the agent to this one."
    ),
    "AGENT_ALREADY_EXISTS": marked("Change the agent who has this e-mail address, or bring that one back."),
    "LAST_ADMINISTRATOR": marked("Make somebody else an administrator first."),
    "ACTOR_REQUIRED": marked("This program has to say for which agent it acts."),
    "OVERLOADED": marked("Try again in a minute."),
}


def advice(error: KevaError) -> str:
    """A sentence or two on what to do; empty when nothing general can be said."""
    if error.reason == "CHANNEL_NOT_FOUND" and isinstance(error, FailedPrecondition):
        return say("The number that the customer texted is no longer a channel; adding it again brings it back.")
    if error.reason == "INTERNAL":
        error_id = error.metadata.get("error_id")
        return (
            say("This is a bug; the service's log has the details under %(error_id)s.", error_id=error_id)
            if error_id
            else ""
        )
    return general_advice(error.reason)


def general_advice(reason: str) -> str:
    """The same, of a reason alone."""
    return say(_ADVICE[reason]) if reason in _ADVICE else ""
