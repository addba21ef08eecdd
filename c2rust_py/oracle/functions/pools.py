"""The arenas of a translation: which structs of the C are in one, and which of these a function's inputs and results lead to.

    struct node { int key; struct node *next; };      pub struct Globals { pub nodes: Pool<Node> }
    int length(const struct node *list)               fn length(list: Id<Node>, globals: &mut Globals) -> i32

The harness makes a block of the input for each object, as it does for objects in memory. The C gets them where all its blocks
are; the Rust gets them in the pool, and ids where the C has their addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from c2rust_py.ir.program import Program
from c2rust_py.ir.types import ArrayType, PointerType, PoolType, RecordType, Type
from c2rust_py.to_rust.names import Names


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """An arena that is filled and looked at: the position of its objects' type, and its field of `Globals`."""

    of: int
    field: str


def find_pools(lifted: Program, names: Names, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of `Globals` that are arenas, by the struct whose objects they have; `fields` are those of the Rust text."""
    found: dict[str, str] = {}
    for symbol, variable in lifted.variables.items():
        field = names.variables.get(symbol, "")
        if isinstance(variable.type, PoolType) and fields.get(field.removeprefix("r#"), "").startswith("Pool<"):
            found[variable.type.element.id] = field
    return found


def reached_records(program: Program, types: Iterable[Type]) -> Iterator[str]:
    """The structs that values of some types are made of or lead to, each once."""
    waiting, seen = list(types), set[str]()
    while waiting:
        match waiting.pop():
            case PointerType(target):
                waiting.append(target)
            case ArrayType(element):
                waiting.append(element)
            case RecordType(id) if id not in seen:
                seen.add(id)
                yield id
                waiting += [one.type for one in program.records[id].fields or ()]
            case _:
                pass
