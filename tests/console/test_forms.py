"""Forms that are shown again say whatever was refused: beside a field, or above all of them what fits none."""

from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2] / "console" / "templates"
_TEMPLATES = {str(path.relative_to(_FOLDER)): path.read_text() for path in sorted(_FOLDER.rglob("*.html"))}
_WITH_ERRORS = [name for name, text in _TEMPLATES.items() if "form.errors" in text]


def _shows_errors(name: str, text: str) -> bool:
    included = any(f'include "{other}"' in text for other in _WITH_ERRORS)
    return "<form" in text and (name in _WITH_ERRORS or included)


@pytest.mark.parametrize("name", [name for name, text in _TEMPLATES.items() if _shows_errors(name, text)])
def test_what_is_wrong_with_a_form_as_a_whole_is_on_its_page(name: str) -> None:
    assert "form_error(form)" in _TEMPLATES[name]
