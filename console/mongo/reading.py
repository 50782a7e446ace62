"""Documents as what they were written from. Somebody else may have changed them since."""

import types
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, get_type_hints

from servicekit.mongo.readable import UnreadableError

Entity = TypeVar("Entity")


def entity_from(kind: type[Entity], values: Mapping[str, Any]) -> Entity:
    """The dataclass `kind` with those of the `values` that have its fields' names. Raises UnreadableError where one is
    missing, or of another type."""
    if not isinstance(values, Mapping):
        raise UnreadableError(f"what should be a {kind.__name__} is none")
    known_kind: type = kind
    fields = _types_of(known_kind)
    known = {name: values[name] for name in fields if name in values}
    for name, value in known.items():
        if not isinstance(value, fields[name]):
            raise UnreadableError(f"{name} is not what it should be")
    try:
        return kind(**known)
    except TypeError:
        raise UnreadableError("a field is missing") from None


@cache
def _types_of(kind: type) -> dict[str, type | types.UnionType]:
    return get_type_hints(kind)
