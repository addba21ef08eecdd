"""What the slot solver knows so far, and how knowing more spreads: who is looked at again when a subject goes down.

    demote(p of f)      ->      f's callers are looked at again; what an object in memory holds goes down with it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.bounds import Group
from c2rust_py.infer.cursors import referents
from c2rust_py.infer.demotions import (
    RESULT,
    Demotions,
    ElementPointers,
    FieldSlot,
    GlobalObject,
    GlobalPointers,
    HeldSlot,
    LocalObject,
    MemoryCall,
    PointedPointers,
    PointerSlot,
    Reason,
    ResultSlot,
    Subject,
)
from c2rust_py.infer.elements import element_flows
from c2rust_py.infer.liftable import not_liftable
from c2rust_py.infer.owned_fields import find_owned_fields, known_loads
from c2rust_py.infer.owners import Owners
from c2rust_py.infer.pointer_uses import (
    Argument,
    Lent,
    LibraryCall,
    Use,
    is_program,
    pointer_uses,
)
from c2rust_py.infer.presence import find_presence
from c2rust_py.infer.reasons import origin
from c2rust_py.infer.scopes import Scopes, find_scopes
from c2rust_py.infer.solution import MEMORY_SUFFIX, memory_instance
from c2rust_py.infer.storage import named_by_stub
from c2rust_py.infer.subjects import Subjects
from c2rust_py.infer.targets import (
    Result,
    is_data_pointer,
)
from c2rust_py.infer.templates import FunctionTemplates
from c2rust_py.infer.views import HeldFlow, Views, fields_within, find_views, mentioned_slots, static_flows
from c2rust_py.ir.function_refs import named_function
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AddressOf,
    Call,
    Decay,
    FunctionRef,
    GlobalPlace,
    Place,
    Value,
)
from c2rust_py.ir.program import Function, Local, LocalKind, Program
from c2rust_py.ir.types import (
    PointerType,
)
from c2rust_py.ir.walk import walk_all
from c2rust_py.options import Rung


@dataclass(slots=True)
class SolverState:
    """waiting: the functions to look at. callers, mentions: who depends on a function or a global. calls: the direct calls in a
    function that give a pointer, by identity. taken: the parameters that own what callers give away. fields: the members
    that own. known: the reads of such that are not null, by identity. holders: the functions that name what holds a view.
    optional: the parameters above memory that are given null. asked: the owners of which somebody asks whether they are null.
    given_nothing: the parameters that own, and are given what may be null.
    Dictionaries of None are sets in the order in which they grew: each run has to be the same."""

    program: Program
    demotions: Demotions
    originals: Mapping[str, Function]
    functions: dict[str, Function] = field(init=False)
    uses: dict[str, list[Use]] = field(default_factory=dict)
    found: dict[str, FunctionTemplates] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    waiting: dict[str, None] = field(default_factory=dict)
    callers: dict[str, dict[str, None]] = field(default_factory=dict)
    mentions: dict[str, dict[str, None]] = field(default_factory=dict)
    owners: dict[str, Owners] = field(default_factory=dict)
    calls: dict[str, dict[int, Call]] = field(default_factory=dict)
    taken: dict[str, set[int]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    fields: dict[FieldSlot, Rung] = field(init=False)
    known: dict[str, frozenset[int]] = field(default_factory=dict)
    scopes: dict[str, Scopes] = field(default_factory=dict)
    present: dict[str, frozenset[int]] = field(default_factory=dict)
    optional: set[PointerSlot] = field(default_factory=set)
    asked: dict[Subject, None] = field(default_factory=dict)
    given_nothing: dict[PointerSlot, None] = field(default_factory=dict)
    views: Views = field(init=False)
    holders: dict[HeldSlot, dict[str, None]] = field(default_factory=dict)
    static_flows: list[HeldFlow] = field(init=False)
    closed_world: bool = field(init=False)
    layout: Layout = field(init=False)
    subjects: Subjects = field(init=False)

    def __post_init__(self) -> None:
        self.functions = dict(self.program.functions)
        self.layout = Layout(self.program.records, self.program.enums)
        owned = find_owned_fields(self.program)
        self.fields = {slot: rung for slot, rung in owned.items() if slot not in self.demotions}
        self.views = find_views(self.program, self.demotions, owned)
        self.static_flows = list(static_flows(self.program))
        self.subjects = Subjects(self.functions, self.results, self.fields, self.views)
        self.closed_world = any(f.name == "main" and not f.static for f in self.functions.values())

    def enter(self, symbol: str, in_memory: Reason | None = None) -> None:
        """A function comes into play. in_memory: of a second instance, why it is needed."""
        function = self.functions[symbol]
        self.uses[symbol] = pointer_uses(function, self.program)
        self.known[symbol] = frozenset(known_loads(function.body, self.layout)) if self.fields else frozenset()
        self.scopes[symbol] = find_scopes(function)
        self.present[symbol] = find_presence(function)
        for slot in mentioned_slots(function, self.program):
            self.holders.setdefault(slot, {})[symbol] = None
        self._note_dependents(symbol)
        for object in sorted(named_by_stub(self.program, function)):
            self.demote(GlobalPointers(object), Reason(f"the stub `{function.name}` may change it", function.span))
        self.waiting[symbol] = None
        if in_memory is not None and is_data_pointer(function.type.result):
            self.demote(ResultSlot(symbol), in_memory)
        for local in function.locals:
            if is_data_pointer(local.type):
                self._enter_local(function, local, in_memory)

    def _note_dependents(self, symbol: str) -> None:
        """A function is looked at again when what it calls or names changes."""
        for use in self.uses[symbol]:
            if isinstance(use, Argument | Lent):
                self.callers.setdefault(use.callee, {})[symbol] = None
            if isinstance(use, LibraryCall):
                self._leave_elements(use)
            for flow in element_flows(use, symbol, self.program):
                for slot in flow.slots:
                    self.holders.setdefault(slot, {})[symbol] = None
        for node in walk_all(self.functions[symbol].body):
            if isinstance(node, Call) and isinstance(node.function, FunctionRef) and is_data_pointer(node.type):
                self.calls.setdefault(symbol, {})[id(node)] = node
            if isinstance(node, FunctionRef):
                self.callers.setdefault(node.symbol, {})[symbol] = None
            if isinstance(node, GlobalPlace):
                self.mentions.setdefault(node.symbol, {})[symbol] = None

    def _enter_local(self, function: Function, local: Local, in_memory: Reason | None) -> None:
        """A pointer comes into play: above memory, unless its function, its caller or its type forbids it."""
        slot = PointerSlot(function.symbol, local.id)
        if local.kind is LocalKind.PARAM and in_memory is not None:
            self.demote(slot, in_memory)
        elif local.kind is LocalKind.PARAM and function.name == "main" and not (local.id == 1 and is_program(function)):
            self.demote(slot, Reason("the system calls `main`", local.span))
        assert isinstance(local.type, PointerType)
        reason = not_liftable(local.type.target)
        if reason is not None:
            self.demote(slot, Reason(reason, local.span))

    def is_exported(self, symbol: str) -> bool:
        """Whether others than the program may call a function."""
        return not (self.closed_world or self.functions[symbol].static or symbol.endswith(MEMORY_SUFFIX))

    def group(self, symbol: str) -> Group | None:
        """The group of parameters of a function, while all of them are above memory, and none of its parameters owns."""
        group = None if self.taken.get(symbol) else self.groups.get(symbol)
        up = group is not None and all(PointerSlot(symbol, param) not in self.demotions for param in group.params)
        return group if up else None

    def make_memory_instance(self, symbol: str, reason: Reason) -> None:
        """Makes the second instance of a function."""
        instance = memory_instance(symbol)
        if instance not in self.functions:
            function = self.originals.get(symbol, self.functions[symbol])
            self.functions[instance] = replace(function, symbol=instance, name=f"{function.name}_in_memory", startup=None)
            self.views.enter(self.functions[instance])
            self.enter(instance, reason)

    def _leave_elements(self, use: LibraryCall) -> None:
        """What the library calls back is given the elements of an array, which are no variables of a caller."""
        for named in map(named_function, use.call.args):
            if named is not None and named.symbol in self.functions:
                for referent in referents(self.functions[named.symbol]).values():
                    reason = Reason(f"it is an element of what `{use.name}` looks at", use.span)
                    self.demote(PointerSlot(named.symbol, referent), reason)
                    self.waiting[named.symbol] = None

    def demote_value(self, symbol: str, value: Value, reason: Reason) -> None:
        """Demotes what a value of a function is derived from."""
        for subject in self.subjects.of(symbol, value):
            self.demote(subject, reason)

    def demote_object(self, symbol: str | None, place: Place, reason: Reason) -> None:
        """Demotes an object of a function, or of the program, and what leads to it."""
        for subject in self.subjects.of_object(symbol, place):
            self.demote(subject, reason)

    def demote_everything(self, symbol: str, reason: Reason) -> None:
        """Demotes all that a function has and holds."""
        function = self.functions[symbol]
        for local in function.locals:
            if is_data_pointer(local.type):
                self.demote(PointerSlot(symbol, local.id), reason)
        for node in walk_all(function.body):
            if isinstance(node, AddressOf | Decay):
                self.demote_object(symbol, node.place, reason)
        for slot, holders in self.holders.items():
            if symbol in holders:
                self.demote(slot, reason)

    def demote(self, subject: Subject, reason: Reason) -> None:
        """Demotes a subject and has those look again whom that concerns."""
        if not self.demotions.add(subject, replace(reason, cause=None) if reason.cause == subject else reason):
            return
        self.demote_held(subject, reason)
        match subject:
            case FieldSlot() | GlobalPointers() | ElementPointers() | PointedPointers():
                self.waiting.update(dict.fromkeys(self.holders.get(subject, ())))
                if isinstance(subject, FieldSlot) and self.fields.pop(subject, None) is not None:
                    self.waiting.update(dict.fromkeys(self.functions))
            case GlobalObject(symbol):
                self.waiting.update(dict.fromkeys(self.mentions.get(symbol, ())))
            case ResultSlot(symbol):
                self.results.pop(symbol, None)
                self.waiting.update(dict.fromkeys((symbol, *self.callers.get(symbol, ()))))
            case PointerSlot(symbol, _):
                self.waiting.update(dict.fromkeys(self.callers.get(symbol, ())))
            case _:
                pass

    def add_nullable(self, slot: HeldSlot) -> None:
        """A view may be missing."""
        self.views.nullable.add(slot)
        self.waiting.update(dict.fromkeys(self.holders.get(slot, ())))

    def optional_params(self, symbol: str) -> frozenset[int]:
        """The parameters of a function that are references or nothing."""
        return frozenset(slot.local for slot in self.optional if slot.function == symbol and slot not in self.demotions)

    def ask(self, owner: PointerSlot | FieldSlot) -> None:
        """Somebody asks whether an owner is null."""
        if owner not in self.asked:
            self.asked[owner] = None
            self.waiting.update(dict.fromkeys((owner.function,) if isinstance(owner, PointerSlot) else self.functions))

    def give_nothing(self, param: PointerSlot) -> None:
        """A parameter that owns may be given null."""
        if param not in self.given_nothing:
            self.given_nothing[param] = None
            self.waiting[param.function] = None

    def add_optional(self, param: PointerSlot) -> None:
        """A parameter may be given null."""
        if param not in self.optional:
            self.optional.add(param)
            self.waiting.update(dict.fromkeys((param.function, *self.callers.get(param.function, ()))))

    def demote_held(self, subject: Subject, reason: Reason) -> None:
        """A struct whose objects are in memory has all its pointers there."""
        for slot in self._held_by(subject):
            self.demote(slot, Reason("an object that holds it is in memory", reason.span, subject))

    def _held_by(self, subject: Subject) -> Iterator[HeldSlot]:
        """The slots of objects that are in memory with a subject: what it is, or points to."""
        match subject:
            case PointerSlot(symbol, local) | LocalObject(symbol, local) if symbol in self.functions:
                type = self.functions[symbol].locals[local].type
                own: HeldSlot = (PointedPointers if isinstance(subject, PointerSlot) else ElementPointers)(symbol, local)
            case ResultSlot(symbol) if symbol in self.functions:
                type, own = self.functions[symbol].type.result, PointedPointers(symbol, RESULT)
            case GlobalObject(symbol) if symbol in self.program.variables:
                type, own = self.program.variables[symbol].type, GlobalPointers(symbol)
            case FieldSlot() | GlobalPointers() | ElementPointers() | PointedPointers() if subject in self.views.pointees:
                type, own = self.views.pointees[subject], subject
            case _:
                return
        if own in self.views.pointees:
            yield own
        yield from fields_within(type, self.program)

    def why(self, symbol: str, value: Value, span: Span) -> Reason:
        """Why a value has no known target: what in it is in memory, or what it is."""
        for subject in self.subjects.of(symbol, value):
            if subject in self.demotions:
                return Reason("it is derived from what is in memory", span, subject)
        return Reason(origin(value, self.program), span)


def of_call(call: MemoryCall, span: Span) -> Reason:
    return Reason("a call passes pointers to memory", span, call)
