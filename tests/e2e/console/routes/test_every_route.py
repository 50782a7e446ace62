"""Every route of the console, asked by everybody, over HTTP, with all services behind it."""

from collections.abc import Mapping

from aiohttp import web

from console.app import add_routes
from console.static_files import StaticFiles
from dev.local_stack.desk import RunningStack
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.routes.surroundings import SECRETS, Surroundings, surroundings
from tests.e2e.console.routes.table import FIELDS, LINES, QUERIES, WHO, Line
from tests.e2e.console.routes.visitors import Answer

# Forms of whoever has no session yet: their token is that of a cookie.
_BEFORE_SESSION = ("/sign-in", "/sign-in/choice", "/welcome/{secret}")
# Browsers send reports by themselves, without a token.
_WITHOUT_TOKEN = ("/csp-reports",)
# What may be read by whom of a workspace's own words.
_MAY_READ = ("viewer", "agent", "administrator")


def test_the_table_has_a_line_for_each_route() -> None:
    app = web.Application()
    add_routes(app.router, StaticFiles())
    routes = [(route.method, route.resource) for route in app.router.routes() if route.method != "HEAD"]

    known = {(method, resource.canonical) for method, resource in routes if resource is not None}
    assert {(line.method, line.template) for line in LINES} == known


async def test_each_answers_everybody_as_the_table_says(running: RunningStack, sign_in: SignIn) -> None:
    faults: list[str] = []
    async with surroundings(running, sign_in) as place:
        for line in LINES:
            for who in WHO:
                faults += await _faults(place, line, who)

    assert faults == []


async def _faults(place: Surroundings, line: Line, who: str) -> list[str]:
    """What is otherwise than the table says."""
    visitor, names = place.visitors[who], await place.named(line.template)
    address, answers = _address(line, who, names), []
    if line.method == "GET":
        answers.append((line.statuses[who], await visitor.ask("GET", address)))
    else:
        fields = {name: value.format(**names) for name, value in FIELDS.get(line.template, {}).items()}
        answers.append((_without_token(line, who), await visitor.ask("POST", address, fields)))
        answers.append((line.statuses[who], await visitor.post(address, fields)))
    where = f"{line.method} {address} for {who}"
    wrong = [f"{where}: {got.status}, not {wanted}" for wanted, got in answers if got.status != wanted]
    return wrong + [
        f"{where} shows {word}" for _, got in answers for word in _shown(got, who, address, _fields_of(line))
    ]


def _fields_of(line: Line) -> str:
    """All that the form says, which an answer may repeat."""
    return " ".join(FIELDS.get(line.template, {}).values())


def _address(line: Line, who: str, names: Mapping[str, str]) -> str:
    query = [QUERIES[line.template].format(**names)] if line.method == "GET" and line.template in QUERIES else []
    # Who may enter several workspaces names one; all others are in theirs.
    query += [f"workspace={names['workspace']}"] if who == "administrator" else []
    return "?".join([line.template.format(**names), *(["&".join(query)] if query else [])])


def _without_token(line: Line, who: str) -> int:
    if line.template in _WITHOUT_TOKEN:
        return line.statuses[who]
    return 401 if who == "nobody" and line.template not in _BEFORE_SESSION else 409


def _shown(answer: Answer, who: str, address: str, fields: str) -> list[str]:
    """What they are not to read, unless they said so themselves."""
    hidden = set() if who in _MAY_READ else set(SECRETS)
    return [word for word in hidden if word in answer.said and word not in address and word not in fields]


async def test_nobody_enters_another_workspace_by_its_name(running: RunningStack, sign_in: SignIn) -> None:
    opened: list[str] = []
    async with surroundings(running, sign_in) as place:
        for line in LINES:
            if line.method != "GET" or line.statuses["nobody"] == 200 or line.template.startswith("/settings"):
                continue
            names = await place.named(line.template)
            for who in ("outsider", "stranger"):
                address = _address(line, "administrator", names)
                answer = await place.visitors[who].ask("GET", address)
                shown = _shown(answer, who, address, "")
                opened += [f"{address} for {who}: {answer.status} {shown}"] if answer.status != 404 or shown else []

    assert opened == []
