"""`keva twilio list`."""

from cli.hints.organizations import remark_if_unknown
from cli.session import Session
from cli.terminal import output
from client.lists import list_twilio_accounts
from keva.sms.v1 import sms_service_pb2


async def list_accounts(session: Session) -> None:
    """List the connected Twilio accounts."""
    accounts = await list_twilio_accounts(session)
    await remark_if_unknown(session, accounts)
    if session.settings.as_json:
        return output.emit_json(accounts)
    output.show_table(
        ["Account SID", "Name", "Token", "Connected"],
        [
            (a.account_sid, a.display_name, f"…{a.auth_token_last_four}", output.when_stacked(a, "connect_time"))
            for a in accounts
        ],
        "No Twilio account is connected. Connect one with: keva twilio connect --account-sid AC…",
    )
    for account in accounts:
        if account.HasField("rotation_start_time"):
            output.say(_rotation_sentence(account), style="bold yellow")
        for stopped in account.stopped_senders:
            output.say(_stopped_sentence(account, stopped), style="bold red")
    return None


def _rotation_sentence(account: sms_service_pb2.TwilioAccount) -> str:
    """Since when the Auth Token is being changed, and what is to be done."""
    since = output.when(account, "rotation_start_time")
    return (
        f"The Auth Token of {account.account_sid} is being changed (begun on {since}); the new one ends "
        f"in {account.next_auth_token_last_four}. Promote it at Twilio, then: "
        f"keva twilio rotate --promote --account-sid {account.account_sid}"
    )


def _stopped_sentence(account: sms_service_pb2.TwilioAccount, stopped: sms_service_pb2.StoppedSender) -> str:
    """What Twilio refuses to send from, since when, and what to do."""
    sender = stopped.phone_number or f"any number of {account.account_sid}"
    since = output.when(stopped, "stop_time")
    return (
        f"Stopped since {since}: nothing is sent from {sender} (Twilio's error {stopped.error_code}). "
        f"{stopped.error_text}"
    )
