"""`python -m dev.evaluation.left_out FILE LIST`: responder_service as it runs, without one list of its data, such as
`words.yaml kinds.price`. It shows what that list is worth.

The list stays, with one entry that nobody writes, so that all that reads it does.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from responder_service.data import reading

# Letters that stand in one old manuscript.
NEVER = "ꙮꙮꙮ"
# Why an entry or a group is there: no entry itself.
_REASONS = ("why",)
# The one that the responder reads them with.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# A language or a number.
_ONE_OF_MANY = re.compile(r"[a-z]{2}|\d+")


def lists(folder: Path = reading.FOLDER) -> Iterator[tuple[str, str]]:
    """The file and the name of each list, in order. One that is given for each language, or number, is one list."""
    for path in sorted(folder.glob("*.yaml")):
        content = _content(path)
        yield from ((path.name, name) for key, value in content.items() for name in _names(str(key), value))


def _content(path: Path) -> dict[str, Any]:
    # Texts are all that there is, as for who reads it: "no" is a word.
    content: dict[str, Any] = _Loader(path.read_text(encoding="utf-8")).get_single_data()
    return content


def _names(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        return
    if _is_list(value):
        yield name
        return
    for key, each in value.items():
        yield from _names(f"{name}.{key}", each)


def _is_list(value: Any) -> bool:
    """Whether it is a list, one by language, or one of texts with a reason each."""
    if not isinstance(value, dict):
        return isinstance(value, list)
    parts = {key: each for key, each in value.items() if key not in _REASONS}
    if all(_ONE_OF_MANY.fullmatch(str(key)) and isinstance(each, list) for key, each in parts.items()):
        return True
    return all(isinstance(each, str) for each in parts.values())


def without(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    """`content` with nothing that ever fits in the list of that name."""
    first, _, rest = name.partition(".")
    return {
        key: (without(value, rest) if rest else _emptied(value)) if str(key) == first else value
        for key, value in content.items()
    }


def _emptied(value: Any) -> Any:
    """The same shape, with one entry that never fits."""
    if isinstance(value, list):
        return [_emptied(value[0])] if value and isinstance(value[0], dict | list) else [NEVER]
    if not isinstance(value, dict):
        return NEVER if isinstance(value, str) else value
    parts = {key: each for key, each in value.items() if key not in _REASONS}
    if parts and all(isinstance(each, str) for each in parts.values()):
        return {NEVER: next(iter(parts.values()))}
    return {key: value[key] if key in _REASONS else _emptied(value[key]) for key in value}


def main() -> None:
    """Puts the list aside, then becomes the service."""
    file, name = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="keva-left-out-") as folder:
        for path in reading.FOLDER.glob("*.yaml"):
            Path(folder, path.name).write_bytes(path.read_bytes())
        content = without(_content(reading.FOLDER / file), name)
        shortened = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        Path(folder, file).write_text(shortened, encoding="utf-8")
        # Before any module reads its own.
        reading.read = partial(reading.read, folder=Path(folder))
        from responder_service.__main__ import main as run  # noqa: PLC0415

        run()


if __name__ == "__main__":
    main()
