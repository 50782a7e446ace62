"""How a command fails: with an exit code that a script can act on, and a line or two that a person can."""

from enum import IntEnum

from cli.advice import advice
from servicekit import errors


class ExitCode(IntEnum):
    """What the process's exit status means. Listed in `keva --help`."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNREACHABLE = 4
    TRY_AGAIN = 5
    INTERRUPTED = 130


class CommandError(Exception):
    """Ends the command: `message` says what is wrong, `hint` what to do about it, `reason` is the service's."""

    def __init__(self, exit_code: ExitCode, message: str, hint: str = "", reason: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.message = message
        self.hint = hint
        self.reason = reason


_EXIT_CODES: dict[type[errors.KevaError], ExitCode] = {
    errors.InvalidArgument: ExitCode.USAGE,
    errors.NotFound: ExitCode.NOT_FOUND,
    errors.Aborted: ExitCode.TRY_AGAIN,
    errors.ResourceExhausted: ExitCode.TRY_AGAIN,
    errors.Unavailable: ExitCode.TRY_AGAIN,
}


def refusal(error: errors.KevaError) -> CommandError:
    """What a service answered, as the end of a command."""
    exit_code = _EXIT_CODES.get(type(error), ExitCode.FAILED)
    return CommandError(exit_code, f"{_sentence(error)} ({error.reason})", advice(error), error.reason)


def unreachable(service: str, address: str, option: str) -> CommandError:
    """Nobody answers at `address`."""
    return CommandError(
        ExitCode.UNREACHABLE,
        f"{service} does not answer at {address}.",
        f"Start Keva on this machine with: keva up. If it runs elsewhere, name the address with {option}.",
    )


def not_trusted(service: str, address: str, why: str) -> CommandError:
    """Whoever answers at `address` has a certificate that is not that service's, or we are not believed."""
    return CommandError(
        ExitCode.FAILED,
        f"What answers at {address} cannot be trusted to be {service}: {why}.",
        "Look at the address, and at the folder of --tls-dir or KEVA_TLS_DIR: its ca.crt must be the authority that "
        "issued the service's certificate.",
    )


def trouble_with_certificates(details: str | None) -> str:
    """What gRPC says of the other side's certificate, in our words; empty when the connection failed otherwise."""
    said = details or ""
    if "Hostname Verification" in said:
        return "its certificate is another service's"
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return "its certificate is not one that your ca.crt vouches for, or has expired"
    return ""


def tools_missing() -> CommandError:
    """The folder `dev` is not installed: a production image has none."""
    return CommandError(
        ExitCode.FAILED,
        "The local stack and its Twilio simulator are not installed here.",
        "They are part of Keva's repository: clone it, run make setup, and use its .venv/bin/keva.",
    )


def usage(message: str, hint: str = "") -> CommandError:
    """The command line cannot be carried out as it is."""
    return CommandError(ExitCode.USAGE, message, hint)


def not_found(message: str, hint: str = "") -> CommandError:
    """What the command line names is not there."""
    return CommandError(ExitCode.NOT_FOUND, message, hint)


def _sentence(error: errors.KevaError) -> str:
    message, field = error.message, error.metadata.get("field", "")
    if field and message.startswith(field):
        message = field.rpartition(".")[2].replace("_", " ") + message.removeprefix(field)
    capital = message[:1].upper() + message[1:]
    return capital if capital.endswith((".", "!", "?", "…")) else f"{capital}."
