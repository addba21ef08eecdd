"""What the analysis knows of a function before it runs: which locals it follows, and where widening halts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from c2rust_py.infer.places import root_of
from c2rust_py.infer.ranges.forms import Root
from c2rust_py.infer.ranges.state import State
from c2rust_py.infer.ranges.transfer import Bounds, limits
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    CatchJump,
    Compare,
    Decay,
    Declare,
    IntConst,
    LocalPlace,
    Match,
    Overflowing,
    Statement,
)
from c2rust_py.ir.program import Function, LocalKind
from c2rust_py.ir.types import EnumType, FunctionType, IntKind, IntType, PointerType, Type, VoidType
from c2rust_py.ir.walk import walk_all

_OFFSETS: Bounds = (IntKind.LONG.minimum, IntKind.LONG.maximum)
"""A pointer's distance from its root, in elements."""


class Types:
    """The types of a program as the analysis sees them."""

    def __init__(self, layout: Layout, kinds: Mapping[str, IntKind]) -> None:
        """`kinds`: of the enumerations, by id."""
        self._layout = layout
        self._kinds = kinds

    def kind(self, type: Type) -> IntKind | None:
        """The integer type that a type is, or is represented by."""
        if isinstance(type, IntType):
            return type.kind
        return self._kinds[type.id] if isinstance(type, EnumType) else None

    def element_size(self, type: Type) -> int | None:
        """The bytes that a pointer of that type counts in; None where it is no pointer to an object of known size."""
        if not isinstance(type, PointerType) or isinstance(type.target, FunctionType | VoidType):
            return None
        return self._layout.size_of(type.target) or None


@dataclass(frozen=True, slots=True)
class Frame:
    """limits, bits: of each local that is followed: integers and pointers whose address is not taken. thresholds: the
    sorted constants that the function compares with. changed: the integer parameters that the function writes to; what
    they came with is followed as one more local, `original`."""

    function: Function
    types: Types
    limits: Mapping[int, Bounds]
    bits: Mapping[int, int]
    thresholds: tuple[int, ...]
    changed: tuple[int, ...]

    def has_root(self, local: int) -> bool:
        """Whether pointers are counted from this local: a followed parameter that points to objects of known size."""
        declared = self.function.locals[local]
        followed = declared.kind is LocalKind.PARAM and local in self.limits
        return followed and self.types.element_size(declared.type) is not None

    def entry(self, params: Mapping[int, Bounds]) -> State:
        """The state in which a call starts, where parameters are in `params` (by local; others: any value)."""
        state = State(self.limits, self.bits, {local: b for local, b in params.items() if local in self.limits})
        for param in self.changed:
            if param in params:
                state.ranges[original(param)] = params[param]
            state.facts[param, original(param)] = state.facts[original(param), param] = 0
        for local in self.function.locals:
            size = self.types.element_size(local.type)
            if size is not None and self.has_root(local.id):
                state.roots[local.id] = frozenset((Root(local.id, size),))
                state.ranges[local.id] = (0, 0)
        return state


def make_frame(function: Function, types: Types) -> Frame:
    """One walk over the function."""
    exposed: set[int] = set()
    thresholds = {-1, 0, 1}
    for node in walk_all(function.body):
        match node:
            case AddressOf(place, _, _) | Decay(place, _, _):
                root = root_of(place)
                if isinstance(root, LocalPlace):
                    exposed.add(root.local)
            case Compare(_, left, right):
                for operand in (left, right):
                    if isinstance(operand, IntConst):
                        thresholds.update((operand.value - 1, operand.value, operand.value + 1))
            case Match(_, _, arms):
                for pattern in (pattern for arm in arms for pattern in arm.patterns):
                    thresholds.update((pattern.low, pattern.high))
    followed: dict[int, Bounds] = {}
    bits: dict[int, int] = {}
    for local in function.locals:
        kind = types.kind(local.type)
        if local.id in exposed or (kind is None and not isinstance(local.type, PointerType)):
            continue
        followed[local.id] = _OFFSETS if kind is None else limits(kind)
        bits[local.id] = 64 if kind is None else kind.bits
    written = written_locals(function.body)
    params = range(len(function.type.params))
    changed = tuple(x for x in params if x in followed and x in written and types.kind(function.locals[x].type))
    for param in changed:
        followed[original(param)] = followed[param]
        bits[original(param)] = bits[param]
    return Frame(function, types, followed, bits, tuple(sorted(thresholds)), changed)


def original(param: int) -> int:
    """The id that stands for the value that a parameter came with; of such an id, the parameter."""
    return -1 - param


def written_locals(body: tuple[Statement, ...]) -> frozenset[int]:
    """The locals that statements write or declare."""
    written: set[int] = set()
    for node in walk_all(body):
        match node:
            case Declare(local, _, _) | Assign(LocalPlace(local), _, _):
                written.add(local)
            case Overflowing(_, _, _, LocalPlace(local)) | CatchJump(_, _, local):
                written.add(local)
            case _:
                pass
    return frozenset(written)
