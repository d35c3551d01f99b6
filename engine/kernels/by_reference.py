"""How kernels hand tuples to one another: by the address of where they stand.

Numba takes a tuple apart into all the arrays in it and those into seven words each, at every call, and puts it together
again in the callee. What ports are held against is some eighty arrays, handed down through a dozen calls; half of what
the machine's compiler was given were instructions that took apart and put together. Here a named tuple of the engine is
an argument as one address. A callee never changes what stands there and keeps no address longer than it runs, so
nothing a kernel can tell apart is different.

What numba lets its users choose is put to use: the model of a type (`DataModel`) says how an argument of it looks, and
a lowering class (`Lower`) reads what a variable stands for. All of it is done while a kernel is lowered: types,
and what a kernel returns, are numba's own.
"""

from collections import Counter
from typing import Any, NamedTuple

from llvmlite import ir as llvm
from numba.core import cgutils, ir, types
from numba.core.datamodel.models import TupleModel, UniTupleModel
from numba.core.datamodel.registry import default_manager
from numba.core.lowering import Lower

_ENGINE = __name__.removesuffix("kernels.by_reference")
"""Where classes are defined whose tuples are handed on by address; others stay as numba has them."""

_INDEX = llvm.IntType(32)

_WORDS_BY_VALUE = 4
"""Tuples of so few words are quicker handed on by value."""


class Place(NamedTuple):
    """Where a tuple stands: an argument by address, and the fields that lead to a tuple in it."""

    argument: int
    fields: tuple[int, ...]


def is_by_reference(kind: Any) -> bool:
    """Whether kernels hand on a type by address."""
    return isinstance(kind, types.BaseNamedTuple) and isinstance(
        default_manager.lookup(kind).get_argument_type(), llvm.PointerType
    )


def _address_of(builder: Any, value: Any) -> Any:
    """Where a value stands, or a place of its own that it is put in."""
    address = getattr(value, "stands_at", None)
    if address is None:
        address = cgutils.alloca_once(builder, value.type)
        builder.store(value, address)
    return address


class _AsAddress:
    """An argument that is an address; everything else as the model has it that this is mixed into."""

    def get_argument_type(self) -> Any:
        return llvm.PointerType(self.get_value_type())  # type: ignore[attr-defined]

    def as_argument(self, builder: Any, value: Any) -> Any:
        return _address_of(builder, value)

    def from_argument(self, builder: Any, value: Any) -> Any:
        return builder.load(value)


def _words(kind: Any) -> int:
    """Of how many words numba makes an argument of this type."""
    return sum(map(_words, kind)) if isinstance(kind, tuple) else 1


def _by_address(model: Any) -> Any:
    """Numba's model of some named tuples, but for the long ones of the engine, which are addresses as arguments."""
    addressed = type(f"{model.__name__}ByAddress", (_AsAddress, model), {})

    def model_of(manager: Any, kind: Any) -> Any:
        by_value = model(manager, kind)
        is_long = _words(by_value.get_argument_type()) > _WORDS_BY_VALUE
        is_ours = kind.instance_class.__module__.startswith(_ENGINE)
        return addressed(manager, kind) if is_ours and is_long else by_value

    return model_of


default_manager.register(types.NamedTuple, _by_address(TupleModel))
default_manager.register(types.NamedUniTuple, _by_address(UniTupleModel))


class LowerByReference(Lower):
    """Numba's lowering, but for variables that stand for an argument by address, or for a tuple in one.

    Nothing is copied or counted for them: whoever calls holds what is in the tuple until the callee is done.
    """

    def init(self) -> None:
        """Find the variables that stand for an argument, once its variables are known."""
        super().init()
        self._places = self._find_places()
        self._lent: list[Any] = []

    def _find_places(self) -> dict[str, Place]:
        """Variables that are assigned once, an argument or a field of such a variable."""
        assigned = [inst for block in self.blocks.values() for inst in block.find_insts(ir.Assign)]
        times = Counter(inst.target.name for inst in assigned)
        places: dict[str, Place] = {}
        # In the order of blocks a definition may come after its use: looked through until nothing is found any more.
        found = True
        while found:
            found = False
            for inst in assigned:
                name = inst.target.name
                if name in places or times[name] > 1 or not is_by_reference(self.typeof(name)):
                    continue
                place = self._place_of(inst.value, places)
                if place is not None and self._type_at(place) == self.typeof(name):
                    places[name] = place
                    found = True
        return places

    def _place_of(self, value: Any, places: dict[str, Place]) -> Place | None:
        if isinstance(value, ir.Arg):
            return Place(value.index, ()) if is_by_reference(self.fndesc.argtypes[value.index]) else None
        if isinstance(value, ir.Var):
            return places.get(value.name)
        if isinstance(value, ir.Expr) and value.op == "getattr" and value.value.name in places:
            kind = self.typeof(value.value.name)
            if value.attr in kind.fields:
                base = places[value.value.name]
                return Place(base.argument, (*base.fields, kind.fields.index(value.attr)))
        return None

    def _type_at(self, place: Place) -> Any:
        kind = self.fndesc.argtypes[place.argument]
        for field in place.fields:
            kind = kind[field]
        return kind

    def setup_function(self, fndesc: Any) -> None:
        """Promise that what stands at an address is not written to, and that none is kept."""
        super().setup_function(fndesc)
        for argument in self.call_conv.get_arguments(self.function):
            if isinstance(argument.type, llvm.PointerType) and isinstance(argument.type.pointee, llvm.Aggregate):
                argument.add_attribute("noalias")
                argument.add_attribute("captures(none)")

    def _address(self, name: str, *fields: int) -> Any:
        if name in self._places:
            place = self._places[name]
            address, path = self._arguments[place.argument], (*place.fields, *fields)
        else:
            address, path = self.getvar(name), fields
        if not path:
            return address
        return self.builder.gep(address, [_INDEX(0), *map(_INDEX, path)], inbounds=True)

    def extract_function_arguments(self) -> Any:
        """Values of the arguments, and the addresses of those that have one."""
        values = super().extract_function_arguments()
        self._arguments = {
            index: value.operands[0]
            for index, value in enumerate(values)
            if is_by_reference(self.fndesc.argtypes[index])
        }
        return values

    def lower_inst(self, inst: Any) -> None:
        """Leave out what gives a variable a place, for it needs no code."""
        if isinstance(inst, ir.Assign) and inst.target.name in self._places:
            return
        super().lower_inst(inst)
        # A variable may change after this: what is loaded of it is lent to calls of this instruction alone.
        for value in self._lent:
            del value.stands_at
        self._lent.clear()

    def lower_expr(self, resty: Any, expr: Any) -> Any:
        """Read a field of a tuple where it stands."""
        if expr.op == "getattr" and is_by_reference(self.typeof(expr.value.name)):
            name, kind = expr.value.name, self.typeof(expr.value.name)
            if expr.attr in kind.fields and name not in self._blk_local_varmap:
                # Of the whole tuple only this is read.
                field = kind.fields.index(expr.attr)
                value = self.builder.load(self._address(name, field))
                self.incref(kind[field], value)
                return self.context.cast(self.builder, value, kind[field], resty)
        return super().lower_expr(resty, expr)

    def loadvar(self, name: str) -> Any:
        """The value of a variable, with where it stands."""
        if name in self._blk_local_varmap or not is_by_reference(self.typeof(name)):
            return super().loadvar(name)
        address = self._address(name)
        value = self.builder.load(address)
        value.stands_at = address
        self._lent.append(value)
        return value

    def delvar(self, name: str) -> None:
        """Leave a place as it is: whoever calls holds it."""
        if name not in self._places:
            super().delvar(name)

    def _alloca_var(self, name: str, fetype: Any) -> None:
        if name not in self._places:
            super()._alloca_var(name, fetype)
