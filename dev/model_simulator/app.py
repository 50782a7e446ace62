"""The simulator as an aiohttp application: its routes, and control for this machine only, which asks no password."""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from dev.model_simulator import completions
from dev.model_simulator.state import SIMULATOR, Errors, Fault, ScriptedAnswer, Simulator, Verdict, events

LARGEST_REQUEST = 16 * 1024 * 1024  # bytes


def build_app(simulator: Simulator) -> web.Application:
    app = web.Application(middlewares=[_errors_as_json], client_max_size=LARGEST_REQUEST)
    app[SIMULATOR] = simulator
    app.add_routes(completions.routes())
    app.add_routes(
        [
            web.get("/control/health", health),
            web.post("/control/answers", add_answer),
            web.post("/control/verdicts", add_verdict),
            web.put("/control/errors", set_errors),
            web.post("/control/faults", add_fault),
            web.delete("/control/faults", clear_faults),
            web.get("/control/requests", list_requests),
            web.post("/control/reset", reset),
        ]
    )
    return app


async def health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def add_answer(request: web.Request) -> web.Response:
    answer = ScriptedAnswer.model_validate_json(await request.read())
    request.app[SIMULATOR].script.append(answer)
    return web.json_response(answer.model_dump(), status=201)


async def add_verdict(request: web.Request) -> web.Response:
    verdict = Verdict.model_validate_json(await request.read())
    request.app[SIMULATOR].verdicts[verdict.key] = verdict
    return web.json_response(verdict.model_dump(), status=201)


async def set_errors(request: web.Request) -> web.Response:
    errors = Errors.model_validate_json(await request.read())
    request.app[SIMULATOR].err(errors)
    return web.json_response(errors.model_dump())


async def add_fault(request: web.Request) -> web.Response:
    fault = Fault.model_validate_json(await request.read())
    request.app[SIMULATOR].faults.append(fault)
    events.info("fault ordered: %s", fault.fault)
    return web.json_response(fault.model_dump(), status=201)


async def clear_faults(request: web.Request) -> web.Response:
    request.app[SIMULATOR].faults.clear()
    return web.json_response({})


async def list_requests(request: web.Request) -> web.Response:
    """All that are kept; with `wait_count`, once there are so many, or 408 after `timeout` seconds."""
    count, seconds = int(request.query.get("wait_count", "0")), float(request.query.get("timeout", "10"))
    try:
        async with asyncio.timeout(seconds):
            await request.app[SIMULATOR].wait_for_requests(count)
    except TimeoutError:
        raise web.HTTPRequestTimeout(reason=f"fewer than {count} requests came") from None
    return web.json_response({"requests": list(request.app[SIMULATOR].requests)})


async def reset(request: web.Request) -> web.Response:
    request.app[SIMULATOR].reset()
    return web.json_response({})


@web.middleware
async def _errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors in the shape of the OpenAI API, for control too."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return completions.error(error.status, error.reason, "invalid_request_error")
    except ValidationError as error:
        return completions.error(400, str(error), "invalid_request_error")
