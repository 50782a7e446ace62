"""Secrets, asked for or read, never given as arguments: arguments stand in the process list and in the shell's
history."""

import getpass
import sys
from pathlib import Path

from client.failure import unusable
from servicekit.limits import SECRET_CHARACTERS
from servicekit.secret import Secret


def read_secret(name: str, option: str, where: str, file: Path | None, from_stdin: bool) -> Secret:
    """The secret that people call `name`: from the file, standard input, or the terminal, where it is not shown.
    `option` is what its two options begin with, `where` says where it is found. Raises Failure."""
    if file is not None and from_stdin:
        raise unusable(f"Give {option}-file or {option}-stdin, not both.")
    secret = _read(name, option, file, from_stdin).strip()
    if not secret or len(secret) > SECRET_CHARACTERS or not secret.isprintable():
        raise unusable(f"That cannot be the {name}.", where)
    return Secret(secret)


def read_auth_token(file: Path | None, from_stdin: bool) -> Secret:
    """An Auth Token. Raises Failure."""
    where = "Twilio's console shows it below the Account SID."
    return read_secret("Auth Token", "--auth-token", where, file, from_stdin)


def _read(name: str, option: str, file: Path | None, from_stdin: bool) -> str:
    if file is not None:
        return file.read_text()
    if from_stdin:
        return sys.stdin.read(SECRET_CHARACTERS * 4)
    if not sys.stdin.isatty():
        raise unusable(f"There is no terminal to ask for the {name}.", f"Use {option}-stdin or {option}-file.")
    return getpass.getpass(f"{name} (not shown): ")
