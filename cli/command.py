"""Makes a command of an async function: adds the options that every command has, connects, and turns failures into a
line on standard error and an exit code."""

import errno
import inspect
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar

import typer

from cli import settings
from cli.exit_codes import ExitCode, exit_code
from cli.hints.development_tools import setup_unfinished
from cli.hints.failures import hint, sentence
from cli.text_arguments import TextTakingCommand
from client.failure import Failure

Function = TypeVar("Function", bound=Callable[..., Awaitable[None]])

# What writing to standard output fails with.
CANNOT_BE_WRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
_PANEL = "Options of every command"
# Commands on what a workspace has. Others take one where they have an option for it, and say so to the service.
_IN_WORKSPACE = (
    *("cli.commands.tickets.", "cli.commands.customers.", "cli.commands.reports.", "cli.commands.conversations"),
    *("cli.commands.replies", "cli.commands.kb.questions", "cli.commands.kb.show", "cli.commands.kb.dismiss"),
    *("cli.commands.kb.takeover", "cli.commands.events.ticket_watch"),
)
# Commands on the installation itself: whoever else acts may not see all of it, and need not be found first.
_BY_OPERATORS = ("cli.commands.doctor",)
# Those that everybody may need. The others are addresses, and are listed once, at `keva --help`.
_ALWAYS_LISTED = ("organization", "workspace", "actor")


def _parameters(at_root: bool) -> list[inspect.Parameter]:
    """The options of every command, as parameters of a function."""
    options = {
        name: _option(source, hidden=not at_root and name not in _ALWAYS_LISTED)
        for name, source in settings.SOURCES.items()
        if source.option
    }
    as_json = typer.Option("--json", help="Print all data, with ids, as JSON for scripts", rich_help_panel=_PANEL)
    return [
        *(_parameter(name, Annotated[str | None, option], None) for name, option in options.items()),
        _parameter("as_json", Annotated[bool, as_json], False),
    ]


def _option(source: settings.Source, hidden: bool) -> Any:
    flag, metavar = source.option.split()
    surroundings = "; ".join(filter(None, (source.variable, source.default)))
    help_text = f"{source.meaning} [{surroundings}]"
    return typer.Option(flag, help=help_text, metavar=metavar, hidden=hidden, rich_help_panel=_PANEL)


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


_VERSION = typer.Option("--version", help="Show the version of this program")
_SHARED = tuple(parameter.name for parameter in _parameters(at_root=False))
_CONTEXT = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)


def root_options(app: typer.Typer, help_text: str) -> None:
    """Lets the shared options stand before the command's name too."""

    def remember(context: typer.Context, version: bool, **given: Any) -> None:
        if version:
            _show_version(bool(given["as_json"]))
            raise typer.Exit
        if context.invoked_subcommand is None:
            context.fail("Missing command.")
        context.obj = {**(context.obj or {}), **given}

    parameters = [_CONTEXT, *_parameters(at_root=True), _parameter("version", Annotated[bool, _VERSION], False)]
    remember.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    app.callback(help=help_text, invoke_without_command=True)(remember)


def _show_version(as_json: bool) -> None:
    from importlib.metadata import version  # noqa: PLC0415 - as in _run

    installed = version("keva-sms")
    print(f'{{"version": "{installed}"}}' if as_json else f"keva {installed}")


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
        group.command(name, cls=TextTakingCommand, help=_unwrapped(function.__doc__ or ""))(run)
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

    from cli.session import open_services, open_session  # noqa: PLC0415
    from cli.terminal import output  # noqa: PLC0415

    as_json = bool(shared.pop("as_json"))

    async def connected() -> None:
        resolved = settings.resolve(shared, as_json)
        async with open_services(resolved) as services:
            session = await open_session(
                services,
                resolved,
                in_workspace=function.__module__.startswith(_IN_WORKSPACE),
                as_operator=function.__module__.startswith(_BY_OPERATORS),
            )
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
        complain_of_setup(error)
        if isinstance(error, OSError) and error.errno in CANNOT_BE_WRITTEN:
            raise typer.Exit(complain_of_output()) from None
        if os.environ.get("KEVA_DEBUG"):
            import traceback  # noqa: PLC0415

            traceback.print_exc()
        _complain(f"This is a bug in keva: {type(error).__name__}: {error}", "KEVA_DEBUG=1 shows where.")
        raise typer.Exit(ExitCode.FAILED) from None


def complain_of_output() -> int:
    """Says that standard output cannot be written. Returns the exit status for that."""
    _complain("The output cannot be written.", "Is the disk full that it goes to?")
    return int(ExitCode.FAILED)


def complain_of_setup(error: Exception) -> None:
    """Raises typer.Exit, after a word on standard error, when `error` comes from a setup that was interrupted."""
    unfinished = setup_unfinished(error) if isinstance(error, ModuleNotFoundError) else None
    if unfinished:
        _complain(unfinished.message, unfinished.advice)
        raise typer.Exit(exit_code(unfinished)) from None


def _complain(message: str, what_to_do: str = "") -> None:
    from cli.terminal import output  # noqa: PLC0415 - as in _run

    output.complain(message, what_to_do)
