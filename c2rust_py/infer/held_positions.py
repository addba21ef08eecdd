"""Arrays of pointers into one buffer that is written meanwhile: they hold positions in it.

    static int split(char *line, char *fields[])         fn split(line: &mut [u8], fields: &mut [usize]) -> i32
    { ... fields[n++] = p; *p = 0; ... }                     fields[n] = p; line[p] = 0;
    n = split(path, dirs); puts(dirs[0]);                let mut dirs = [0; 8]; puts(&path[dirs[0]..]);
    show(dirs, n);                                       show(&dirs.map(|at| &path[at..]), n);

A local array, or what a parameter leads to, is one only with all arrays that it can be passed for, and all parameters that write to it or
pass it on to such; other functions are lent the views that it stands for. All uses of these have to be reads and writes of elements, and
arguments. What they point into is an object of their function, or what another parameter was given from its start on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from c2rust_py.infer.cursors import referents
from c2rust_py.infer.demotions import Demotions, ElementPointers, HeldSlot, PointedPointers
from c2rust_py.infer.solution import first_instance
from c2rust_py.infer.views import Views
from c2rust_py.ir.nodes import (
    Assign,
    Call,
    Convert,
    Decay,
    DerefPlace,
    FunctionAddress,
    FunctionRef,
    IndexPlace,
    Load,
    LocalPlace,
    Place,
    PointerAdd,
    Value,
)
from c2rust_py.ir.program import Function, LocalKind, Program
from c2rust_py.ir.types import ArrayType, PointerType
from c2rust_py.ir.walk import walk, walk_all

Slots = frozenset[HeldSlot]


def find_positional(program: Program, start: HeldSlot) -> Slots | None:
    """The arrays that hold positions if one does; None where that cannot be."""
    finder = _Finder(program)
    waiting: list[HeldSlot] = [start]
    found: set[HeldSlot] = set()
    while waiting:
        slot = waiting.pop()
        if slot in found:
            continue
        if not isinstance(slot, ElementPointers | PointedPointers) or not finder.fits(slot):
            return None
        found.add(slot)
        if isinstance(slot, PointedPointers):
            given = finder.given(slot)
            if given is None:
                return None
            waiting.extend(given)
        waiting.extend(other for other in finder.passed(slot) if finder.writes(other))
    return frozenset(found)


def held_in(views: Views, symbol: str, value: Value) -> Iterator[HeldSlot]:
    """The arrays of views that a value of a function is read from."""
    for node in walk(value):
        slot = views.at(node.place, symbol) if isinstance(node, Load) else None
        if isinstance(slot, ElementPointers | PointedPointers):
            yield slot


def hold_positions(program: Program, demotions: Demotions) -> bool:
    """Has arrays hold positions that are written through otherwise; whether there is any that did not."""
    before = len(demotions.positional)
    for slot in sorted(demotions.written - demotions.positional, key=repr):
        demotions.positional |= find_positional(program, slot) or frozenset()
    demotions.written.clear()
    return len(demotions.positional) > before


@dataclass(slots=True)
class _Finder:
    """written: what is known of the parameters that write elements, or pass them on to such."""

    program: Program
    written: dict[PointedPointers, bool] = field(default_factory=dict)

    def fits(self, slot: ElementPointers | PointedPointers) -> bool:
        """Whether all that is done with an array is to read and write elements, and to pass it on."""
        function = self.program.functions.get(slot.function)
        if function is None or slot.local < 0:
            return False
        local = function.locals[slot.local]
        if isinstance(slot, ElementPointers):
            shaped = isinstance(local.type, ArrayType) and isinstance(local.type.element, PointerType) and local.type.length is not None
        else:
            shaped = local.kind is LocalKind.PARAM and slot.local not in referents(function) and function.name != "main"
        allowed = {id(place) for place in self._allowed(function, slot)}
        named = (node for node in walk_all(function.body) if isinstance(node, LocalPlace) and node.local == slot.local)
        return shaped and all(id(node) in allowed for node in named)

    def _allowed(self, function: Function, slot: ElementPointers | PointedPointers) -> Iterator[Place]:
        for node in walk_all(function.body):
            match node:
                case Load(place) | Assign(place):
                    named = _element_of(place)
                    if named is not None:
                        yield named
                case Call(FunctionRef(callee), args) if callee in self.program.functions:
                    count = len(self.program.functions[callee].type.params)
                    yield from (named for arg in args[:count] if (named := _passed(arg)) is not None)
                case _:
                    pass

    def given(self, slot: PointedPointers) -> list[HeldSlot] | None:
        """The arrays that a parameter is given; None where somebody gives it anything else, or may."""
        callee = self.program.functions[slot.function]
        closed = any(f.name == "main" and not f.static for f in self.program.functions.values())
        if not closed and not callee.static:
            return None
        found: list[HeldSlot] = []
        for symbol, function in self.program.functions.items():
            called: set[int] = set()
            for node in walk_all(function.body):
                if isinstance(node, Call) and isinstance(node.function, FunctionRef) and node.function.symbol == slot.function:
                    called.add(id(node.function))
                    array = _array(symbol, node.args[slot.local]) if slot.local < len(node.args) else None
                    if symbol != first_instance(symbol):
                        continue
                    if array is None:
                        return None
                    found.append(array)
                elif isinstance(node, FunctionRef | FunctionAddress) and node.symbol == slot.function and id(node) not in called:
                    return None
        return found

    def passed(self, slot: ElementPointers | PointedPointers) -> Iterator[PointedPointers]:
        """What leads to an array in the functions that it is passed to."""
        for node in walk_all(self.program.functions[slot.function].body):
            if isinstance(node, Call) and isinstance(node.function, FunctionRef) and node.function.symbol in self.program.functions:
                for position, arg in enumerate(node.args):
                    if _array(slot.function, arg, moved=True) == slot:
                        yield PointedPointers(node.function.symbol, position)

    def writes(self, slot: PointedPointers) -> bool:
        """Whether a function writes elements of what a parameter leads to, or passes it on to one that does."""
        if slot not in self.written:
            self.written[slot] = False
            body = self.program.functions[slot.function].body
            own = any(
                isinstance(node, Assign) and (named := _element_of(node.place)) is not None and named.local == slot.local
                for node in walk_all(body)
            )
            self.written[slot] = own or any(map(self.writes, self.passed(slot)))
        return self.written[slot]


def _element_of(place: Place) -> LocalPlace | None:
    """The array, or the pointer to one, that a place is an element of."""
    match place:
        case IndexPlace(LocalPlace() as array):
            return array
        case DerefPlace(pointer):
            while isinstance(pointer, PointerAdd):
                pointer = pointer.pointer
            return _passed(pointer)
        case _:
            return None


def _passed(value: Value) -> LocalPlace | None:
    """The array that a value is the start of, or some part from there on; the parameter that it is."""
    while isinstance(value, PointerAdd) and not any(isinstance(node, Call) for node in walk(value.offset)):
        value = value.pointer
    match value:
        case Load(LocalPlace() as place) | Decay(LocalPlace() as place):
            return place
        case Convert(operand) if operand.type == value.type:
            return _passed(operand)
        case _:
            return None


def _array(symbol: str, value: Value, moved: bool = False) -> HeldSlot | None:
    """The slot of an array that a value is the start of. moved: or some part of it."""
    while moved and isinstance(value, PointerAdd):
        value = value.pointer
    match value:
        case Load(LocalPlace(local)):
            return PointedPointers(symbol, local)
        case Decay(LocalPlace(local)):
            return ElementPointers(symbol, local)
        case Convert(operand) if operand.type == value.type:
            return _array(symbol, operand, moved)
        case _:
            return None
