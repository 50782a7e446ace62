"""Makes a command of an async function: adds the options that every command has, connects, and turns failures into a
line on standard error and an exit code."""

import inspect
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar

import typer

from cli import settings
from cli.exit_codes import ExitCode, exit_code
from cli.hints.failures import hint, sentence
from client.failure import Failure

Function = TypeVar("Function", bound=Callable[..., Awaitable[None]])

_PANEL = "Options of every command"
_Text = str | None


def _option(flag: str, help_text: str, metavar: str, hidden: bool = False) -> Any:
    option = typer.Option(flag, help=help_text, metavar=metavar, hidden=hidden, rich_help_panel=_PANEL)
    return Annotated[_Text, option]


def _shared_options(at_root: bool) -> dict[str, Any]:
    """Name and annotation of each; the addresses are listed once, at `keva --help`."""
    hidden = not at_root
    json_flag = typer.Option("--json", help="Print JSON, with all data and ids, for scripts", rich_help_panel=_PANEL)
    return {
        "organization": _option("--organization", "The tenant [KEVA_ORGANIZATION; default]", "ID"),
        "workspace": _option("--workspace", "The desk [KEVA_WORKSPACE; default]", "ID"),
        "actor": _option("--as", "Who acts: agent:ID [KEVA_ACTOR; operator:<your user name>]", "ACTOR"),
        "as_json": Annotated[bool, json_flag],
        "ticket_service": _option("--ticket-service", "[KEVA_TICKET_SERVICE; 127.0.0.1:50051]", "ADDRESS", hidden),
        "sms_service": _option("--sms-service", "[KEVA_SMS_SERVICE; 127.0.0.1:50052]", "ADDRESS", hidden),
        "credentials_service": _option(
            "--credentials-service", "[KEVA_CREDENTIALS_SERVICE; 127.0.0.1:50053]", "ADDRESS", hidden
        ),
        "responder_service": _option(
            "--responder-service", "[KEVA_RESPONDER_SERVICE; 127.0.0.1:50054]", "ADDRESS", hidden
        ),
        "gateway": _option("--gateway", "[KEVA_GATEWAY_URL; http://127.0.0.1:8080]", "URL", hidden),
        "tls_dir": _option("--tls-dir", "Folder with your certificate [KEVA_TLS_DIR]", "FOLDER", hidden),
        "gateway_health": _option(
            "--gateway-health", "[KEVA_GATEWAY_HEALTH_URL; http://127.0.0.1:8081]", "URL", hidden
        ),
        "simulator": _option("--simulator", "[KEVA_SIMULATOR_URL; http://127.0.0.1:8090]", "URL", hidden),
    }


def _parameters(at_root: bool) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=annotation,
            default=False if name == "as_json" else None,
        )
        for name, annotation in _shared_options(at_root).items()
    ]


_SHARED = tuple(_shared_options(at_root=False))
_CONTEXT = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)


def root_options(app: typer.Typer, help_text: str) -> None:
    """Lets the shared options stand before the command's name too."""

    def remember(context: typer.Context, **given: Any) -> None:
        context.obj = {**(context.obj or {}), **given}

    remember.__signature__ = inspect.Signature([_CONTEXT, *_parameters(at_root=True)])  # type: ignore[attr-defined]
    app.callback(help=help_text)(remember)


def command(group: typer.Typer, name: str) -> Callable[[Function], Function]:
    """Adds the decorated function to `group`. Its first parameter is the Session; the others are the command's own."""

    def decorate(function: Function) -> Function:
        own = list(inspect.signature(function).parameters.values())[1:]
        keywords = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]

        def run(context: typer.Context, **given: Any) -> None:
            at_command = {key: given.pop(key) for key in _SHARED}
            exit_with_code(lambda: _run(function, _merged(context.obj, at_command), given))

        shared = _parameters(at_root=False)
        run.__signature__ = inspect.Signature([_CONTEXT, *keywords, *shared])  # type: ignore[attr-defined]
        group.command(name, help=_unwrapped(function.__doc__ or ""))(run)
        return function

    return decorate


def _unwrapped(docstring: str) -> str:
    """Paragraphs as one line each: the terminal wraps them."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(docstring))


def _merged(at_root: Mapping[str, Any] | None, at_command: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value or (at_root or {}).get(name) for name, value in at_command.items()}


def _run(function: Callable[..., Awaitable[None]], shared: dict[str, Any], own: dict[str, Any]) -> None:
    # --help needs none of it, and gRPC and tables are slow to import.
    import asyncio  # noqa: PLC0415

    from cli.session import Session, open_services  # noqa: PLC0415
    from cli.terminal import output  # noqa: PLC0415

    as_json = bool(shared.pop("as_json"))

    async def connected() -> None:
        resolved = settings.resolve(shared, as_json)
        async with open_services(resolved) as services:
            session = Session(services, resolved)
            await function(session, **own)
            for remark in session.remarks:
                output.remark(remark)

    asyncio.run(connected())


def exit_with_code(action: Callable[[], None]) -> None:
    """Runs `action`. Raises typer.Exit, after a word on standard error, when it fails in any way."""
    try:
        action()
    except Failure as failure:
        notes = getattr(failure, "__notes__", ())
        _complain(sentence(failure), " ".join(filter(None, (hint(failure), *notes))))
        raise typer.Exit(exit_code(failure)) from None
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except UnicodeError:
        _complain("What was given is not valid UTF-8 text.")
        raise typer.Exit(ExitCode.USAGE) from None
    except (typer.Abort, typer.Exit, BrokenPipeError):
        raise
    except Exception as error:
        if os.environ.get("KEVA_DEBUG"):
            import traceback  # noqa: PLC0415

            traceback.print_exc()
        _complain(f"This is a bug in keva: {type(error).__name__}: {error}", "KEVA_DEBUG=1 shows where.")
        raise typer.Exit(ExitCode.FAILED) from None


def _complain(message: str, what_to_do: str = "") -> None:
    from cli.terminal import output  # noqa: PLC0415 - as in _run

    output.complain(message, what_to_do)
