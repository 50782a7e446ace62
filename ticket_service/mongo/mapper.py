"""How dataclasses are stored: under which name and in which form each field stands in a document. It is declared once
per entity, in the file of that entity, and read both ways."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Document = dict[str, Any]
Entity = TypeVar("Entity", bound="DataclassInstance")


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
LIST = Field(list, tuple)


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
        for field in fields(entity):
            how = declared.pop(field.name, Field())
            self._fields.append((field.name, replace(how, name=how.name or field.name)))
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
        """The entity. Raises KeyError when a field is missing that every document has."""
        values: dict[str, Any] = {}
        for name, field in self._fields:
            stored = document.get(field.name)
            if field.sparse and stored is None:
                values[name] = field.empty
            elif field.name in document:
                values[name] = field.from_document(stored)
            elif name not in self._have_defaults:
                raise KeyError(field.name)
        return self._entity(**values)


def nested(mapper: Mapper[Any]) -> Field:
    """A field that is a document within its entity's."""
    return Field(mapper.to_document, mapper.from_document)


def list_of(mapper: Mapper[Any]) -> Field:
    """A field that is a list of documents."""
    return Field(
        lambda entities: [mapper.to_document(entity) for entity in entities],
        lambda documents: tuple(mapper.from_document(document) for document in documents),
    )
