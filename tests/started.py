"""Imported by the process that programs are forked from: what they would import or read late, each again."""

import importlib
from pathlib import Path

import cli
from responder_service.language import detection

for _file in Path(cli.__path__[0], "commands").iterdir():
    if not _file.name.startswith("_"):
        importlib.import_module(f"cli.commands.{_file.stem}")
for _module in ("cli.doctor.report", "cli.session", "cli.terminal.output", "typer.rich_utils"):
    importlib.import_module(_module)
detection.load()
