"""Imported by the process that programs are forked from: what they would import or read late, each again."""

import importlib
from pathlib import Path

import cli
from responder_service.language import detection

_LATE = (
    *("cli.doctor.report", "cli.session", "cli.terminal.output", "typer.rich_utils"),
    # What each sms_service would load with its first call of Twilio: 70 ms of a processor.
    *("twilio.rest.api", "twilio.rest.messaging"),
)
for _file in Path(cli.__path__[0], "commands").iterdir():
    if not _file.name.startswith("_"):
        importlib.import_module(f"cli.commands.{_file.stem}")
for _module in _LATE:
    importlib.import_module(_module)
detection.load()
