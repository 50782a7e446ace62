"""What a saved reply may say, and what is made of it."""

import pytest

from ticket_service.domain.errors import FieldInvalid
from ticket_service.domain.texts.saved_reply import Rendered, render, require_saved_reply, unknown_placeholder

VALUES = {
    "customer.name": "Zoë {agent.name}",
    "agent.name": "Dana",
    "ticket.number": "12",
    "workspace.name": "Support",
}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        pytest.param("We are open.", "We are open.", id="no placeholder"),
        pytest.param("{agent.name} of {workspace.name}, #{ticket.number}", "Dana of Support, #12", id="values"),
        pytest.param("{agent.name} {agent.name}", "Dana Dana", id="twice"),
        pytest.param("Hi {customer.name}", "Hi Zoë {agent.name}", id="a value is data"),
        pytest.param("{{customer.name}}", "{customer.name}", id="two braces are one"),
        pytest.param("{{{agent.name}}}", "{Dana}", id="a value in braces"),
        pytest.param("{{}} :-} {{", "{} :-} {", id="braces alone"),
        pytest.param("100 % {ticket.number} $1 \\1", "100 % 12 $1 \\1", id="what other templates use"),
    ],
)
def test_text_with_its_values(text: str, rendered: str) -> None:
    require_saved_reply("hours", "", text)

    assert unknown_placeholder(text) is None
    assert render(text, VALUES) == Rendered(rendered)


def test_placeholder_without_a_value_stays_and_is_named_once() -> None:
    text = "Hi {customer.name}, {customer.name}! {agent.name}"

    rendered = render(text, {**VALUES, "customer.name": ""})

    assert rendered == Rendered("Hi {customer.name}, {customer.name}! Dana", ("customer.name",))


@pytest.mark.parametrize("name", ["customer.nmae", "customer", "", " agent.name ", "Agent.Name", "0", "customer.email"])
def test_unknown_placeholder_is_named(name: str) -> None:
    assert unknown_placeholder(f"Hi {{agent.name}}, {{{{{{ {{{name}}} {{another}}") == name


@pytest.mark.parametrize("text", ["Hi {customer.name", "{", "{{{", "Hi {customer.{name}"])
def test_brace_that_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(FieldInvalid, match="not closed"):
        require_saved_reply("hours", "", text)


@pytest.mark.parametrize(
    ("shortcut", "good"),
    [
        pytest.param("hours", True, id="letters"),
        pytest.param("öffnungs-zeiten_2.1", True, id="letters of any script, digits and signs"),
        pytest.param("営業時間", True, id="a script without case"),
        pytest.param("a" * 40, True, id="40"),
        pytest.param("a" * 41, False, id="41"),
        pytest.param("", False, id="empty"),
        pytest.param("opening hours", False, id="a space"),
        pytest.param("a\nb", False, id="a line"),
        pytest.param("/hours", False, id="a slash"),
        pytest.param("a\u200bb", False, id="what cannot be seen"),
    ],
)
def test_shortcut(shortcut: str, good: bool) -> None:
    if good:
        require_saved_reply(shortcut, "", "text")
        return
    with pytest.raises(FieldInvalid, match="shortcut"):
        require_saved_reply(shortcut, "", "text")


@pytest.mark.parametrize(
    ("title", "text", "field"),
    [
        pytest.param("x" * 101, "text", "title", id="title of 101 characters"),
        pytest.param("", " \n", "text", id="blank text"),
        pytest.param("", "x" * 1601, "text", id="text of 1,601 characters"),
        pytest.param("", "😀" * 801, "text", id="801 emoji, of two each"),
    ],
)
def test_what_is_too_long_or_empty_is_refused(title: str, text: str, field: str) -> None:
    with pytest.raises(FieldInvalid, match=field):
        require_saved_reply("hours", title, text)
