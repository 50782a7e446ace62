"""Why a webhook did not count as signed, in words, and what to do about it."""

from client.words.language import marked, say
from keva.sms.v1 import sms_service_pb2 as pb

_WORDS = {
    pb.SIGNATURE_TROUBLE_MISSING: marked("it had no signature"),
    pb.SIGNATURE_TROUBLE_UNKNOWN_SHARED_KEY: marked("it names a SharedKey that Keva does not have"),
    pb.SIGNATURE_TROUBLE_OTHER_SCHEME: marked(
        "it was signed for http where Keva's public URL has https, or the reverse"
    ),
    pb.SIGNATURE_TROUBLE_WRONG: marked("its signature fits no Auth Token of the account with Keva's public URL"),
    pb.SIGNATURE_TROUBLE_UNREADABLE_SHARED_KEY: marked("it names a SharedKey whose stored secret cannot be decrypted"),
    pb.SIGNATURE_TROUBLE_UNREADABLE_AUTH_TOKEN: marked(
        "it may be signed with an Auth Token of the account that is stored and cannot be decrypted"
    ),
}
_ADVICE = {
    pb.SIGNATURE_TROUBLE_MISSING: marked(
        "If texts do not come, a proxy in front of the gateway takes the header "
        "X-Twilio-Signature away. If they come, somebody else knocked."
    ),
    pb.SIGNATURE_TROUBLE_UNKNOWN_SHARED_KEY: marked(
        "Add the SharedKey to the account, with the algorithm that Twilio shows."
    ),
    pb.SIGNATURE_TROUBLE_UNREADABLE_SHARED_KEY: marked(
        "Put the missing key back into the key ring, or add the SharedKey to the account again, with its secret."
    ),
    pb.SIGNATURE_TROUBLE_UNREADABLE_AUTH_TOKEN: marked(
        "Put the missing key back into the key ring, or connect the account again with its Auth Token."
    ),
    pb.SIGNATURE_TROUBLE_OTHER_SCHEME: marked(
        "Set KEVA_PUBLIC_URL of gateway and sms_service to exactly what Twilio calls, and set the numbers up again."
    ),
    pb.SIGNATURE_TROUBLE_WRONG: marked(
        "If texts do not come: connect the account again with its Auth Token of now, and see "
        "that Twilio calls exactly Keva's public URL. If they come, somebody else knocked."
    ),
}


def trouble_text(trouble: pb.SignatureTrouble.ValueType) -> str:
    """Why it was refused."""
    return say(_WORDS.get(trouble, marked("it was not signed as it should be")))


def trouble_advice(trouble: pb.SignatureTrouble.ValueType) -> str:
    """What to do; empty when nothing is known."""
    return say(_ADVICE[trouble]) if trouble in _ADVICE else ""
