"""Webhooks as Twilio sends them, signed beforehand."""

import random
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from dev.benchmark.load.orders import Customers, Number, Order
from dev.twilio_simulator.signature import sign

# Parameters that are the same in all of them.
_SAME = {
    "ToCountry": "US",
    "ToState": "CA",
    "NumMedia": "0",
    "ToCity": "SAN FRANCISCO",
    "FromZip": "94105",
    "FromState": "CA",
    "SmsStatus": "received",
    "FromCity": "SAN FRANCISCO",
    "FromCountry": "US",
    "ToZip": "94103",
    "NumSegments": "1",
    "ApiVersion": "2010-04-01",
}
_HEAD = (
    "POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
    "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nX-Twilio-Signature: {signature}\r\n"
    "I-Twilio-Idempotency-Token: {token}\r\nX-Forwarded-Proto: https\r\nContent-Length: {length}\r\n\r\n"
)


def customer_address(customer: int) -> str:
    """The phone number of a customer, who is counted from 0; each area has eight million."""
    area, number = divmod(customer, 8_000_000)
    return f"+1{415 + area}{2_000_000 + number}"


def choose(customers: Customers, dice: random.Random) -> int:
    """Who texts next."""
    if customers.busy and dice.random() < customers.busy_share:
        return customers.busy_from + customers.busy_step * dice.randrange(customers.busy)
    return dice.randrange(customers.busy, customers.count)


def requests_of(order: Order) -> Iterator[bytes]:
    """`order.signed` whole HTTP requests, the same for the same series. With `in_turn` each customer texts in turn."""
    dice = random.Random(order.series)
    for i in range(order.signed):
        sid = f"SM{dice.getrandbits(128):032x}"
        customer = i % order.customers.count if order.in_turn else choose(order.customers, dice)
        yield _request(order.number, sid, customer_address(customer), i)


def _request(number: Number, sid: str, customer: str, i: int) -> bytes:
    parameters = {
        **_SAME,
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "MessageSid": sid,
        "AccountSid": number.account_sid,
        "From": customer,
        "To": number.phone_number,
        "Body": f"Hello, my order #{i} has not arrived yet, can you help me please? Thanks & regards",
    }
    body = urlencode(parameters)
    url = urlsplit(number.url)
    signature = sign(number.url, parameters.items(), number.auth_token)
    head = _HEAD.format(path=url.path, host=url.netloc, signature=signature, token=sid[2:], length=len(body))
    return (head + body).encode()
