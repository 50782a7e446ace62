"""`python -m dev.local_stack`: what `make run` and `keva up` start."""

import argparse
import asyncio
import os
import shutil
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from dev.local_stack import demo
from dev.local_stack.foreground import INTERRUPTED, run_until_interrupted
from dev.local_stack.observer import DemoError
from dev.local_stack.stack import LocalStack
from dev.local_stack.supervisor import StackError, Supervisor
from dev.local_stack.terminal import ProcessLogs, Terminal
from dev.process_list import SERVICES

# On Linux, who has a screen has one of these.
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
# Bytes: mongod ends before its disk is quite full.
_NEXT_TO_NOTHING = 32 * 1024 * 1024


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m dev.local_stack",
        description="Runs all of Keva on this machine, with a Twilio simulator, until Ctrl-C.",
    )
    parser.add_argument("--demo", action="store_true", help="play a conversation first, and print it")
    parser.add_argument("--once", action="store_true", help="stop when everything has worked once")
    parser.add_argument("--verbose", action="store_true", help="print every log line")
    parser.add_argument("--folder", type=Path, default=Path(), help="where .keva/ is (default: here)")
    return parser.parse_args(argv)


async def _serve(stack: LocalStack, terminal: Terminal, logs: ProcessLogs, arguments: argparse.Namespace) -> int:
    try:
        if arguments.demo and not stack.has_simulator:
            raise StackError("--demo needs the Twilio simulator: unset KEVA_TWILIO_API_URL")
        async with stack:
            await _until_death(stack, terminal, arguments)
    except StackError as error:
        terminal.line(error.summary if logs.has_shown(error.name) else str(error), "red")
        return 1
    except DemoError as error:
        terminal.line(str(error), "red")
        return 1
    return 0


async def _until_death(stack: LocalStack, terminal: Terminal, arguments: argparse.Namespace) -> None:
    """Returns when there is nothing more to do (`--once`). Raises StackError when a process dies."""
    sign_in = None
    if stack.simulator_url:
        playing = demo.play(stack, stack.simulator_url, terminal, conversation=arguments.demo, required=arguments.once)
        sign_in = await stack.supervisor.unless_death(playing)
    if not arguments.once:
        _print_addresses(stack, terminal)
        if sign_in is not None:
            _offer_console(sign_in, terminal)
        death = await stack.supervisor.death
        terminal.line(f"{death}: stopping everything", "red")
        if shutil.disk_usage(stack.state.path).free < _NEXT_TO_NOTHING:
            terminal.line(f"The disk that {stack.state.path} is on is full: make room, and start again.", "red")
        raise stack.supervisor.error_of_death()


def _print_addresses(stack: LocalStack, terminal: Terminal) -> None:
    addresses = {
        **{service: stack.address_of(service) for service in reversed(SERVICES)},
        "Twilio simulator": stack.simulator_url or "none: KEVA_TWILIO_API_URL is used",
        **({"Customers' phones": stack.phone_link} if stack.has_simulator else {}),
        "MongoDB": stack.mongodb_address if stack.has_mongod else "yours: KEVA_MONGODB_URI",
        "logs": str(stack.state.logs),
    }
    terminal.line("\nKeva is running. Ctrl-C stops it.", "bold")
    for name, address in addresses.items():
        terminal.line(f"  {name:<20} {address}")
    for one in stack.moved_ports:
        terminal.line(f"  port {one.usual} is taken: {one.name} listens on {one.port}", "yellow")
    keva = Path(sys.executable).with_name("keva")
    command = keva.relative_to(Path.cwd()) if keva.is_relative_to(Path.cwd()) else keva
    terminal.line("\nIn another terminal, in this folder:", "bold")
    if stack.simulator_url:
        terminal.line(f'  {command} sim text --from "(555) 123-4567" "hello"')
    terminal.line(f"  {command} tickets list")


def _offer_console(sign_in: demo.SignIn, terminal: Terminal) -> None:
    """Says how to sign in, and opens the page where there is a screen."""
    terminal.line(f"\nIn a browser, as {sign_in.name}, who sets a password there (the link works once):", "bold")
    terminal.line(f"  {sign_in.url}")
    if sys.platform == "darwin" or any(os.environ.get(name) for name in _SCREENS):
        webbrowser.open(sign_in.url)


async def _main(arguments: argparse.Namespace) -> int:
    terminal = Terminal()
    folder: Path = arguments.folder
    logs = ProcessLogs(folder.absolute() / ".keva" / "logs", terminal, arguments.verbose)
    stack = LocalStack(
        folder,
        Supervisor(logs, terminal),
        environment=os.environ,
        prepare_twilio=demo.prepare_twilio,
        fixed_ports=True,
    )
    try:
        status = await run_until_interrupted(_serve(stack, terminal, logs, arguments), stack.supervisor.kill_all)
    finally:
        logs.close()
    # Ctrl-C is how a stack that stays up ends; one that was to prove something has not.
    return 0 if status == INTERRUPTED and not arguments.once else status


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the local stack in the foreground. Returns 0 after Ctrl-C, SIGTERM or `--once`, and 1 when something failed
    or died."""
    return asyncio.run(_main(_arguments(argv)))


if __name__ == "__main__":
    sys.exit(main())
