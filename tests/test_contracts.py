"""import-linter's contracts in pyproject.toml are kept, and each of them notices when it is broken."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.application import use_cases
from importlinter.configuration import configure
from importlinter.domain.contract import registry

ROOT = Path(__file__).parents[1]
WHOLE = "all packages: arrows point down"
CLI = "cli calls services, and imports none"
DEV = "dev is imported by the command line alone"
DRIVER = "the database's driver is known in mongo/ alone"
STORES = "stores are reached through ports alone"
MESSAGES = "servicekit knows no message of the API"
SERVICEKIT = "servicekit: layers"
CLIENT = "client knows no terminal"
PEOPLE = "client is for what people use"
CONSOLE = "console: layers"
TICKETS, SMS = "ticket_service: layers", "sms_service: layers"
RESPONDER, SIMULATOR = "responder_service: layers", "twilio_simulator: layers"
WIRE = "sms_service: Twilio's wire is known in twilio/ alone"
TWILIO = "Twilio's package is known in sms_service/twilio/ alone"


@cache
def options() -> Any:
    """What pyproject.toml says."""
    configure()
    use_cases._register_built_in_contract_types()
    return use_cases.read_user_options(str(ROOT / "pyproject.toml"))


@cache
def graph() -> grimp.ImportGraph:
    """All imports of the project, as they are."""
    return grimp.build_graph(
        *options().session_options["root_packages"], include_external_packages=True, cache_dir=None
    )


def contracts() -> Iterator[tuple[str, Any]]:
    """Name and contract."""
    for given in options().contracts_options:
        kind = registry.get_contract_class(given["type"])
        yield given["name"], kind(given["name"], options().session_options, given)


def broken_by(importer: str = "", imported: str = "") -> set[str]:
    """The contracts that are broken when `importer` imports `imported`; without names, those that are broken now."""
    changed = deepcopy(graph())
    if importer:
        for module in {importer, imported} - changed.modules:
            changed.add_module(module)
        changed.add_import(importer=importer, imported=imported)
    return {name for name, contract in contracts() if not contract.check(deepcopy(changed), verbose=False).kept}


def test_all_contracts_are_kept() -> None:
    assert broken_by() == set()


BREAKS = [
    pytest.param("gateway.app", "sms_service.use_cases.accounts", WHOLE, id="another service"),
    pytest.param("sms_service.rpc.senders", "ticket_service.domain.ticket", WHOLE, id="another service, deep down"),
    pytest.param("gateway.app", "cli.output", WHOLE, id="a service and the command line"),
    pytest.param("gateway.app", "client.session", PEOPLE, id="a service and what acts for people"),
    pytest.param("client.lists", "sms_service.settings", WHOLE, id="what acts for people and a service"),
    pytest.param("client.lists", "cli.settings", WHOLE, id="what acts for people and the command line"),
    pytest.param("console.visit", "console.pages.home.home", CONSOLE, id="who asks and pages"),
    pytest.param("console.sign_in.session", "console.mongo.sessions", CONSOLE, id="sessions and documents"),
    pytest.param("client.words.times", "typer", CLIENT, id="what acts for people and options"),
    pytest.param("client.lists", "rich", CLIENT, id="what acts for people and tables"),
    pytest.param("servicekit.ids", "gateway.app", WHOLE, id="servicekit and a service"),
    pytest.param("servicekit.ids", "dev.process_list", WHOLE, id="servicekit and dev"),
    pytest.param("sms_service.settings", "dev.local_stack.ports", DEV, id="a service and dev"),
    pytest.param("servicekit.ids", "dev.process_list", DEV, id="servicekit and dev, again"),
    pytest.param("cli.output", "ticket_service.domain.ticket", CLI, id="the command line and a service"),
    pytest.param("cli.output", "responder_service.settings", CLI, id="the command line and the responder"),
    pytest.param("sms_service.errors", "motor", DRIVER, id="the driver at the top of a service"),
    pytest.param("sms_service.use_cases.accounts", "pymongo", DRIVER, id="the driver's errors in a use case"),
    pytest.param("gateway.mongo", "motor", DRIVER, id="a file called mongo"),
    pytest.param("servicekit.rpc.server", "bson", DRIVER, id="the driver in servicekit"),
    pytest.param("servicekit.mongo", "motor", DRIVER, id="a folder's own file"),
    pytest.param("sms_service.use_cases.erasure", "sms_service.mongo.media", STORES, id="a use case and a store"),
    pytest.param("ticket_service.rpc.ticket_servicer", "ticket_service.mongo.store", STORES, id="a servicer"),
    pytest.param("servicekit.paging", "keva", MESSAGES, id="servicekit and protobuf"),
    pytest.param("servicekit.errors", "servicekit.rpc.server", SERVICEKIT, id="a root module and gRPC"),
    pytest.param("servicekit.http.server", "servicekit.rpc.channel", SERVICEKIT, id="HTTP and gRPC"),
    pytest.param("servicekit.mongo.turnstile", "servicekit.http.limits", SERVICEKIT, id="the database and HTTP"),
    pytest.param("servicekit.rpc.server", "servicekit.settings", SERVICEKIT, id="gRPC and settings"),
    pytest.param("servicekit.limits", "servicekit.logs", SERVICEKIT, id="what is lower in the root"),
    pytest.param("servicekit.brand_new", "servicekit.errors", SERVICEKIT, id="a module that no layer names"),
    pytest.param("ticket_service.domain.ticket", "ticket_service.mongo.tickets", TICKETS, id="a rule and documents"),
    pytest.param("ticket_service.mongo.tickets", "ticket_service.ports.tickets", TICKETS, id="a store and its port"),
    pytest.param(
        "ticket_service.use_cases.replies", "ticket_service.rpc.sms_client", TICKETS, id="a use case and gRPC"
    ),
    pytest.param("ticket_service.use_cases.replies", "ticket_service.background.eraser", TICKETS, id="and a loop"),
    pytest.param("sms_service.domain.media", "sms_service.twilio.errors", SMS, id="a rule and Twilio"),
    pytest.param("sms_service.twilio.client", "sms_service.mongo.media", SMS, id="Twilio and documents"),
    pytest.param("sms_service.ports.media", "sms_service.use_cases.media", SMS, id="a port and a use case"),
    pytest.param(
        "responder_service.drafting.triage", "responder_service.checks.rules", RESPONDER, id="drafts and checks"
    ),
    pytest.param("responder_service.language.words", "responder_service.knowledge.search", RESPONDER, id="words"),
    pytest.param(
        "dev.twilio_simulator.rest.messages", "dev.twilio_simulator.control.api", SIMULATOR, id="REST and control"
    ),
    pytest.param(
        "sms_service.use_cases.sending", "sms_service.twilio.errors", WIRE, id="a use case and Twilio's codes"
    ),
    pytest.param("sms_service.mongo.media", "twilio", WIRE, id="a store and Twilio's package"),
    pytest.param("sms_service.settings", "twilio", TWILIO, id="settings and Twilio's package"),
    pytest.param("gateway.app", "twilio", TWILIO, id="another service and Twilio's package"),
]


@pytest.mark.parametrize(("importer", "imported", "contract"), BREAKS)
def test_contract_notices(importer: str, imported: str, contract: str) -> None:
    assert contract in broken_by(importer, imported)


def test_every_contract_is_shown_to_notice_something() -> None:
    assert {example.values[2] for example in BREAKS} == {name for name, _ in contracts()}


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        pytest.param("sms_service.__main__", "sms_service.settings", id="itself"),
        pytest.param("gateway.app", "sms_services", id="a name that begins alike"),
        pytest.param("servicekit.rpc.server", "servicekit.ids", id="servicekit itself"),
        pytest.param("cli.output", "dev.process_list", id="the command line and dev"),
        pytest.param("cli.output", "client.session", id="the command line and what acts for people"),
        pytest.param("client.lists", "servicekit.ids", id="what acts for people and servicekit"),
        pytest.param("sms_service.mongo.media", "motor", id="the store"),
        pytest.param("sms_service.mongo.media", "sms_service.mongo.deliveries", id="a store and another"),
        pytest.param("dev.chaos.run", "pymongo", id="tools and the driver"),
        pytest.param("sms_service.twilio.records", "twilio", id="Twilio's wire and its package"),
    ],
)
def test_contract_allows(importer: str, imported: str) -> None:
    assert broken_by(importer, imported) == broken_by()
