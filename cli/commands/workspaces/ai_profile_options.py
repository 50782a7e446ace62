"""How the AI speaks for a workspace, as options and as lines to read."""

from typing import Annotated, Any

import typer

from client.failure import unusable

_PANEL = "How the AI speaks"


def _option(*flags: str, help_text: str, **more: Any) -> Any:
    return typer.Option(*flags, help=help_text, rich_help_panel=_PANEL, **more)


BusinessNameOption = Annotated[str | None, _option("--business-name", help_text="Whom it speaks for; empty: the name")]
ToneOption = Annotated[str | None, _option("--tone", help_text='How it sounds, such as "friendly, brief"')]
HoursOption = Annotated[
    str | None, _option("--hours", help_text='When people are there, in words, such as "Mon to Fri 9:00-17:00 Pacific"')
]
LanguageOption = Annotated[
    list[str] | None,
    _option("--language", metavar="CODE", help_text="May answer in it: en, es, …; these instead of all before"),
]
NoLanguagesOption = Annotated[bool, _option("--no-languages", help_text="May answer in any language")]
RuleOption = Annotated[
    list[str] | None,
    _option(
        "--hand-off-rule",
        metavar="WORDS",
        help_text="A text that holds them is left to a person; these instead of all before",
    ),
]
NoRulesOption = Annotated[bool, _option("--no-hand-off-rules", help_text="No such words")]
NoticeOption = Annotated[
    str | None, _option("--hand-off-notice", help_text='What the customer is told at a hand-off; "": nothing')
]
MaxRepliesOption = Annotated[
    int | None,
    _option("--max-ai-replies", min=0, max=100, help_text="In a row, before a person must answer; 0: as by default, 5"),
]


def either(option: str, given: list[str] | None, none_option: str, none: bool) -> list[str] | None:
    """The values of a repeatable option, none at all, or None when it stays as it is. Raises Failure."""
    if given and none:
        raise unusable(f"Give {option} or {none_option}, not both.")
    return [] if none else given or None
