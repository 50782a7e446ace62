"""`.keva/stack.json` of the working folder, which the local stack writes while it runs: where everything is, and whom
to trust."""

import contextlib
import json
from pathlib import Path
from typing import Any

from client.failure import Failure, unusable
from servicekit.own_paths import NotOwn, require_own

STACK_FILE = Path(".keva") / "stack.json"


def read() -> dict[str, Any]:
    """What it says; empty where no local stack runs. Raises Failure when it cannot be read, and when another user of
    this machine can have written it: it names the authority that a secret is then sent to."""
    try:
        STACK_FILE.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError:
        # Whose folder it is, is said below.
        pass
    try:
        for path in (STACK_FILE.parent, STACK_FILE):
            require_own(path)
        stack = json.loads(STACK_FILE.read_text())
    except NotOwn as error:
        raise _not_believed(error) from None
    except (OSError, ValueError) as error:
        raise unusable(
            f"Cannot read {STACK_FILE}: {error}", "Start the local stack again, or remove the file."
        ) from None
    if not isinstance(stack, dict):
        raise unusable(f"{STACK_FILE} is not what the local stack writes.", "Start it again, or remove the file.")
    _require_own_certificates(str(stack.get("tls_dir") or ""))
    return stack


def _require_own_certificates(folder: str) -> None:
    try:
        # One that is not there is complained of by whoever needs it.
        with contextlib.suppress(OSError):
            if folder:
                require_own(Path(folder))
    except NotOwn as error:
        raise _not_believed(error) from None


def _not_believed(error: NotOwn) -> Failure:
    return unusable(f"{STACK_FILE} of this folder is not believed: {error}.", error.advice)
