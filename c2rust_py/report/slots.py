"""Why each pointer of a function is represented as it is: the chains of C places behind the rungs.

A chain starts at the pointer and goes to what its rung follows from, until the C that asks for it:

    scan: `p` in memory    list.c:44: it is assigned to a pointer in memory <- `q`, list.c:12: it is passed to `strdup` of the library
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from c2rust_py.diagnostics import Span
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
from c2rust_py.infer.slots import LocalId, ResultId, Slot, SlotRungs, pointer_levels
from c2rust_py.infer.solution import CELL_SUFFIX, Solution, first_instance, memory_instance
from c2rust_py.ir.nodes import Call, FunctionRef
from c2rust_py.ir.program import Function, LocalKind, Program
from c2rust_py.ir.types import Access, ReferenceType, Type
from c2rust_py.ir.walk import walk_all
from c2rust_py.lift import Lifted
from c2rust_py.options import Rung

LADDER_ENDS = "the ladder was asked to end at memory"
"""Why everything is in memory where the user wants that."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain: what is in memory, in words, and why, at a place in the C."""

    subject: str
    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class SlotReport:
    """A pointer slot of a function, an object that pointers point to, or a call: its rung, and the chain behind it where
    that is not the top."""

    kind: str
    name: str
    line: int
    rung: str
    chain: tuple[Link, ...] = ()


class SlotReporter:
    """Reports on the functions of one lifted program."""

    def __init__(self, lifted: Lifted, slots: SlotRungs) -> None:
        self.lifted = lifted
        self.slots = slots
        self.before: Program = lifted.program if lifted.solution is None else lifted.solution.program
        self.demotions = Demotions() if lifted.solution is None else lifted.solution.demotions
        self._calls = _calls_by_identity(lifted.solution)
        calls = [subject for subject in self.demotions.reasons if isinstance(subject, MemoryCall)]
        self._callers = _grouped(calls, self._callee)
        self._made = _grouped(calls, lambda call: call.function)
        self._closed_world = any(f.name == "main" and not f.static for f in lifted.program.functions.values())

    def function(self, symbol: str) -> tuple[SlotReport, ...]:
        """The slots of a function: its locals in order, its result, objects in memory, calls of second instances."""
        function = self.before.functions[symbol]
        found = [*self._locals(function), *self._result(function), *self._objects(function), *self._memory_calls(symbol)]
        place = self.slots.in_memory.get(symbol)
        if place is not None and all(slot.rung != Rung.MEMORY.value for slot in found):
            link = _link("the pointer", place, self._without_subject(1))
            found.append(SlotReport("use", "a pointer", place.line, Rung.MEMORY.value, (link,)))
        return tuple(found)

    def callers_of_instance(self, symbol: str) -> tuple[SlotReport, ...]:
        """The calls that go to the second instance of a function."""
        return tuple(
            self._call(call) for call in self._callers.get(symbol, ()) if call.function in self.lifted.program.functions
        )

    def is_second(self, symbol: str) -> bool:
        """Whether a function is the second instance of another."""
        first = first_instance(symbol)
        return symbol != first and first in self.lifted.program.functions

    def is_of_c(self, symbol: str) -> bool:
        """Whether a function stands for one of C: it is no second instance, and no dispatcher."""
        return not self.is_second(symbol) and self.lifted.program.functions[symbol].targets is None

    def memory_instance(self, symbol: str) -> str | None:
        """The instance of a function for pointers to memory, where it is a second one."""
        return self._instance(symbol, memory_instance(symbol))

    def cell_instance(self, symbol: str) -> str | None:
        """The instance of a function for calls in place, where it is a second one."""
        return self._instance(symbol, symbol + CELL_SUFFIX)

    def _instance(self, symbol: str, instance: str) -> str | None:
        return instance if first_instance(symbol) == symbol and instance in self.lifted.program.functions else None

    def name(self, symbol: str) -> str:
        """What C calls a function, whichever instance it is."""
        function = self.before.functions.get(first_instance(symbol))
        return symbol if function is None else function.name

    def _locals(self, function: Function) -> Iterator[SlotReport]:
        for local in function.locals:
            kind = "parameter" if local.kind is LocalKind.PARAM else "local"
            for level in range(pointer_levels(local.type, self.before)):
                rung = self._rung(Slot(LocalId(function.symbol, local.id), level))
                chain: tuple[Link, ...] = ()
                if rung is Rung.MEMORY:
                    subject = PointerSlot(function.symbol, local.id)
                    behind = PointedPointers(function.symbol, local.id)
                    chain = self.chain(subject if level == 0 else behind) if level < 2 else ()
                    chain = chain or (self.chain(ElementPointers(function.symbol, local.id)) if level == 0 else ())
                    chain = chain or (_link(f"`{local.name}`", local.span, self._without_subject(level)),)
                yield SlotReport(kind, "*" * level + (local.name or "a temporary"), local.span.line, rung.value, chain)

    def _result(self, function: Function) -> Iterator[SlotReport]:
        for level in range(pointer_levels(function.type.result, self.before)):
            rung = self._rung(Slot(ResultId(function.symbol), level))
            chain: tuple[Link, ...] = ()
            if rung is Rung.MEMORY:
                behind = PointedPointers(function.symbol, RESULT)
                chain = self.chain(ResultSlot(function.symbol) if level == 0 else behind) if level < 2 else ()
                chain = chain or (_link("the result", function.span, self._without_subject(level)),)
            yield SlotReport("result", "*" * level + "result", function.span.line, rung.value, chain)

    def _objects(self, function: Function) -> Iterator[SlotReport]:
        """Locals that are no pointers, but are pointed to by pointers in memory."""
        for local in function.locals:
            subject = LocalObject(function.symbol, local.id)
            place = function.symbol, self.lifted.local(function.symbol, local.id)
            if subject in self.demotions and place in self.lifted.storage.memory_locals:
                yield SlotReport("object", local.name, local.span.line, Rung.MEMORY.value, self.chain(subject))

    def _memory_calls(self, symbol: str) -> Iterator[SlotReport]:
        for subject in self._made.get(symbol, ()):
            if self._is_of_instance(subject):
                yield self._call(subject)

    def _callee(self, subject: MemoryCall) -> str | None:
        function = self._calls[subject.call].function
        return function.symbol if isinstance(function, FunctionRef) else None

    def _is_of_instance(self, subject: MemoryCall) -> bool:
        """Whether the callee has an instance above memory at all."""
        callee, solution = self._callee(subject), self.lifted.solution
        if callee is None or solution is None:
            return False
        return callee in solution.program.functions and solution.lifts_signature(callee)

    def _call(self, subject: MemoryCall) -> SlotReport:
        call = self._calls[subject.call]
        return SlotReport("call", self.words(subject), call.span.line, Rung.MEMORY.value, self.chain(subject))

    def _without_subject(self, level: int) -> str:
        """Why a slot is in memory of which the solver says nothing: it looks at the outermost level alone."""
        if self.lifted.solution is None:
            return LADDER_ENDS
        return "pointers that are kept in objects are in memory" if level else "nothing above memory is assigned to it"

    def _rung(self, slot: Slot) -> Rung:
        """Slots of second instances are in memory, all of them."""
        return self.slots.rungs.get(slot, Rung.MEMORY)

    def assumptions(self, symbol: str) -> tuple[str, ...]:
        """What is taken for granted of callers outside of a library: that of two arguments that Rust takes apart, one of them to
        write, neither is a part of the other."""
        function = self.lifted.program.functions[symbol]
        if function.static or self._closed_world:
            return ()
        params = list(zip(function.locals, function.type.params, strict=False))
        written = [local.name for local, type in params if _is_reference(type) and type.access is Access.MUTABLE]
        read = [local.name for local, type in params if _is_reference(type) and type.access is Access.SHARED]
        if not written or len(written) + len(read) < 2:
            return ()
        names = ", ".join(f"`{name}`" for name in (*written, *read))
        return (f"callers outside pass {names} as objects apart",)

    # ---- chains

    def chain(self, subject: Subject) -> tuple[Link, ...]:
        """What a subject in memory follows from; nothing where it is above memory."""
        return tuple(_link(self.words(one), reason.span, reason.text) for one, reason in self.demotions.chain(subject))

    def words(self, subject: Subject) -> str:
        """A subject as a person calls it."""
        match subject:
            case PointerSlot(symbol, local) | LocalObject(symbol, local):
                name = self.before.functions[symbol].locals[local].name
                return f"{f'`{name}`' if name else 'a temporary'} of {self._called(symbol)}"
            case ResultSlot(symbol):
                return f"the result of {self._called(symbol)}"
            case FieldSlot(record, index):
                fields = self.before.records[record].fields
                return f"the field `{fields[index].name if fields else index}`"
            case ElementPointers(symbol, local):
                return f"what `{self.before.functions[symbol].locals[local].name}` of {self._called(symbol)} holds"
            case PointedPointers(symbol, local) if local == RESULT:
                return f"what the result of {self._called(symbol)} leads to"
            case PointedPointers(symbol, local):
                return f"what `{self.before.functions[symbol].locals[local].name}` of {self._called(symbol)} leads to"
            case GlobalPointers(symbol):
                return f"what `{self.before.variables[symbol].name}` holds"
            case GlobalObject(symbol):
                return f"`{self.before.variables[symbol].name}`"
            case MemoryCall(symbol):
                callee = self._callee(subject)
                return f"the call of {self._called(callee) if callee else 'a function'} in {self._called(symbol)}"

    def _called(self, symbol: str) -> str:
        """A function by its C name; a second instance is told from its first."""
        return f"`{self.name(symbol)}` on memory" if self.is_second(symbol) else f"`{self.name(symbol)}`"


def root_reasons(slots: tuple[SlotReport, ...]) -> Iterator[Link]:
    """What the rungs of slots in memory come from in the end: the last links of their chains."""
    for slot in slots:
        if slot.chain:
            yield slot.chain[-1]


def _is_reference(type: Type) -> TypeGuard[ReferenceType]:
    return isinstance(type, ReferenceType)


def _link(subject: str, span: Span, text: str) -> Link:
    return Link(subject, span.file, span.line, text)


def _calls_by_identity(solution: Solution | None) -> Mapping[int, Call]:
    """The calls that subjects name, by the identity of their nodes before lifting."""
    if solution is None:
        return {}
    wanted = {subject.call for subject in solution.demotions.reasons if isinstance(subject, MemoryCall)}
    return {
        id(node): node
        for function in solution.program.functions.values()
        for node in walk_all(function.body)
        if isinstance(node, Call) and id(node) in wanted
    }


def _grouped(calls: Iterable[MemoryCall], key: Callable[[MemoryCall], str | None]) -> Mapping[str, list[MemoryCall]]:
    """The calls by a function's symbol."""
    found: dict[str, list[MemoryCall]] = {}
    for call in calls:
        symbol = key(call)
        if symbol is not None:
            found.setdefault(symbol, []).append(call)
    return found
