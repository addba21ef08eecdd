"""What definitions use: symbols with the types they are used at, records and enums, and named constants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from c2rust_py.ir.nodes import Case, FloatConst, FunctionRef, GlobalPlace, IntConst
from c2rust_py.ir.program import Enumeration, Function, Record, Variable
from c2rust_py.ir.types import ArrayType, EnumType, FunctionType, PointerType, RecordType, Type
from c2rust_py.ir.walk import Node, walk


@dataclass(slots=True)
class Uses:
    """What one definition uses. `symbols` has every type at which a symbol is used."""

    symbols: dict[str, set[Type]] = field(default_factory=dict)
    types: set[Type] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def add_nodes(self, roots: Iterable[Node]) -> None:
        """Everything in the trees."""
        for root in roots:
            for node in walk(root):
                self._add(node)

    def _add(self, node: Node) -> None:
        type = getattr(node, "type", None)
        if type is not None:
            self.types.add(type)
        match node:
            case GlobalPlace(symbol, type, _) | FunctionRef(symbol, type, _):
                self.symbols.setdefault(symbol, set()).add(type)
            case IntConst(name=str() as name) | FloatConst(name=str() as name) | Case(name=str() as name):
                self.names.add(name)
            case _:
                pass


def uses_of_function(function: Function) -> Uses:
    """What a function definition uses."""
    uses = Uses()
    uses.add_nodes(function.body)
    uses.types.add(function.type)
    uses.types.update(local.type for local in function.locals)
    return uses


def uses_of_variable(variable: Variable) -> Uses:
    """What a variable's type and initialiser use."""
    uses = Uses()
    uses.types.add(variable.type)
    if variable.init is not None:
        uses.add_nodes([variable.init])
    return uses


def type_ids(types: Iterable[Type], records: Mapping[str, Record]) -> set[str]:
    """The ids of all records and enums that the types are made of, through the records' fields."""
    found: set[str] = set()
    seen: set[Type] = set()
    stack = list(types)
    while stack:
        type = stack.pop()
        if type in seen:
            continue
        seen.add(type)
        match type:
            case PointerType(inner) | ArrayType(inner, _):
                stack.append(inner)
            case FunctionType(result, params, _, _):
                stack += [result, *params]
            case RecordType(id):
                found.add(id)
                stack.extend(member.type for member in records[id].fields or ())
            case EnumType(id):
                found.add(id)
            case _:
                pass
    return found


def enums_of_names(names: set[str], enums: Mapping[str, Enumeration]) -> set[str]:
    """The enums that declare any of the names."""
    return {id for id, enum in enums.items() if any(e.name in names for e in enum.enumerators)}
