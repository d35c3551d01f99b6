"""Bodies of requests that follow from the command they ask for."""

from dataclasses import MISSING
from functools import reduce
from operator import or_
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model

from api.store.command_fields import CommandField, command_fields

C = TypeVar("C")


class Body(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BodyOf(Body, Generic[C]):
    """What a request says of a command of the store, or of a value in one: each of its fields but those from outside.

    OpenAPI has the name and the first sentence of the class, and each field as the command describes it::

        class ExtendIn(BodyOf[Extend]):
            \"\"\"A later arrival.\"\"\"

        later.command(reservation_id)

    A value of a type that has a body of its own, such as `Persons`, is read as that.
    """

    of: ClassVar[type]
    names: ClassVar[tuple[str, ...]]
    """Of the command's fields that a body has."""

    whole: ClassVar[tuple[str, ...]]
    """Of those whose values have bodies of their own."""

    if not TYPE_CHECKING:

        def __class_getitem__(cls, of):
            fields = [field for field in command_fields(of) if not field.is_outside]
            described = {field.name: _body_field(field) for field in fields}
            made = create_model(f"BodyOf[{of.__name__}]", __base__=BodyOf, __module__=__name__, **described)
            made.of, made.names = of, tuple(described)
            made.whole = tuple(field.name for field in fields if _read(field.hint) != field.hint)
            return made

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        if "of" in vars(cls.__base__):
            _BODIES[cls.of] = cls

    def arguments(self) -> dict[str, Any]:
        """Values of the command's fields, by name."""
        values = vars(self)
        arguments = {name: values[name] for name in self.names}
        for name in self.whole:
            if arguments[name] is not None:
                arguments[name] = arguments[name].command()
        return arguments

    def command(self, *known: Any, **named: Any) -> C:
        """What it asks for, with what is known from outside: fields the command begins with, and others by name."""
        made: C = self.of(*known, **self.arguments(), **named)
        return made


_BODIES: dict[type, type[Body]] = {}
"""How a value is read that is part of a body."""


def _body_field(field: CommandField) -> tuple[Any, Any]:
    hint: Any = Annotated[_read(field.hint), Field(alias=field.json_name)]
    default = field.default
    if hasattr(default, "_asdict"):
        default = _BODIES[type(default)](**default._asdict())
    return hint, ... if default is MISSING else default


def _read(hint: Any) -> Any:
    """A type as JSON is read into it."""
    if get_origin(hint) is Annotated:
        return Annotated[_read(hint.__origin__), *hint.__metadata__]
    if get_origin(hint) in (Union, UnionType):
        return reduce(or_, map(_read, get_args(hint)))
    # One that is read before its body is declared would be read as a list.
    return _BODIES[hint] if hasattr(hint, "_field_defaults") else hint
