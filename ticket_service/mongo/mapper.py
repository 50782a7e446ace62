"""How dataclasses are stored: under which name and in which form each field stands in a document. It is declared once
per entity, in the file of that entity, and read both ways."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

from servicekit.mongo.readable import UnreadableError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Document = dict[str, Any]
Entity = TypeVar("Entity", bound="DataclassInstance")
# What stands in a document as it is. A whole number is as good as any other.
_PLAIN: dict[object, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    bool: (bool,),
    float: (float, int),
    datetime: (datetime,),
}


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Field:
    """One field as it is stored: under `name`, if that is not its own, and converted.

    A `sparse` one is left out of the document while it is `empty`, so that partial indexes pass over it, and reads as
    `empty` where it is not there. Any other field that is not there reads as the dataclass's default.
    """

    to_document: Callable[[Any], Any] = _as_it_is
    from_document: Callable[[Any], Any] = _as_it_is
    name: str = ""
    sparse: bool = False
    empty: Any = None


KEY = Field(name="_id")


def _texts(stored: Any) -> tuple[str, ...]:
    """Raises ValueError for anything but a list of texts."""
    if not isinstance(stored, list) or not all(isinstance(text, str) for text in stored):
        raise ValueError
    return tuple(stored)


LIST = Field(list, _texts)


def enum(members: type[Enum]) -> Field:
    """A member of an enum, stored as its value."""
    return Field(lambda member: member.value, members)


def sparse(empty: Any, field: Field | None = None) -> Field:
    """`field` (one that is stored as it is, if none is given), left out while it is `empty`."""
    return replace(field or Field(), sparse=True, empty=empty)


class Mapper(Generic[Entity]):
    """Maps entities of one type to documents and back. Fields that are not declared are stored as they are; what else
    stands in a document is passed over."""

    def __init__(self, entity: type[Entity], **declared: Field) -> None:
        self._entity = entity
        self._fields: list[tuple[str, Field]] = []
        self._have_defaults = {f.name for f in fields(entity) if (f.default, f.default_factory) != (MISSING, MISSING)}
        # Of what stands there as it is: the types that it may be of. Somebody else may have written anything.
        self._types: dict[str, tuple[type, ...]] = {}
        for field in fields(entity):
            how = declared.pop(field.name, Field())
            self._fields.append((field.name, replace(how, name=how.name or field.name)))
            if how.from_document is _as_it_is and (plain := _plain_types(field.type)):
                self._types[field.name] = plain
        self._readers = [(name, field.name, field, self._types.get(name)) for name, field in self._fields]
        if declared:
            raise ValueError(f"{entity.__name__} has no field {', '.join(declared)}")

    def to_document(self, entity: Entity) -> Document:
        """The entity as a document, or as a part of one."""
        document: Document = {}
        for name, field in self._fields:
            value = getattr(entity, name)
            if not (field.sparse and value == field.empty):
                document[field.name] = field.to_document(value)
        return document

    def to_update(self, entity: Entity) -> dict[str, Document]:
        """An update that writes the entity into its document, and leaves alone what else stands there."""
        document = self.to_document(entity)
        document.pop("_id", None)
        gone = [field.name for _, field in self._fields if field.sparse and field.name not in document]
        return {"$set": document, "$unset": dict.fromkeys(gone, "")}

    def from_document(self, document: Document) -> Entity:
        """The entity. Raises UnreadableError when a field is missing that every document has, or is not what it should
        be."""
        values: dict[str, Any] = {}
        for name, stored_as, field, types in self._readers:
            stored = document.get(stored_as)
            if stored is None and field.sparse:
                values[name] = field.empty
            elif types is not None and isinstance(stored, types):
                # Most of what a list has is stored as it is.
                values[name] = stored
            elif stored_as in document:
                values[name] = self._read(name, field, stored)
            elif name not in self._have_defaults:
                raise UnreadableError(f"{stored_as} is missing")
        return self._entity(**values)

    def _read(self, name: str, field: Field, stored: Any) -> Any:
        types = self._types.get(name)
        if types is not None and stored is not None and not isinstance(stored, types):
            raise UnreadableError(f"{field.name} is of another type")
        try:
            return field.from_document(stored)
        except UnreadableError as error:
            raise UnreadableError(f"{field.name}: {error}") from None
        except Exception:
            raise UnreadableError(f"{field.name} makes no sense") from None


def _plain_types(annotated: object) -> tuple[type, ...] | None:
    """The types of a field that may also be None, or not; None where it is of no plain type."""
    hints = [hint for hint in get_args(annotated) or (annotated,) if hint is not type(None)]
    return _PLAIN.get(hints[0]) if len(hints) == 1 else None


def nested(mapper: Mapper[Any]) -> Field:
    """A field that is a document within its entity's."""
    return Field(mapper.to_document, mapper.from_document)


def list_of(mapper: Mapper[Any]) -> Field:
    """A field that is a list of documents."""
    return Field(
        lambda entities: [mapper.to_document(entity) for entity in entities],
        lambda documents: tuple(mapper.from_document(document) for document in documents),
    )
