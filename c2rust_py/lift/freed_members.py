"""Members that own and are left freed: whoever frees or resizes one again would find it empty, as if it were null.

    free(v->data);  v->data = NULL;  free(v->data);        nothing is freed twice
    vec_free(&v);   vec_free(&v);                          undefined in C: Rust must not go on, so the member is in memory

Found backwards, as what is live: behind each free, whether the member may be freed or resized before it is given something, and
whether the function may end before that, which leaves it to the callers. What others than the program do is taken to be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from c2rust_py.infer.allocations import allocation_of
from c2rust_py.infer.demotions import FieldSlot, Reason
from c2rust_py.infer.field_slots import field_slot
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import (
    FieldStep,
    GlobalRoot,
    LocalRoot,
    ObjectRoot,
    OwnedRoot,
    ParamRoot,
    Root,
    Target,
    without_casts,
)
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    Assign,
    BlockValue,
    Call,
    Conditional,
    Declare,
    FieldPlace,
    FunctionRef,
    Load,
    LocalPlace,
    Logical,
    Place,
    Return,
    Statement,
    Value,
)
from c2rust_py.ir.types import PointerType
from c2rust_py.ir.walk import Node, children, walk, walk_all
from c2rust_py.lift.closed_frees import closed_frees
from c2rust_py.lift.liveness import Liveness, Locals


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object: the fields that lead to it from the root of the path."""

    root: Root
    path: tuple[int, ...]
    slot: FieldSlot


@dataclass(frozen=True, slots=True)
class _Summary:
    """What a function does with members of its callers' objects: those that it surely gives something, those that it may free or
    resize as it finds them, and those that it may leave freed."""

    gives: frozenset[Member] = frozenset()
    frees: frozenset[Member] = frozenset()
    leaves: frozenset[Member] = frozenset()


_NOTHING = _Summary()


def find_freed_members(solution: Solution) -> bool:
    """Demotes the members that may be freed or resized behind a free; whether there was any."""
    if not solution.fields:
        return False
    before = len(solution.demotions.reasons)
    touched = [symbol for symbol in solution.program.functions if _touches_members(solution, symbol)]
    summaries: dict[str, _Summary] = {}
    while True:
        found = {symbol: _Walker(solution, symbol, summaries).summary().gives for symbol in touched}
        if all(summaries.get(symbol, _NOTHING).gives == gives for symbol, gives in found.items()):
            break
        summaries = {symbol: _Summary(gives) for symbol, gives in found.items()}
    while True:
        whole = {symbol: _Walker(solution, symbol, summaries, is_known=True).summary() for symbol in touched}
        if whole == summaries:
            return len(solution.demotions.reasons) > before
        summaries = whole


def _touches_members(solution: Solution, symbol: str) -> bool:
    """Whether a function gives or takes something from a member that owns, or calls others that may."""
    nodes = walk_all(solution.program.functions[symbol].body)
    return any(isinstance(n, Call) or (isinstance(n, FieldPlace) and _slot(solution, n) is not None) for n in nodes)


def _slot(solution: Solution, place: Place) -> FieldSlot | None:
    """The slot of a place that is a member which owns."""
    slot = field_slot(place, solution.program)
    return slot if slot in solution.fields else None


class _Walker:
    """Walks one function with what is known of the others. Facts are numbers: of a member, that it may be freed or resized (even), and
    that the function may end (odd), before it is given something. is_known: whether what others give is known, so that what
    is found wrong is wrong."""

    def __init__(self, solution: Solution, symbol: str, summaries: Mapping[str, _Summary], is_known: bool = False) -> None:
        self.solution = solution
        self.symbol = symbol
        self.function = solution.program.functions[symbol]
        self.resolver = solution.resolver(symbol)
        self.layout = Layout(solution.program.records, solution.program.enums)
        self.summaries = summaries
        self.is_known = is_known
        self.numbers: dict[Member, int] = {}
        self.many: set[Member] = set()
        self.leaves: set[Member] = set()
        self.closed = closed_frees(self.function, solution.program, solution.fields)

    def summary(self) -> _Summary:
        for node in walk_all(self.function.body):
            self._number(node)
        liveness = _Freed(self._visit, walker=self)
        start = liveness.list(self.function.body, self.at_end())
        outside = [member for member in self.numbers if not isinstance(member.root, LocalRoot)]
        gives = frozenset(member for member in outside if self.end(member) not in start)
        frees = frozenset(member for member in outside if self.freed(member) in start)
        return _Summary(gives, frees, frozenset(self.leaves)) if self.is_known else _Summary(gives)

    # ---- facts

    def freed(self, member: Member) -> int:
        return 2 * self.numbers[member]

    def end(self, member: Member) -> int:
        return 2 * self.numbers[member] + 1

    def at_end(self) -> Locals:
        """What holds where the function ends."""
        return frozenset(self.end(member) for member in self.numbers if not isinstance(member.root, LocalRoot))

    def _number(self, node: Node) -> None:
        found: list[Member | None] = []
        if isinstance(node, FieldPlace):
            found.append(self._member(node))
        if isinstance(node, Call):
            effect = self._effect(node)
            found += [*effect.gives, *effect.frees, *effect.leaves]
        for member in found:
            if member is not None:
                self.numbers.setdefault(member, len(self.numbers))

    def _member(self, place: Place) -> Member | None:
        """The member that a place is, where that owns."""
        slot = _slot(self.solution, place)
        target = None if slot is None else self.resolver.place(place)
        return None if target is None or slot is None else self._behind(target, (), slot)

    def _behind(self, target: Target, path: tuple[int, ...], slot: FieldSlot) -> Member:
        """A member by a path behind a target. One that is a member of many objects is never known to be given something: all objects
        of an arena are one."""
        root = GlobalRoot(target.root.pool) if isinstance(target.root, ObjectRoot) else target.root
        member = Member(root, (*(s.index for s in target.steps if isinstance(s, FieldStep)), *path), slot)
        if root is not target.root or any(not isinstance(step, FieldStep) and step.fixed != 0 for step in target.steps):
            self.many.add(member)
        return member

    # ---- what nodes do

    def given(self, place: Place) -> Locals:
        """The facts that an assignment to a place, or its declaration, ends."""
        target = self.resolver.place(place)
        roots: list[tuple[Root, tuple[int, ...]]] = []
        if target is not None:
            roots.append((target.root, tuple(step.index for step in target.steps if isinstance(step, FieldStep))))
        if isinstance(place, LocalPlace) and isinstance(place.type, PointerType):
            roots.append((OwnedRoot(place.local), ()))
        found = [m for m in self.numbers for root, path in roots if m.root == root and m.path[: len(path)] == path]
        return self._facts(found)

    def _facts(self, members: Iterable[Member]) -> Locals:
        return frozenset(fact for m in members if m not in self.many for fact in (self.freed(m), self.end(m)))

    def given_by_calls(self, node: Node) -> Locals:
        """The facts that the calls end which surely run with a node."""
        return self._facts(member for call in _sure_calls(node) for member in self._effect(call).gives)

    def frees(self, node: Node) -> Locals:
        """The facts that a node makes true in front of it."""
        calls = (part for part in walk(node) if isinstance(part, Call))
        found = {self.freed(member) for call in calls for member in self._effect(call).frees}
        return frozenset(found) | (self.at_end() if any(isinstance(part, Return) for part in walk(node)) else frozenset())

    def moved(self, value: Value) -> Locals:
        """The members of what is returned as a whole, which nobody knows to be freed then."""
        roots: set[Root] = set()
        if isinstance(value.type, PointerType):
            target = self.resolver.pointer(value)
            roots |= {target.root} if target is not None and isinstance(target.root, OwnedRoot) else set()
        elif isinstance(value, Load) and isinstance(value.place, LocalPlace):
            roots.add(LocalRoot(value.place.local))
        return frozenset(self.freed(member) for member in self.numbers if member.root in roots)

    def _effect(self, call: Call) -> _Summary:
        """What a call does to members, as the function sees them."""
        if not isinstance(call.function, FunctionRef):
            at_all = [s for summary in self.summaries.values() for s in (summary.frees, summary.leaves)]
            reached = frozenset(member for some in at_all for member in some if isinstance(member.root, GlobalRoot))
            return _Summary(frees=reached, leaves=reached)
        symbol = call.function.symbol
        if symbol in ("free", "realloc"):
            match without_casts(call.args[0]):
                case Load(FieldPlace() as place) if (member := self._member(place)) is not None:
                    one = frozenset({member})
                    return _Summary(frees=one, leaves=one if symbol == "free" else frozenset())
                case _:
                    return _NOTHING
        if symbol not in self.solution.program.functions:
            return _NOTHING
        known = self.summaries.get(self.solution.callee(self.symbol, call, symbol), _NOTHING)
        return _Summary(
            frozenset(self._as_here(known.gives, call)),
            frozenset(self._as_here(known.frees, call)),
            frozenset(self._as_here(known.leaves, call)),
        )

    def _as_here(self, members: AbstractSet[Member], call: Call) -> Iterator[Member]:
        """Members of a callee's parameters as those of what the call passes for them."""
        for member in members:
            match member.root:
                case GlobalRoot():
                    yield member
                case ParamRoot(param) | OwnedRoot(param) if param < len(call.args):
                    target = self.resolver.pointer(call.args[param])
                    if target is not None:
                        yield self._behind(target, member.path, member.slot)
                case _:
                    pass

    def _visit(self, node: Node, later: Locals) -> None:
        """Looks at what a node leaves freed."""
        if not self.is_known:
            return
        calls = [call for call in walk(node) if isinstance(call, Call)]
        for call in calls:
            for member in self._effect(call).leaves if id(call) not in self.closed else ():
                others = {self.freed(m) for other in calls if other is not call for m in self._effect(other).frees}
                if self.freed(member) in later | others:
                    reason = Reason("it may be freed or resized after it is freed", call.span)
                    self.solution.demotions.add(member.slot, reason)
                if self.end(member) in later:
                    self.leaves.add(member)


@dataclass(slots=True)
class _Freed(Liveness):
    walker: _Walker = field(kw_only=True)

    def statement(self, statement: Statement, later: Locals) -> Locals:
        match statement:
            case Assign(place, value):
                kept = later if self._is_resized(place, value) else later - self.walker.given(place)
                return self.simple(place, self.simple(value, kept))
            case Declare(local, init):
                type = self.walker.function.locals[local].type
                kept = later - self.walker.given(LocalPlace(local, type, statement.span))
                return kept if init is None else self.simple(init, kept)
            case Return(value):
                ends = self.walker.at_end()
                return ends if value is None else self.simple(value, ends | self.walker.moved(value))
            case _:
                return Liveness.statement(self, statement, later)

    def simple(self, node: Node, later: Locals) -> Locals:
        self.visit(node, later)
        return (later - self.walker.given_by_calls(node)) | self.uses(node)

    def uses(self, node: Node) -> Locals:
        return self.walker.frees(node)

    def _is_resized(self, place: Place, value: Value) -> bool:
        """Whether an array is given the objects that it has, so that their members are what they were."""
        found = allocation_of(value, self.walker.layout) if isinstance(place, LocalPlace) else None
        return found is not None and found.old is not None


def _sure_calls(node: Node) -> Iterator[Call]:
    """The calls that run whenever a node does."""
    if isinstance(node, Call):
        yield node
    inside = children(node)
    if isinstance(node, Conditional | Logical):
        inside = inside[:1]
    for child in inside:
        if not isinstance(child, BlockValue):
            yield from _sure_calls(child)
