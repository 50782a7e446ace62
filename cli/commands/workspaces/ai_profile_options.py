"""How the AI speaks for a workspace, as options."""

from typing import Annotated, Any

import typer

from client.failure import unusable

_PANEL = "How the AI speaks"


def _option(flag: str, metavar: str | None, help_text: str, **more: Any) -> Any:
    return typer.Option(flag, metavar=metavar, help=help_text, rich_help_panel=_PANEL, **more)


BusinessNameOption = Annotated[
    str | None, _option("--business-name", "NAME", "The business that the AI speaks for; empty: the workspace's name")
]
ToneOption = Annotated[str | None, _option("--tone", "WORDS", 'How the AI sounds, such as "friendly, brief"')]
HoursOption = Annotated[
    str | None, _option("--hours", "WORDS", 'When people answer, such as "Mon to Fri 9:00-17:00 Pacific"')
]
LanguageOption = Annotated[
    list[str] | None,
    _option(
        "--language",
        "CODE",
        "A language that the AI may answer in, such as en; repeat it for several. Replaces those set before",
    ),
]
NoLanguagesOption = Annotated[bool, _option("--no-languages", None, "Let the AI answer in any language")]
RuleOption = Annotated[
    list[str] | None,
    _option(
        "--hand-off-rule",
        "WORDS",
        "Leave texts with these words to a person; repeat it for several. Replaces those set before",
    ),
]
NoRulesOption = Annotated[bool, _option("--no-hand-off-rules", None, "Remove all hand-off rules")]
NoticeOption = Annotated[
    str | None, _option("--hand-off-notice", "TEXT", "What the AI texts the customer when it hands off; empty: nothing")
]
MaxRepliesOption = Annotated[
    int | None,
    _option(
        "--max-ai-replies",
        "N",
        "How often the AI may answer in a row before a person must; 0: the default, 5",
        min=0,
        max=100,
    ),
]
MaxPerDayOption = Annotated[
    int | None,
    _option(
        "--max-ai-replies-per-day",
        "N",
        "How many texts the AI may send from one number a day; 0: the default, 1,000",
        min=0,
        max=1_000_000,
    ),
]
MaxPerHourOption = Annotated[
    int | None,
    _option(
        "--max-ai-replies-per-hour",
        "N",
        "How many texts the AI may send to one customer within an hour; 0: the default, 20",
        min=0,
        max=200,
    ),
]


def either(option: str, given: list[str] | None, none_option: str, none: bool) -> list[str] | None:
    """The values of a repeatable option, none at all, or None when it stays as it is. Raises Failure."""
    if given and none:
        raise unusable(f"Give {option} or {none_option}, not both.")
    return [] if none else given or None
