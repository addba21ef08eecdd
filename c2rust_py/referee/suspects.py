"""What in a function can be the cause of a borrow error: its loans and references, each as a subject of the slot solver."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from c2rust_py.infer.demotions import (
    RESULT,
    Demotions,
    ElementPointers,
    FieldSlot,
    GlobalObject,
    GlobalPointers,
    LocalObject,
    MemoryCall,
    PointedPointers,
    PointerSlot,
    ResultSlot,
    Subject,
)
from c2rust_py.infer.library_calls import FORM_PREFIX
from c2rust_py.infer.places import root_of
from c2rust_py.infer.views import mentioned_slots
from c2rust_py.ir.nodes import Borrow, Call, FunctionRef, GlobalPlace, LocalPlace
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import ReferenceType
from c2rust_py.ir.walk import Node, walk_all
from c2rust_py.lift import Lifted
from c2rust_py.referee.cargo import RustcMessage
from c2rust_py.to_rust.translate import Translation

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class LiftedCrate:
    """A crate with the lifted program that it comes from. foreign: the functions whose bodies come from elsewhere."""

    lifted: Lifted
    lowered: Translation
    foreign: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Suspect:
    """A subject above memory. name: what it is called in the function's Rust. line: the C line of a call, else 0. words: what
    it is called in the report."""

    subject: Subject
    name: str
    line: int
    words: str


def find_suspects(crate: LiftedCrate, symbol: str, demotions: Demotions) -> list[Suspect]:
    """All subjects above memory that the Rust of a function has to do with, each once, calls first."""
    if symbol in crate.foreign:
        return []
    found = (*_calls(crate, symbol), *_pointers(crate, symbol), *_held(crate, symbol), *_objects(crate, symbol))
    return list({suspect.subject: suspect for suspect in found if suspect.subject not in demotions}.values())


def accuse(suspects: Sequence[Suspect], message: RustcMessage, c_line: int) -> list[Suspect]:
    """Those that the message points at: calls by the name of the callee (of several, those in the C line), else variables by
    their names, else all. To accuse too many costs beauty, never correctness."""
    words = {word for span in message.spans for word in _WORD.findall(span.text)}
    named = [suspect for suspect in suspects if suspect.name in words]
    calls = [suspect for suspect in named if isinstance(suspect.subject, MemoryCall)]
    return [call for call in calls if call.line == c_line] or calls or named or list(suspects)


def _calls(crate: LiftedCrate, symbol: str) -> Iterator[Suspect]:
    names = crate.lowered.names
    for node in _nodes(crate, symbol):
        origin = crate.lifted.origins.get(id(node))
        if origin is None or not isinstance(node, Call) or not any(isinstance(arg, Borrow) for arg in node.args):
            continue
        assert isinstance(node.function, FunctionRef)
        callee = crate.lifted.program.functions.get(node.function.symbol)
        if callee is None:
            name = node.function.symbol.removeprefix(FORM_PREFIX)
            yield Suspect(MemoryCall(symbol, origin), name, node.span.line, f"the call of `{name}`")
            continue
        words = f"the call of `{callee.name}`"
        yield Suspect(MemoryCall(symbol, origin), names.functions[callee.symbol], node.span.line, words)


def _pointers(crate: LiftedCrate, symbol: str) -> Iterator[Suspect]:
    """Every lifted pointer of the function."""
    if crate.lifted.solution is not None:
        for local in sorted(crate.lifted.solution.templates[symbol]):
            number = crate.lifted.local(symbol, local)
            if number is not None:
                yield _local(crate, symbol, number, PointerSlot(symbol, local))
        if symbol in crate.lifted.solution.results:
            yield Suspect(ResultSlot(symbol), crate.lowered.names.functions[symbol], 0, "the result")


def _held(crate: LiftedCrate, symbol: str) -> Iterator[Suspect]:
    """The views that objects hold which the function has to do with."""
    solution, names = crate.lifted.solution, crate.lowered.names
    function = None if solution is None else solution.program.functions.get(symbol)
    if solution is None or function is None:
        return
    for slot in mentioned_slots(function, solution.program):
        if not solution.views.above(slot):
            continue
        match slot:
            case FieldSlot(record, index):
                fields = solution.program.records[record].fields or ()
                yield Suspect(slot, names.fields[record, index], 0, f"the field `{fields[index].name}`")
            case GlobalPointers(name):
                words = f"what `{solution.program.variables[name].name}` holds"
                yield Suspect(slot, names.variables[name], 0, words)
            case ElementPointers(owner, local) | PointedPointers(owner, local) if owner == symbol and local != RESULT:
                words = f"what `{function.locals[local].name}` {'holds' if isinstance(slot, ElementPointers) else 'leads to'}"
                yield Suspect(slot, names.locals[symbol, local], 0, words)


def _objects(crate: LiftedCrate, symbol: str) -> Iterator[Suspect]:
    """The objects that are lent."""
    function = _function(crate, symbol)
    for node in _nodes(crate, symbol):
        match root_of(node.place) if isinstance(node, Borrow) else None:
            case LocalPlace(local) if not isinstance(function.locals[local].type, ReferenceType):
                yield _local(crate, symbol, local, LocalObject(symbol, crate.lifted.c_local(symbol, local)))
            case GlobalPlace(name):
                variable = crate.lifted.program.variables[name]
                yield Suspect(GlobalObject(name), crate.lowered.names.variables[name], 0, f"`{variable.name}`")
            case _:
                pass


def _local(crate: LiftedCrate, symbol: str, local: int, subject: Subject) -> Suspect:
    name = _function(crate, symbol).locals[local].name
    return Suspect(subject, crate.lowered.names.locals[symbol, local], 0, f"`{name}`")


def _function(crate: LiftedCrate, symbol: str) -> Function:
    return crate.lifted.program.functions[symbol]


def _nodes(crate: LiftedCrate, symbol: str) -> Iterator[Node]:
    yield from walk_all(_function(crate, symbol).body)
