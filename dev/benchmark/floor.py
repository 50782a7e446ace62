"""`python -m dev.benchmark.floor`: the floor that Keva is measured against. The least that could take Twilio's webhooks
and lose none: one process that checks the signature with Twilio's library and inserts one document, journaled on a
majority. It has no tickets, tenants, audit trail, encryption or second process.

Its settings are environment variables: KEVA_FLOOR_PORT, KEVA_FLOOR_MONGODB_URI, and KEVA_FLOOR_NUMBER, the JSON of a
Number."""

import asyncio
import contextlib
import json
import os

import pymongo
from aiohttp import web
from motor.motor_asyncio import AsyncIOMotorClient
from twilio.request_validator import RequestValidator

from dev.benchmark.load.orders import Number

DATABASE, COLLECTION = "keva_benchmark_floor", "messages"
_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
_MOST_BYTES = 64 * 1024


class Floor:
    """Takes the webhooks of one number."""

    def __init__(self, mongodb_uri: str, number: Number) -> None:
        client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(mongodb_uri)
        durably = pymongo.WriteConcern(w="majority", j=True)
        self._messages = client[DATABASE].get_collection(COLLECTION, write_concern=durably)
        self._url = number.url
        self._validators = {number.account_sid: RequestValidator(number.auth_token)}

    async def webhook(self, request: web.Request) -> web.Response:
        """Twilio's webhook."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        validator = self._validators.get(form.get("AccountSid", ""))
        signature = request.headers.get("X-Twilio-Signature", "")
        if validator is None or not validator.validate(self._url, form, signature):
            return web.Response(status=403)
        document = {"_id": form["MessageSid"], "from": form["From"], "to": form["To"], "body": form["Body"]}
        with contextlib.suppress(pymongo.errors.DuplicateKeyError):
            await self._messages.insert_one({**document, "media": int(form["NumMedia"])})
        return web.Response(body=_TWIML, content_type="text/xml", charset="utf-8")


async def healthy(_request: web.Request) -> web.Response:
    """Once it listens it is."""
    return web.Response()


async def serve(port: int, floor: Floor, path: str) -> None:
    """Serves until the process is ended."""
    app = web.Application(client_max_size=_MOST_BYTES)
    app.add_routes([web.post(path, floor.webhook), web.get("/readyz", healthy)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main() -> None:
    """The process."""
    number = Number(**json.loads(os.environ["KEVA_FLOOR_NUMBER"]))
    path = "/" + number.url.split("/", 3)[3]

    async def run() -> None:
        await serve(int(os.environ["KEVA_FLOOR_PORT"]), Floor(os.environ["KEVA_FLOOR_MONGODB_URI"], number), path)

    asyncio.run(run())


if __name__ == "__main__":
    main()
