"""`keva doctor`: what it finds in services that are well, ill, gone, or somebody else's."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from aiohttp import web
from google.protobuf import duration_pb2

from keva.credentials.v1 import credentials_service_pb2
from keva.responder.v1 import responder_service_pb2, responder_service_pb2_grpc
from keva.responder.v1.responder_service_pb2 import GetResponderResponse, WorkspaceArticles
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import (
    agent_service_pb2,
    audit_service_pb2,
    channel_service_pb2,
    routing_pb2,
    workspace_service_pb2,
)
from servicekit import errors
from servicekit.rpc.mutual_tls import server_credentials
from tests.identities import certificates
from tests.identities import server as make_server

# Nobody listens on the first port.
NOBODY = "127.0.0.1:1"
ACCOUNT = sms_service_pb2.TwilioAccount(account_sid="AC1")
THE_AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
ARTICLES = WorkspaceArticles(workspace_id="default", articles=24, sections=56)


def channel(number: str = "+15550001111", **fields: Any) -> channel_service_pb2.Channel:
    """A number of the connected account whose tickets go to the AI of the workspace `default`."""
    given = {"account_sid": "AC1", "workspace_id": "default", "auto_assign": THE_AI, **fields}
    return channel_service_pb2.Channel(channel_id="chn_1", phone_number=number, **given)


@pytest.fixture
async def responder(start_peer: Any) -> Any:
    """Keva's own, on the articles alone."""
    peer = await start_peer("responder_service", responder_service_pb2)
    peer.answers["GetResponder"] = GetResponderResponse(
        mode=responder_service_pb2.RESPONDER_MODE_KNOWLEDGE_BASE, workspaces=[ARTICLES]
    )
    return peer


@pytest.fixture
async def readiness() -> AsyncIterator[list[Any]]:
    """Where the gateway tells its health, what it answers at /readyz, a status and a body, and at /notes: to be
    changed."""
    served: list[Any] = ["", 200, "ready", "\n"]
    app = web.Application()

    async def ready(_: web.Request) -> web.Response:
        return web.Response(status=served[1], text=served[2])

    async def notes(_: web.Request) -> web.Response:
        return web.Response(text=served[3])

    app.router.add_get("/readyz", ready)
    app.router.add_get("/notes", notes)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served[0] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield served
    await runner.cleanup()


@pytest.fixture(autouse=True)
async def prepared(keva: Any, start_peer: Any, responder: Any, readiness: list[Any]) -> None:
    """A Keva that is well: one account, one number whose tickets are the AI's, one workspace with articles."""
    credentials = await start_peer("credentials_service", credentials_service_pb2)
    key = credentials_service_pb2.Key(key_id="key-1", active=True, replicas=1)
    credentials.answers["ListKeys"] = credentials_service_pb2.ListKeysResponse(keys=[key], replicas=1)
    workspaces = [workspace_service_pb2.Workspace(workspace_id="default", display_name="Support")]
    keva.ticket_service.answers.update(
        ListWorkspaces=workspace_service_pb2.ListWorkspacesResponse(workspaces=workspaces),
        ListChannels=channel_service_pb2.ListChannelsResponse(channels=[channel()]),
    )
    keva.sms_service.answers["ListTwilioAccounts"] = sms_service_pb2.ListTwilioAccountsResponse(accounts=[ACCOUNT])
    twilio_has(keva, "KEVA")
    keva.environment.update(
        KEVA_CREDENTIALS_SERVICE=credentials.address,
        KEVA_RESPONDER_SERVICE=responder.address,
        KEVA_GATEWAY_HEALTH_URL=readiness[0],
    )


def twilio_has(keva: Any, *routes: str, **fields: Any) -> None:
    """Twilio sends the texts of the number there; without a route it does not list it."""
    numbers = [
        sms_service_pb2.PhoneNumber(
            phone_number="+15550001111",
            inbound_route=sms_service_pb2.InboundRoute.Value(f"INBOUND_ROUTE_{route}"),
            **fields,
        )
        for route in routes
    ]
    answer = sms_service_pb2.ListPhoneNumbersResponse(phone_numbers=numbers)
    keva.sms_service.answers["ListPhoneNumbers"] = answer


async def findings(keva: Any, status: int) -> dict[str, dict[str, Any]]:
    """What is found, by subject."""
    result = await keva("doctor", "--json")
    assert result.status == status, result.output + result.error
    report = json.loads(result.output)
    assert report["well"] == (status == 0)
    return {finding["subject"]: finding for finding in report["findings"]}


async def test_a_gateway_that_cannot_tell_senders_apart_says_so_and_nothing_is_broken(
    keva: Any, readiness: list[Any]
) -> None:
    readiness[3] = "webhooks come through 172.17.0.1: who sends them cannot be told; name it\n"

    found = (await findings(keva, 0))["senders of webhooks"]

    assert (found["condition"], found["advice"]) == ("NOTE", "Name it.")
    assert found["words"] == "webhooks come through 172.17.0.1: who sends them cannot be told"


async def test_a_keva_that_is_well(keva: Any) -> None:
    result = await keva("doctor")

    assert (result.status, result.error) == (0, "")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert f"gateway OK takes texts ({keva.environment['KEVA_GATEWAY_HEALTH_URL']})" in lines
    for name in ("ticket_service", "sms_service", "credentials_service", "responder"):
        assert any(line.startswith(f"{name} OK is ready at 127.0.0.1:") for line in lines)
    assert any(line.startswith("certificates OK that of ") for line in lines)
    assert "key ring OK key-1 encrypts; the one replica has all keys it needs" in lines
    assert "Twilio accounts OK 1 connected" in lines
    assert "numbers OK 1 answered" in lines
    assert "AI OK knowledge base: answers are the articles' own words" in lines
    assert "articles of default OK 24 articles, 56 sections" in lines
    assert "What to do:" not in lines


async def test_it_looks_as_an_operator_whoever_acts_otherwise(keva: Any) -> None:
    """An agent may not see the keys; and where ticket_service is gone, nobody could say who the agent is."""
    keva.environment["KEVA_ACTOR"] = "dana@example.com"

    found = await findings(keva, 0)

    assert found["key ring"]["condition"] == "OK"
    assert keva.ticket_service.metadata["keva-actor"].startswith("operator:")
    assert not [request for request in keva.ticket_service.requests if "ListAgents" in type(request).__name__]


async def test_the_model_is_named(keva: Any, responder: Any) -> None:
    responder.answers["GetResponder"] = GetResponderResponse(
        mode=responder_service_pb2.RESPONDER_MODE_MODEL, model="example-model", workspaces=[ARTICLES]
    )

    found = await findings(keva, 0)

    assert found["AI"]["words"] == "model example-model, with the articles to answer from"
    assert found["AI"]["facts"] == {"mode": "MODEL", "model": "example-model"}


async def test_a_responder_of_somebody_elses_need_not_tell_anything(keva: Any) -> None:
    class Theirs(responder_service_pb2_grpc.ResponderServiceServicer):
        """Knows neither GetResponder nor health."""

    server = grpc.aio.server()
    credentials = server_credentials(certificates("responder_service"))
    responder_service_pb2_grpc.add_ResponderServiceServicer_to_server(Theirs(), server)  # type: ignore[abstract]
    keva.environment["KEVA_RESPONDER_SERVICE"] = f"127.0.0.1:{server.add_secure_port('127.0.0.1:0', credentials)}"
    await server.start()

    found = await findings(keva, 0)

    await server.stop(None)
    assert found["responder"]["condition"] == "NOTE"
    assert "a responder other than Keva's own" in found["AI"]["words"]
    assert "articles of default" not in found


async def test_a_number_that_assigns_to_an_ai_without_articles_is_wrong(keva: Any, responder: Any) -> None:
    responder.answers["GetResponder"] = GetResponderResponse(
        mode=responder_service_pb2.RESPONDER_MODE_KNOWLEDGE_BASE,
        workspaces=[WorkspaceArticles(workspace_id="defualt", articles=24, sections=56)],
    )

    result = await keva("doctor")

    assert result.status == 1
    assert result.error == "keva: One thing is wrong.\n"
    assert "none, but tickets of +15550001111 go to the AI, which can only hand them off" in result.output
    assert "articles of default: Put articles into the folder default" in result.output
    assert "keva channels update +15550001111 --auto-assign nobody" in result.output


async def test_a_workspace_of_people_needs_no_articles(keva: Any, responder: Any) -> None:
    nobodys = channel_service_pb2.ListChannelsResponse(channels=[channel(auto_assign=None)])
    keva.ticket_service.answers["ListChannels"] = nobodys
    responder.answers["GetResponder"] = GetResponderResponse(mode=responder_service_pb2.RESPONDER_MODE_KNOWLEDGE_BASE)

    assert (await findings(keva, 0))["articles of default"][
        "words"
    ] == "none, and none needed: no number assigns tickets to the AI"


async def test_broken_files_are_wrong(keva: Any, responder: Any) -> None:
    broken = WorkspaceArticles(workspace_id="default", articles=1, sections=1, broken_files=2)
    responder.answers["GetResponder"] = GetResponderResponse(
        mode=responder_service_pb2.RESPONDER_MODE_KNOWLEDGE_BASE, workspaces=[broken]
    )

    found = (await findings(keva, 1))["articles of default"]

    assert found["words"] == "1 article, 1 section, 2 broken files"
    assert "keva kb check" in found["advice"]
    assert found["facts"] == {"workspace_id": "default", "articles": 1, "sections": 1, "broken_files": 2}


async def test_a_responder_that_is_gone_says_whose_tickets_go_to_people(keva: Any) -> None:
    keva.environment["KEVA_RESPONDER_SERVICE"] = NOBODY

    found = await findings(keva, 1)

    assert found["responder"]["condition"] == "NO_ANSWER"
    assert "--responder-service or KEVA_RESPONDER_SERVICE" in found["responder"]["advice"]
    assert "new tickets of +15550001111 go to people" in found["AI"]["words"]


async def test_a_responder_that_fails_is_wrong(keva: Any, responder: Any) -> None:
    responder.answers["GetResponder"] = errors.Internal("INTERNAL", "internal error", error_id="4711")

    found = (await findings(keva, 1))["AI"]

    assert found["condition"] == "WRONG"
    assert "4711" in found["advice"]


async def test_a_service_that_waits_for_its_database_is_wrong(keva: Any) -> None:
    waiting = make_server("credentials_service")
    keva.environment["KEVA_CREDENTIALS_SERVICE"] = f"127.0.0.1:{await waiting.start('127.0.0.1:0')}"

    found = (await findings(keva, 1))["credentials_service"]

    await waiting.drain(0)
    assert found["condition"] == "WRONG"
    assert "its log says for what" in found["advice"]


async def test_every_replica_of_a_list_is_asked(keva: Any, responder: Any) -> None:
    keva.environment["KEVA_RESPONDER_SERVICE"] = f"{responder.address},{NOBODY}"

    result = await keva("doctor")

    assert result.status == 1
    assert f"is ready at {responder.address}" in result.output
    assert f"does not answer at {NOBODY}" in result.output


async def test_a_gateway_that_is_not_ready_names_what_it_waits_for(keva: Any, readiness: list[Any]) -> None:
    readiness[1:] = [503, "not ready: sms_service"]

    found = (await findings(keva, 1))["gateway"]

    assert found["words"] == "takes no texts: not ready: sms_service"
    assert "fix what the gateway waits for" in found["advice"]


async def test_what_is_no_gateway_is_said_to_be_none(keva: Any, readiness: list[Any]) -> None:
    readiness[1:] = [404, "no such page"]

    assert "Is that Keva's gateway?" in (await findings(keva, 1))["gateway"]["advice"]


async def test_a_database_that_does_not_answer_is_wrong(keva: Any) -> None:
    keva.ticket_service.answers["ListWorkspaces"] = errors.Unavailable("STORE_UNAVAILABLE", "try again later")

    found = await findings(keva, 1)

    assert found["database of ticket_service"]["condition"] == "WRONG"
    assert "MongoDB" in found["database of ticket_service"]["advice"]
    assert found["gateway"]["condition"] == "WRONG"
    assert "takes no texts" in found["gateway"]["words"]
    assert "ticket_service runs, but its database does not answer" in found["gateway"]["words"]
    # What can be known without it still is.
    assert found["articles of default"]["condition"] == "OK"


async def test_accounts_that_nobody_can_read_are_said_to_cost_texts(keva: Any) -> None:
    unread = errors.Unavailable("CREDENTIALS_STORE_UNAVAILABLE", "the database of credentials_service does not answer")
    keva.sms_service.answers["ListTwilioAccounts"] = unread

    found = await findings(keva, 1)

    assert (found["gateway"]["condition"], found["Twilio accounts"]["condition"]) == ("WRONG", "WRONG")
    assert "database of credentials_service does not answer" in found["gateway"]["words"]
    assert "MongoDB of credentials_service" in found["gateway"]["advice"]


async def test_a_number_whose_account_is_not_connected_is_wrong(keva: Any) -> None:
    foreign = channel("+15550002222", account_sid="AC2")
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(
        channels=[channel(), foreign]
    )

    found = (await findings(keva, 1))["numbers"]

    assert "the Twilio account of +15550002222 is not connected" in found["words"]
    assert "AC2" in found["advice"]


DEACTIVATED = {"state": agent_service_pb2.AGENT_STATE_DEACTIVATED}


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        pytest.param({"agent_id": "agt_2"}, "'agt_1', whom nobody has added", id="unknown"),
        pytest.param(DEACTIVATED, "Ann, who is deactivated", id="deactivated"),
        pytest.param({"role": agent_service_pb2.AGENT_ROLE_VIEWER}, "Ann, who may only look", id="viewer"),
        pytest.param({"workspace_ids": ["sales"]}, "Ann, who does not work in default", id="elsewhere"),
        pytest.param({}, "", id="suits"),
        pytest.param({"workspace_ids": ["*"]}, "", id="everywhere"),
    ],
)
async def test_new_tickets_of_who_cannot_take_them_are_wrong(keva: Any, agent: dict[str, Any], words: str) -> None:
    given = {
        "agent_id": "agt_1",
        "display_name": "Ann",
        "role": agent_service_pb2.AGENT_ROLE_AGENT,
        "state": agent_service_pb2.AGENT_STATE_ACTIVE,
        "workspace_ids": ["default"],
        **agent,
    }
    agents = agent_service_pb2.ListAgentsResponse(agents=[agent_service_pb2.Agent(**given)])
    ann = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id="agt_1")
    keva.ticket_service.answers.update(
        ListAgents=agents, ListChannels=channel_service_pb2.ListChannelsResponse(channels=[channel(auto_assign=ann)])
    )

    found = await findings(keva, 1 if words else 0)

    wrong = found.get("auto-assign of +15550001111")
    assert (wrong["words"] if wrong else "") == (f"new tickets go to {words}" if words else "")


async def test_a_number_that_twilio_refuses_to_send_from_is_wrong(keva: Any) -> None:
    stopped = sms_service_pb2.StoppedSender(phone_number="+15550001111", error_code=30034, error_text="Register it.")
    account = sms_service_pb2.TwilioAccount(account_sid=ACCOUNT.account_sid, stopped_senders=[stopped])
    keva.sms_service.answers["ListTwilioAccounts"] = sms_service_pb2.ListTwilioAccountsResponse(accounts=[account])

    result = await keva("doctor")

    assert result.status == 1
    assert "sending from +15550001111" in result.output
    assert "30034: Register it." in result.output


@pytest.mark.parametrize(
    ("route", "where"),
    [
        ("NONE", "nowhere"),
        ("OTHER_WEBHOOK", "bot.example"),
        ("TWIML_APP", "a TwiML app"),
        ("MESSAGING_SERVICE", "messaging service MG1"),
    ],
)
async def test_texts_that_do_not_come_are_wrong(keva: Any, route: str, where: str) -> None:
    twilio_has(keva, route, sms_url="https://bot.example/", messaging_service_sid="MG1" * (route[0] == "M"))

    found = (await findings(keva, 1))["texts lost"]

    assert found["condition"] == "WRONG"
    assert f"+15550001111 (they go to: {where})" in found["words"]
    assert "keva numbers configure +15550001111" in found["advice"]


async def test_texts_that_twilio_does_not_repeat_are_worth_a_note(keva: Any) -> None:
    twilio_has(keva, "KEVA_INCOMPLETE")

    found = (await findings(keva, 0))["texts not repeated"]

    assert (found["condition"], found["facts"]) == ("NOTE", {"phone_numbers": ["+15550001111"]})


async def test_texts_that_keva_refuses_are_wrong(keva: Any) -> None:
    twilio_has(keva, "KEVA_REFUSED", inbound_trouble="its method is GET, and Keva takes POST alone")

    found = (await findings(keva, 1))["texts lost"]

    assert found["condition"] == "WRONG"
    assert "Keva, which refuses them: its method is GET" in found["words"]
    assert "keva numbers configure +15550001111" in found["advice"]


async def test_a_fallback_url_that_leads_elsewhere_is_wrong(keva: Any) -> None:
    twilio_has(keva, "KEVA_INCOMPLETE", inbound_trouble="its fallback URL: it leads to bot.example")

    found = await findings(keva, 1)

    assert found["texts lost by the fallback URL"]["condition"] == "WRONG"
    assert "it leads to bot.example" in found["texts lost by the fallback URL"]["words"]
    assert "texts not repeated" not in found


async def test_an_account_that_twilio_refuses_is_wrong_and_hides_no_other(keva: Any) -> None:
    other = "AC" + "2" * 32
    accounts = [sms_service_pb2.TwilioAccount(account_sid=other), ACCOUNT]
    keva.sms_service.answers["ListTwilioAccounts"] = sms_service_pb2.ListTwilioAccountsResponse(accounts=accounts)
    twilio_has(keva, "NONE")
    of_the_first = keva.sms_service.answers["ListPhoneNumbers"]

    def answer(request: Any) -> Any:
        if request.account_sid == other:
            raise errors.FailedPrecondition("TWILIO_CREDENTIALS_REFUSED", f"Twilio refuses the Account SID {other}")
        return of_the_first

    keva.sms_service.answers["ListPhoneNumbers"] = answer

    found = await findings(keva, 1)

    assert found["Twilio accounts"]["condition"] == "WRONG"
    assert f"{other}: Twilio refuses the Account SID {other}" in found["Twilio accounts"]["words"]
    assert f"keva twilio disconnect {other}" in found["Twilio accounts"]["advice"]
    assert found["Twilio accounts"]["facts"] == {"accounts": 2, "refused": [other]}
    assert found["texts lost"]["facts"] == {"phone_numbers": ["+15550001111"]}
    # It is known, so its texts are verified and taken, by the token that is stored.
    assert found["gateway"]["condition"] == "OK"


async def test_a_number_that_twilio_does_not_have_any_more_is_wrong(keva: Any) -> None:
    twilio_has(keva)

    assert "+15550001111" in (await findings(keva, 1))["numbers gone"]["words"]


async def test_a_twilio_that_cannot_be_asked_is_no_fault_of_the_numbers(keva: Any) -> None:
    keva.sms_service.answers["ListPhoneNumbers"] = errors.ResourceExhausted("TWILIO_RATE_LIMITED", "too many")

    found = (await findings(keva, 0))["texts"]

    assert (found["condition"], found["advice"]) == ("NOTE", "Try again in a minute.")


async def test_a_twilio_that_sms_service_does_not_reach_is_wrong(keva: Any) -> None:
    keva.sms_service.answers["ListPhoneNumbers"] = errors.Unavailable("TWILIO_UNAVAILABLE", "Twilio cannot be reached")

    found = await findings(keva, 1)

    assert (found["Twilio"]["condition"], "replies wait" in found["Twilio"]["words"]) == ("NO_ANSWER", True)
    assert "status.twilio.com" in found["Twilio"]["advice"]
    assert "firewall" in found["Twilio"]["advice"]


async def test_an_empty_keva_is_told_how_to_go_on(keva: Any) -> None:
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse()
    keva.sms_service.answers["ListTwilioAccounts"] = sms_service_pb2.ListTwilioAccountsResponse()

    result = await keva("doctor")

    assert result.status == 0
    assert "Twilio accounts: Connect one with: keva twilio connect" in result.output
    assert "keva channels add NUMBER" in result.output


async def test_an_organization_that_nothing_is_known_of_may_be_a_slip(keva: Any) -> None:
    empty = workspace_service_pb2.ListWorkspacesResponse()
    keva.ticket_service.answers.update(ListWorkspaces=empty, ListChannels=channel_service_pb2.ListChannelsResponse())
    keva.sms_service.answers["ListTwilioAccounts"] = sms_service_pb2.ListTwilioAccountsResponse()
    keva.environment["KEVA_ORGANIZATION"] = "nope"

    found = (await findings(keva, 0))["organization"]

    assert (found["condition"], "nope has nothing here yet" in found["words"]) == ("NOTE", True)
    assert "Is the name right?" in found["advice"]


@pytest.mark.parametrize(("simulator", "noted"), [(None, True), ("http://127.0.0.1:8090", False)])
async def test_sample_articles_are_noted_where_customers_are_real(
    keva: Any, responder: Any, simulator: str | None, noted: bool
) -> None:
    del keva.environment["KEVA_RESPONDER_SERVICE"]
    (keva.folder / ".keva").mkdir(mode=0o700)
    stack = {"sample_articles": True, "simulator": simulator, "responder_service": responder.address}
    (keva.folder / ".keva" / "stack.json").write_text(json.dumps(stack))

    found = await findings(keva, 0)

    assert ("sample articles" in found) is noted
    assert not noted or found["sample articles"]["condition"] == "NOTE"


async def test_nothing_that_answers_is_status_4(keva: Any) -> None:
    for name in ("TICKET_SERVICE", "SMS_SERVICE", "CREDENTIALS_SERVICE", "RESPONDER_SERVICE"):
        keva.environment[f"KEVA_{name}"] = NOBODY
    keva.environment["KEVA_GATEWAY_HEALTH_URL"] = f"http://{NOBODY}"

    result = await keva("doctor")

    assert result.status == 4
    assert "keva up" in result.error
    assert "NO ANSWER" in result.output


async def test_addresses_may_be_given_as_options(keva: Any, responder: Any) -> None:
    keva.environment["KEVA_RESPONDER_SERVICE"] = NOBODY

    assert (await keva("--responder-service", responder.address, "doctor")).status == 0


def stands(keva: Any, *comparisons: sms_service_pb2.NumberComparison) -> None:
    """How numbers stand with Twilio's log."""
    answer = sms_service_pb2.ListNumberComparisonsResponse(comparisons=comparisons)
    answer.patience.FromSeconds(300)
    keva.sms_service.answers["ListNumberComparisons"] = answer


def compared(**fields: Any) -> sms_service_pb2.NumberComparison:
    """The number of the connected account."""
    return sms_service_pb2.NumberComparison(account_sid="AC1", phone_number="+15550001111", **fields)


async def test_number_that_is_compared_is_no_finding(keva: Any) -> None:
    stands(keva, compared())

    result = await keva("doctor")

    assert (result.status, result.error) == (0, "")
    assert "missed texts" not in result.output


@pytest.mark.parametrize(
    ("comparisons", "words"),
    [
        pytest.param([compared(behind=True, trouble="TWILIO_UNAVAILABLE")], "(TWILIO_UNAVAILABLE)", id="with trouble"),
        pytest.param([compared(behind=True)], "+15550001111", id="without a reason"),
        pytest.param([], "+15550001111", id="never"),
    ],
)
async def test_number_that_is_not_compared_is_wrong(keva: Any, comparisons: list[Any], words: str) -> None:
    stands(keva, *comparisons)

    finding = (await findings(keva, 1))["missed texts"]
    assert finding["condition"] == "WRONG"
    assert words in finding["words"]
    assert finding["facts"] == {"phone_numbers": ["+15550001111"]}


@pytest.mark.parametrize(("seconds", "words"), [(900, "15 minutes ahead of"), (-86400, "1440 minutes behind")])
async def test_clock_that_is_wrong_is_named(keva: Any, seconds: int, words: str) -> None:
    apart = duration_pb2.Duration(seconds=seconds)
    stands(keva, compared(clock_ahead=apart))

    finding = (await findings(keva, 1))["clocks"]

    assert finding["condition"] == "WRONG"
    assert words in finding["words"]
    assert finding["facts"] == {"ahead_seconds": seconds}


async def test_new_number_has_time(keva: Any) -> None:
    new = channel()
    new.create_time.GetCurrentTime()
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[new])
    stands(keva)

    assert (await keva("doctor")).status == 0


@pytest.mark.parametrize(("ahead", "status"), [(timedelta(hours=-1), 0), (timedelta(hours=1), 1)])
async def test_number_is_new_or_late_by_the_services_clock(keva: Any, ahead: timedelta, status: int) -> None:
    """Whose clock differs from that of the machine on which keva runs."""
    new = channel()
    new.create_time.FromDatetime(datetime.now(UTC) + ahead - timedelta(minutes=1 if status == 0 else 10))
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[new])
    stands(keva)
    keva.sms_service.answers["ListNumberComparisons"].read_time.FromDatetime(datetime.now(UTC) + ahead)

    assert (await keva("doctor")).status == status


async def test_removed_number_is_no_finding(keva: Any) -> None:
    other = sms_service_pb2.NumberComparison(account_sid="AC1", phone_number="+15550009999", behind=True)
    stands(keva, compared(), other)

    assert (await keva("doctor")).status == 0


async def test_text_that_could_not_be_taken_in_is_worth_knowing_for_a_week(keva: Any) -> None:
    lost = compared(not_taken_in=2, not_taken_in_sids=["SM1", "SM2"])
    lost.not_taken_in_time.GetCurrentTime()
    stands(keva, lost)

    result = await keva("doctor")

    assert result.status == 0
    assert "texts not taken in" in result.output
    lost.not_taken_in_time.FromSeconds(0)
    stands(keva, lost)
    assert "texts not taken in" not in (await keva("doctor")).output


async def test_number_whose_ai_has_texted_enough_is_worth_knowing_for_a_day(keva: Any) -> None:
    record = audit_service_pb2.AuditRecord(subject_id="chn_1", details={"replies": "1000"})
    record.record_time.GetCurrentTime()
    answers = keva.ticket_service.answers
    answers["ListAuditRecords"] = audit_service_pb2.ListAuditRecordsResponse(audit_records=[record])

    result = await keva("doctor")

    assert result.status == 0
    assert "AI on +15550001111" in result.output
    assert "keva workspaces update default --max-ai-replies-per-day N" in " ".join(result.output.split())
    record.record_time.FromSeconds(0)
    answers["ListAuditRecords"] = audit_service_pb2.ListAuditRecordsResponse(audit_records=[record])
    assert "AI on" not in (await keva("doctor")).output
