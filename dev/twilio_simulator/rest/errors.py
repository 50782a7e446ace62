"""Twilio's error bodies, with the codes that its documentation gives for each case."""

from aiohttp import web

# HTTP status and text per code: https://www.twilio.com/docs/api/errors. Where no status is documented, 400.
CATALOGUE: dict[int, tuple[int, str]] = {
    20001: (400, "Unknown parameters, or a parameter has an invalid value"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20005: (400, "Account not active"),
    20009: (409, "Resource cannot be deleted or changed while it is in progress"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid 'From' Phone Number"),
    21402: (400, "Invalid Url"),
    21403: (400, "Invalid Method"),
    21406: (400, "Cannot set SmsFallbackUrl without setting SmsUrl"),
    21407: (400, "This Phone Number type does not support SMS or MMS"),
    21408: (
        400,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    ),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' phone number is required"),
    21604: (400, "A 'To' phone number is required"),
    21606: (400, "The 'From' phone number is not a valid, SMS-capable number for this destination"),
    21609: (400, "Invalid 'StatusCallback' url"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The 'To' phone number is not currently reachable via SMS from this 'From' number"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21620: (400, "Invalid media URL(s)"),
    21623: (400, "Number of media files exceeds allowed limit"),
    21659: (400, "'From' is not a Twilio phone number"),
    21660: (400, "Mismatch between the 'From' number and the account"),
    21661: (400, "The 'From' number is not SMS-capable"),
    21705: (400, "The Messaging Service Sid is invalid"),
    90010: (400, "Account is not active"),
}

# What a message's error_message says: https://www.twilio.com/docs/api/errors, 3xxxx.
DELIVERY_ERRORS = {
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
}


class TwilioError(Exception):
    """A request that Twilio refuses; answered as JSON by the REST middleware."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        self.status, text = CATALOGUE[code]
        self.message = f"{text}: {detail}" if detail else text
        super().__init__(self.message)

    def response(self) -> web.Response:
        body = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if self.status == 401 else {}
        return web.json_response(body, status=self.status, headers=headers)
