"""What one IR node reads, writes and needs by itself, without the nodes below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from c2rust_py.infer.places import cell_of, is_borrowed, is_owned, root_of
from c2rust_py.infer.storage import Storage
from c2rust_py.infer.touches import NOTHING, OUTSIDE, READS_MEMORY, WRITES_MEMORY, Touches
from c2rust_py.ir.builtins import EFFECTFUL_BUILTINS
from c2rust_py.ir.nodes import (
    AllocateVla,
    Assign,
    Borrow,
    Break,
    Builtin,
    Call,
    CatchJump,
    ComputedGoto,
    Conditional,
    Continue,
    Declare,
    DeclarePair,
    DerefPlace,
    FieldPlace,
    GlobalPlace,
    Goto,
    IndexPlace,
    Insert,
    Load,
    LocalPlace,
    Overflowing,
    Place,
    Reallocate,
    ReferentPlace,
    Remove,
    Return,
    Split,
    StringPlace,
    UnsupportedStatement,
    UnsupportedValue,
    VaArgValue,
    Value,
    VaStart,
)
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import Access, OwnedType, PoolType, ReferenceType
from c2rust_py.ir.walk import Node

_LEAVES = Touches(leaves=True)
_STUB = OUTSIDE | _LEAVES
_STACK_BUILTINS = frozenset({"alloca"})
_STOPPING_BUILTINS = EFFECTFUL_BUILTINS - _STACK_BUILTINS


@dataclass(frozen=True, slots=True)
class NodeTouches:
    """Finds the touches of nodes of one function; `of_call` knows those of calls."""

    program: Program
    storage: Storage
    function: str
    of_call: Callable[[Call], Touches]

    def of(self, node: Node) -> Touches:
        """What `node` itself touches; jumps count as leaving the code around them."""
        match node:
            case Load(place, _, _):
                return self.reads(place)
            case Borrow(place) if (holder := self._holder(place)) is not None:
                return self.reads(holder)
            case Assign(place, _, _) | Overflowing(_, _, _, place, _, _) | VaStart(place, _):
                return self.writes(place)
            case VaArgValue(place, _, _):
                return self.reads(place) | self.writes(place)
            case Declare(local, Borrow() as loan, _):
                return self.lent_by(loan) | self._declares(local)
            case Declare(local, _, _):
                return self._declares(local)
            case DeclarePair():
                return Touches(locals_written=frozenset(node.declared))
            case Reallocate(place) | Insert(place) | Remove(place):
                return self.reads(place) | self.writes(place)
            case AllocateVla(local, _, _):
                return WRITES_MEMORY | self._declares(local)
            case Split(place, _, low, high):
                return self.reads(place) | self.writes(place) | self._declares(low) | self._declares(high)
            case CatchJump():
                return WRITES_MEMORY | Touches(locals_written=frozenset({node.result}))
            case Call():
                return self.of_call(node) | self.lent(node)
            case Builtin(name, _, _, _) if name in _STACK_BUILTINS:
                return WRITES_MEMORY
            case Builtin(name, _, _, _) if name in _STOPPING_BUILTINS:
                return _STUB
            case UnsupportedValue() | UnsupportedStatement():
                return _STUB
            case Break() | Continue() | Return() | Goto() | ComputedGoto():
                return _LEAVES
            case _:
                return NOTHING

    def _holder(self, place: Place) -> Place | None:
        """What holds the reference that a place is reached through, where it can be given another one: a parameter's own cannot."""
        while isinstance(place, FieldPlace | IndexPlace):
            place = place.base
        if not isinstance(place, ReferentPlace) or isinstance(place.base, Call | Conditional):
            return None
        function = self.program.functions.get(self.function)
        params = 0 if function is None else len(function.type.params)
        type = place.base.type
        owned = isinstance(type, OwnedType) or (isinstance(type, ReferenceType) and type.access is not Access.SHARED)
        return None if owned or (isinstance(place.base, LocalPlace) and place.base.local < params) else place.base

    def lent(self, call: Call) -> Touches:
        """What a call can read and write through the references that it is given."""
        touches = NOTHING
        for loan in (loan for arg in call.args for loan in _loans(arg)):
            touches |= self.lent_by(loan)
        return touches

    def lent_by(self, loan: Borrow) -> Touches:
        """What can be read and written through one loan."""
        writes = NOTHING if loan.type.access is Access.SHARED else self.writes(loan.place)
        return self.reads(loan.place) | writes

    def reads(self, place: Place) -> Touches:
        """A read of `place`, without computing its pointers and indices. All cells may be the same."""
        if cell_of(place) is not None:
            return Touches(locals_read=self._cells(), borrowed_read=True)
        match root_of(place):
            case LocalPlace(local, _, _):
                in_memory = (self.function, local) in self.storage.memory_locals
                if in_memory:
                    return READS_MEMORY
                return Touches(locals_read=frozenset({local}), borrowed_read=is_borrowed(place))
            case GlobalPlace(symbol, _, _):
                if symbol in self.storage.constants:
                    return NOTHING
                if symbol not in self.program.variables:
                    return Touches(outside_read=True)
                in_memory = symbol in self.storage.memory_globals
                return READS_MEMORY if in_memory else Touches(globals_read=frozenset({symbol}))
            case DerefPlace():
                return READS_MEMORY
            case _:
                return NOTHING

    def held(self, place: Place) -> Touches:
        """What Rust holds while it computes the indices of a place: a local that owns its elements, or of which a member does."""
        return self.reads(place) if is_owned(place) else NOTHING

    def held_to_write(self, place: Place) -> Touches:
        """What Rust holds while it computes the indices of a place that is written: all objects of an arena, too."""
        pool = root_of(place)
        return self.writes(pool) if isinstance(pool.type, PoolType) else self.held(place)

    def writes(self, place: Place) -> Touches:
        """A write to `place`, without computing its pointers and indices."""
        if cell_of(place) is not None:
            return Touches(locals_written=self._cells(), borrowed_written=True)
        match root_of(place):
            case LocalPlace(local, _, _) if is_borrowed(place):
                return Touches(locals_written=frozenset({local}), borrowed_written=True)
            case LocalPlace(local, _, _):
                return self._declares(local)
            case GlobalPlace(symbol, _, _):
                if symbol not in self.program.variables:
                    return Touches(outside_written=True)
                in_memory = symbol in self.storage.memory_globals
                return WRITES_MEMORY if in_memory else Touches(globals_written=frozenset({symbol}))
            case _:
                return WRITES_MEMORY

    def _cells(self) -> frozenset[int]:
        """The locals of the function that refer to cells."""
        locals = self.program.functions[self.function].locals
        return frozenset(
            one.id for one in locals if isinstance(one.type, ReferenceType) and one.type.access is Access.CELL
        )

    def _declares(self, local: int) -> Touches:
        in_memory = (self.function, local) in self.storage.memory_locals
        return WRITES_MEMORY if in_memory else Touches(locals_written=frozenset({local}))

    def in_memory(self, place: Place) -> bool:
        """Whether translated code gets at the place through memory; a literal's bytes are there, too."""
        return isinstance(place, StringPlace) or self.storage.in_memory(self.function, place)

    def uses_memory(self, node: Node) -> bool:
        """Whether translated code for `node` itself, other than a call, names the program's memory."""
        match node:
            case VaStart() | VaArgValue() | AllocateVla() | CatchJump():
                return True
            case Load(StringPlace(), _, _):
                return True
            case Load() | Assign() | Overflowing() | Declare() | Builtin():
                touched = self.of(node)
                return touched.memory_read or touched.memory_written
            case _:
                return False

    def is_own(self, node: Node) -> bool:
        """Whether `node` touches nothing but a local of its function, so that nobody else can tell."""
        match node:
            case Load(place, _, _) | Assign(place, _, _) | Overflowing(_, _, _, place, _, _) | VaStart(place, _):
                return isinstance(root_of(place), LocalPlace) and not is_borrowed(place)
            case VaArgValue(place, _, _):
                return isinstance(root_of(place), LocalPlace) and not is_borrowed(place)
            case Declare() | DeclarePair() | AllocateVla() | Break() | Continue() | Return() | Goto() | ComputedGoto():
                return True
            case _:
                return False


def _loans(argument: Value) -> Iterator[Borrow]:
    """What an argument lends: one of two by a condition, maybe."""
    if isinstance(argument, Borrow):
        yield argument
    elif isinstance(argument, Builtin) and argument.name == "views_of":
        yield from (loan for arg in argument.args for loan in _loans(arg))
    elif isinstance(argument, Conditional) and isinstance(argument.type, ReferenceType):
        yield from _loans(argument.then)
        yield from _loans(argument.otherwise)
