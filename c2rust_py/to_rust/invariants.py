"""What stays the same as long as a piece of code runs: bounds of loops that can be read once.

    for (i = 0; i < s->count; i++) s->items[i] = 0;      // `s->count` stays, although a part of `*s` is written
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from c2rust_py.infer.node_touches import NodeTouches
from c2rust_py.infer.places import cell_of, root_of
from c2rust_py.infer.touches import NOTHING, Touches
from c2rust_py.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Borrow,
    Call,
    Conditional,
    Convert,
    FieldPlace,
    FloatConst,
    GlobalPlace,
    IndexPlace,
    Insert,
    IntConst,
    Load,
    LocalPlace,
    Overflowing,
    Place,
    ReferentPlace,
    Remove,
    Split,
    Statement,
    Value,
)
from c2rust_py.ir.types import Access, RecordType
from c2rust_py.ir.walk import Node, walk_all

if TYPE_CHECKING:
    from c2rust_py.to_rust.statements import StatementLowering

FieldPath = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A piece of code as seen by what is computed in front of it: all that it touches, by its nodes and together."""

    lowering: StatementLowering
    nodes: tuple[tuple[Node, Touches], ...]
    touches: Touches

    def keeps(self, value: Value) -> bool:
        """Whether a value stays what it is as long as only this code runs, and can be computed in front of it."""
        match value:
            case IntConst() | FloatConst():
                return True
            case Load(LocalPlace(local)):
                return local not in self.touches.locals_written and not self.lowering.in_memory(value.place)
            case Load(GlobalPlace(symbol)):
                known = symbol in self.lowering.facts.program.variables and not self.lowering.in_memory(value.place)
                return known and symbol not in self.touches.globals_written
            case Load(FieldPlace() as place):
                return self._keeps_field(place)
            case Convert(operand):
                return self.lowering.facts.types.int_kind(operand.type) is not None and self.keeps(operand)
            case Binary(op, left, right) if op not in (BinaryOp.DIV, BinaryOp.REM):
                return self.keeps(left) and self.keeps(right)
            case Binary(_, left, IntConst(divisor)) if divisor > 0:
                return self.keeps(left)
            case _:
                return False

    def _keeps_field(self, place: FieldPlace) -> bool:
        """Whether no node writes what the place overlaps. What lies behind a shared reference stays anyway."""
        root, path = root_of(place), self._field_path(place)
        if path is None or cell_of(place) is not None or self.lowering.in_memory(place) or not isinstance(root, LocalPlace | GlobalPlace):
            return False
        if isinstance(root, GlobalPlace) and root.symbol not in self.lowering.facts.program.variables:
            return False
        return all(
            not _writes(touches, root) or self._is_apart(node, root, path) for node, touches in self.nodes
        )

    def _field_path(self, place: Place) -> FieldPath | None:
        """The fields from the root to the place; None where it goes through an array or a union."""
        steps: list[int] = []
        while isinstance(place, FieldPlace | ReferentPlace):
            if isinstance(place, FieldPlace):
                type = place.base.type
                if not isinstance(type, RecordType) or self.lowering.facts.program.records[type.id].is_union:
                    return None
                steps.append(place.index)
            if isinstance(place.base, Call | Conditional):
                return None
            place = place.base
        return tuple(reversed(steps)) if isinstance(place, LocalPlace | GlobalPlace) else None

    def _is_apart(self, node: Node, root: LocalPlace | GlobalPlace, path: FieldPath) -> bool:
        """Whether all that a node writes of the root lies in other fields."""
        if isinstance(node, Call) and _writes(self._of_callee(node), root):
            return False
        written = tuple(_written_places(node))
        return bool(written) and all(not _is_in(other, root) or _is_other_field(other, path) for other in written)

    def _of_callee(self, call: Call) -> Touches:
        facts = self.lowering.facts
        return facts.effects.of_call(call, facts.types.layout)


def running(lowering: StatementLowering, body: tuple[Statement, ...]) -> Running:
    """The code of `body`, a part of the function that is being lowered."""
    facts = lowering.facts
    assert lowering.frame.function is not None
    layout = facts.types.layout
    nodes = NodeTouches(
        facts.program, facts.storage, lowering.frame.function.symbol, lambda call: facts.effects.of_call(call, layout)
    )
    found = tuple((node, nodes.of(node)) for node in walk_all(body))
    touches = NOTHING
    for _, of_node in found:
        touches |= of_node
    return Running(lowering, found, touches)


def _writes(touches: Touches, root: LocalPlace | GlobalPlace) -> bool:
    if isinstance(root, LocalPlace):
        return root.local in touches.locals_written
    return root.symbol in touches.globals_written


def _written_places(node: Node) -> Iterator[Place]:
    """The places that a node writes by itself. None where it writes without naming a place, as a declaration does."""
    match node:
        case Assign(place, _, _) | Overflowing(_, _, _, place, _, _):
            yield place
        case Split(place) | Insert(place) | Remove(place):
            yield place
        case Call():
            for arg in node.args:
                if isinstance(arg, Borrow) and arg.type.access is not Access.SHARED:
                    yield arg.place
        case _:
            pass


def _is_in(place: Place, root: LocalPlace | GlobalPlace) -> bool:
    match root_of(place), root:
        case (LocalPlace(one), LocalPlace(other)) | (GlobalPlace(one), GlobalPlace(other)):
            return one == other
        case _:
            return False


def _is_other_field(place: Place, path: FieldPath) -> bool:
    """Whether a place of the same root differs from the path in a field that both go through."""
    steps: list[int] = []
    while not isinstance(place, LocalPlace | GlobalPlace):
        match place:
            case FieldPlace(base, index):
                steps.append(index)
                place = base
            case IndexPlace(base):
                steps.clear()
                place = base
            case ReferentPlace(base) if not isinstance(base, Call | Conditional):
                place = base
            case _:
                return False
    return any(one != other for one, other in zip(reversed(steps), path, strict=False))
