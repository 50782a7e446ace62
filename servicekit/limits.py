"""Limits that more than one process must agree on: what one lets pass, the next must take. Limits of one process alone
stand in that process."""

KIB = 1024
MIB = 1024 * KIB

# The body of a webhook, once it is decompressed. Twilio's have 2 KiB.
WEBHOOK_BODY_BYTES = 64 * KIB
# A text that came in one is stored, whatever it says, and may be in the conversation that a responder is shown.
INBOUND_TEXT_BYTES = WEBHOOK_BODY_BYTES

# Webhooks to verify, texts to store, audit records to keep, messages to erase: in one call.
ITEMS_PER_CALL = 100
# Ids to compare, anchors to verify against: in one call.
COMPARED_PER_CALL = 1000
# What a call brings to a server: as many webhooks as it may carry, and a quarter more for what stands around them.
CALL_BYTES = ITEMS_PER_CALL * WEBHOOK_BODY_BYTES * 128 // 100
# The most that sms_service can be set to keep of one attachment.
ATTACHMENT_BYTES = 15 * MIB
# What a client is answered: an attachment, or what those webhooks say.
ANSWER_BYTES = max(ATTACHMENT_BYTES + MIB, CALL_BYTES)

# Twilio is answered within 3 s: what is not stored by then is refused, so that it can use its fallback URL.
WEBHOOK_SECONDS = 2.5
# A call that says nothing else: whatever it is made for may be a webhook.
CALL_SECONDS = WEBHOOK_SECONDS
# The longest deadline that a setting may give to a call, such as one for a draft.
LONGEST_CALL_SECONDS = 120
# A connection that is to end, because it is old or its certificate was renewed, ends after this: whatever call runs on
# it has ended before. When the process itself ends, what runs has KEVA_DRAIN_SECONDS.
CONNECTION_GRACE_SECONDS = LONGEST_CALL_SECONDS + 10

# One message at Twilio; longer ones are its error 21617.
MESSAGE_CHARACTERS = 1600
# The newest messages of a conversation that a responder is shown, and what it may say about a hand-off.
CONVERSATION_MESSAGES = 50
HAND_OFF_DETAIL_CHARACTERS = 200
# What a draft may take unless somebody says otherwise; answers in articles are written to fit.
DRAFT_SEGMENTS = 2

# What people call a Twilio account, and its Auth Token or another of Twilio's secrets.
ACCOUNT_NAME_CHARACTERS = 100
SECRET_CHARACTERS = 256
# Of the addresses and ids of a text. Twilio's are a tenth of that.
ADDRESS_CHARACTERS = 256
