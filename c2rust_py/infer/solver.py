"""The slot solver: which pointers of which functions rise above the memory rung (DESIGN 1 and 3).

Starts with every pointer local and parameter above memory and takes down what does not fit, to the greatest solution of:

- a local's values all have one template (see `infer.targets`): it is a position in one array, or a fixed place;
- a pointer that escapes to where only memory follows takes what it points to with it, and what points there, too;
- a pointer argument for a parameter in memory is in memory; a memory pointer for a lifted parameter sends the call to the
  callee's second instance, whose parameters are all in memory;
- two pointers that are compared or subtracted point into one array.

Demotions only grow and are finite, so it ends. Functions are looked at again when what they depend on changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from c2rust_py.diagnostics import Span
from c2rust_py.infer.bounds import Group, find_groups, given_array
from c2rust_py.infer.cursors import lent_variable, referents
from c2rust_py.infer.demotions import (
    Demotions,
    ElementPointers,
    FieldSlot,
    GlobalObject,
    GlobalPointers,
    HeldSlot,
    LocalObject,
    MemoryCall,
    PointerSlot,
    Reason,
    ResultSlot,
    Subject,
)
from c2rust_py.infer.entry_reads import reads_at_entry
from c2rust_py.infer.field_slots import FieldRungs, field_slot
from c2rust_py.infer.handovers import allocates_result, find_taken, handed_result, live_returns
from c2rust_py.infer.library_calls import Refusal, library_result
from c2rust_py.infer.library_formats import choose_library_call
from c2rust_py.infer.liftable import not_liftable
from c2rust_py.infer.member_checks import asked_member, can_store, comes_back_to
from c2rust_py.infer.moved_positions import find_moved
from c2rust_py.infer.null_questions import asks_null, asks_null_of_held
from c2rust_py.infer.owned_fields import find_owned_fields, known_loads
from c2rust_py.infer.owners import Owners, find_owners
from c2rust_py.infer.pointer_uses import (
    Access,
    AllocatesVla,
    Argument,
    Escape,
    Everything,
    Flow,
    Held,
    HeldAddress,
    InMemory,
    Lent,
    LibraryCall,
    Pair,
    Released,
    Returned,
    Stored,
    Test,
    Use,
    Written,
    pointer_uses,
)
from c2rust_py.infer.reasons import origin
from c2rust_py.infer.scopes import Scopes, find_scopes
from c2rust_py.infer.storage import named_by_stub
from c2rust_py.infer.subjects import Subjects
from c2rust_py.infer.targets import (
    HeldRoot,
    IndexStep,
    OwnedRoot,
    ParamRoot,
    Resolver,
    Result,
    ResultRoot,
    Root,
    Target,
    Template,
    ViewRoot,
    comparable,
    is_data_pointer,
    is_null,
    without_casts,
)
from c2rust_py.infer.templates import FunctionTemplates, TemplateFinder, view_result
from c2rust_py.infer.views import HeldFlow, Views, fields_within, find_views, mentioned_slots, static_flows
from c2rust_py.ir.function_refs import functions_with_address, named_function
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AddressOf,
    Call,
    Decay,
    FunctionRef,
    GlobalPlace,
    Load,
    Place,
    Value,
)
from c2rust_py.ir.program import Function, LocalKind, Program
from c2rust_py.ir.types import (
    PointerType,
    RecordType,
    Type,
    VoidType,
    same_representation,
)
from c2rust_py.ir.walk import walk, walk_all
from c2rust_py.options import Rung

MEMORY_SUFFIX = "@memory"
"""What the symbol of a function's second instance ends in."""

CELL_SUFFIX = "@cells"
"""What that of an instance for calls in place ends in (`lift.cells`)."""

STATIC = ""
"""What stands for the symbol of a function where static initialisers are meant."""


def first_instance(symbol: str) -> str:
    """The function that an instance is of; itself if it is none."""
    return symbol.removesuffix(MEMORY_SUFFIX).removesuffix(CELL_SUFFIX)


@dataclass(frozen=True, slots=True)
class Solution:
    """program: with the second instances that some call needs, under their own symbols. templates: of the lifted pointer
    locals, by function and local; nullable: those of them that may be null. results: of the functions whose result is
    lifted. groups: of the functions with parameters that are positions in one array. fields: the members of structs that own.
    views: what other objects hold.
    demotions: everything in memory, with its reason."""

    program: Program
    templates: Mapping[str, Mapping[int, Template]]
    nullable: Mapping[str, AbstractSet[int]]
    results: Mapping[str, Result]
    demotions: Demotions
    views: Views
    fields: FieldRungs = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)

    def resolver(self, symbol: str) -> Resolver:
        """Finds the targets of the lifted pointers of a function."""
        templates, nullable = self.templates.get(symbol, {}), self.nullable.get(symbol, frozenset())
        function = self.program.functions.get(symbol)
        known = {} if function is None else referents(function)
        return Resolver(
            self.program,
            symbol,
            templates,
            nullable,
            self.results,
            library_result,
            self.demotions,
            self.views,
            known,
            self.fields,
        )

    def owns(self, symbol: str, local: int) -> bool:
        """Whether a local owns what it points to."""
        template = self.templates[symbol].get(local)
        return template is not None and template.root == OwnedRoot(local)

    def is_lifted(self, symbol: str, param: int) -> bool:
        """Whether parameter number `param` of a function of the program is a reference."""
        return param in self.templates[symbol] or self.referent(symbol, param) is not None

    def pointed_by(self, symbol: str, param: int) -> PointerType:
        """The type of a pointer to the object, or the elements, that a lifted parameter or an owner stands for."""
        type = self.program.functions[symbol].locals[param].type
        assert isinstance(type, PointerType)
        if self.referent(symbol, param) is not None:
            assert isinstance(type.target, PointerType)
            return type.target
        return type

    def referent(self, symbol: str, param: int) -> int | None:
        """What a lifted parameter leads to, where it became an array and a position in it."""
        referent = referents(self.program.functions[symbol]).get(param)
        return referent if referent in self.templates[symbol] else None

    def lifts_signature(self, symbol: str) -> bool:
        """Whether some parameter of the function is a reference, or its result a position."""
        params = range(len(self.program.functions[symbol].type.params))
        return symbol in self.results or any(self.is_lifted(symbol, param) for param in params)

    def callee(self, symbol: str, call: Call, callee: str) -> str:
        """The instance that a direct call goes to."""
        on_memory = MemoryCall(symbol, id(call)) in self.demotions and self.lifts_signature(callee)
        return memory_instance(callee) if on_memory else callee


def memory_instance(symbol: str) -> str:
    """The symbol of a function's second instance."""
    return symbol if symbol.endswith(MEMORY_SUFFIX) else symbol + MEMORY_SUFFIX


def solve(program: Program, demotions: Demotions, originals: Mapping[str, Function] = MappingProxyType({})) -> Solution:
    """The solution of a normalised program under the demotions so far, to which the solver adds. `originals` are the functions
    whose bodies are written behind other signatures, as C has them: their instances on memory are made of these."""
    solver = _Solver(program, demotions, originals)
    solver.run()
    templates = {symbol: found.templates for symbol, found in solver.found.items()}
    nullable = {symbol: found.nullable for symbol, found in solver.found.items()}
    groups = {symbol: group for symbol in solver.functions if (group := solver.group(symbol)) is not None}
    solved = replace(program, functions=solver.functions)
    return Solution(solved, templates, nullable, solver.results, demotions, solver.views, solver.fields, groups)


@dataclass(slots=True)
class _Solver:
    """waiting: the functions to look at. callers, mentions: who depends on a function or a global. calls: the direct calls in a
    function that give a pointer, by identity. taken: the parameters that own what callers give away. fields: the members
    that own. known: the reads of such that are not null, by identity."""

    program: Program
    demotions: Demotions
    originals: Mapping[str, Function]
    functions: dict[str, Function] = field(init=False)
    uses: dict[str, list[Use]] = field(default_factory=dict)
    found: dict[str, FunctionTemplates] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    waiting: dict[str, None] = field(default_factory=dict)
    callers: dict[str, set[str]] = field(default_factory=dict)
    mentions: dict[str, set[str]] = field(default_factory=dict)
    owners: dict[str, Owners] = field(default_factory=dict)
    calls: dict[str, dict[int, Call]] = field(default_factory=dict)
    taken: dict[str, set[int]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    fields: dict[FieldSlot, Rung] = field(init=False)
    known: dict[str, frozenset[int]] = field(default_factory=dict)
    scopes: dict[str, Scopes] = field(default_factory=dict)
    views: Views = field(init=False)
    holders: dict[HeldSlot, set[str]] = field(default_factory=dict)
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

    def run(self) -> None:
        self._demote_static_addresses()
        for subject, reason in list(self.demotions.reasons.items()):
            self._demote_held(subject, reason)
        taken = functions_with_address(self.program)
        for symbol in list(self.functions):
            self._enter(symbol)
        self.groups = find_groups(self.functions, self.uses)
        for symbol in self.groups:
            self._leave_beside_groups(symbol)
        for symbol in taken:
            function = self.functions[symbol]
            if any(map(is_data_pointer, (*function.type.params, function.type.result))):
                self._memory_instance(symbol, Reason(f"`{function.name}` is called through pointers", function.span))
        self.taken = find_taken(self.functions, self.uses, self.layout)
        self._find_results()
        while self.waiting:
            symbol = next(iter(self.waiting))
            del self.waiting[symbol]
            if symbol == STATIC:
                self._check_static_flows()
            else:
                self._look_at(symbol)
            if not self.waiting:
                self._settle_lent()

    def _settle_lent(self) -> None:
        """Where the address of a pointer in memory goes to a function that moves positions, the call is of its instance for memory; or
        the function takes a reference to such a pointer, if nobody gives it anything else."""
        templates = {symbol: found.templates for symbol, found in self.found.items()}
        exported = self._exported()
        moved = find_moved(self.functions, exported, self._reached(exported), self.uses, templates, self.demotions)
        for symbol, use in moved.in_memory:
            callee = self.functions[use.callee]
            text = f"`{callee.name}` is called with the address of a pointer in memory"
            variable = PointerSlot(symbol, use.variable) if isinstance(use, Lent) else None
            reason = Reason(text, use.span, variable if variable and variable in self.demotions else None)
            if (use.callee, use.param) in moved.positions:
                call = MemoryCall(symbol, id(use.call))
                self.demotions.add(call, reason)
                self._memory_instance(use.callee, _of_call(call, use.span))
            else:
                self._demote(PointerSlot(use.callee, referents(callee)[use.param]), reason)
                self.waiting[use.callee] = None
            self.waiting[symbol] = None

    def _exported(self) -> list[str]:
        """The functions that others than the program may call."""
        return [s for s, f in self.functions.items() if not (s.endswith(MEMORY_SUFFIX) or f.static or self.closed_world)]

    def _reached(self, exported: Sequence[str]) -> set[str]:
        """The instances of functions that are called, as far as is known now."""
        waiting = [*exported, *(s for s, f in self.functions.items() if f.name == "main")]
        waiting += map(memory_instance, functions_with_address(self.program))
        reached: set[str] = set()
        while waiting:
            symbol = waiting.pop()
            if symbol in reached or symbol not in self.functions:
                continue
            reached.add(symbol)
            called: set[int] = set()
            for node in walk_all(self.functions[symbol].body):
                if isinstance(node, Call) and isinstance(node.function, FunctionRef):
                    called.add(id(node.function))
                    callee = node.function.symbol
                    in_memory = MemoryCall(symbol, id(node)) in self.demotions and memory_instance(callee) in self.functions
                    waiting.append(memory_instance(callee) if in_memory else callee)
                elif isinstance(node, FunctionRef) and id(node) not in called:
                    waiting.append(node.symbol)
        return reached

    def _demote_static_addresses(self) -> None:
        """Objects whose address is in an initialiser, but for those that views are of."""
        held = {id(without_casts(flow.value)) for flow in self.static_flows if flow.value is not None}
        for variable in self.program.variables.values():
            for node in () if variable.init is None else walk(variable.init):
                if isinstance(node, AddressOf | Decay) and id(node) not in held:
                    self._demote_object(None, node.place, Reason("its address is in a static initialiser", node.span))
        for flow in self.static_flows:
            self.holders.setdefault(flow.slot, set()).add(STATIC)
        self.waiting[STATIC] = None

    def _check_static_flows(self) -> None:
        resolver = Resolver(self.program, STATIC, {}, set(), {}, library_result, self.demotions, self.views)
        for flow in self.static_flows:
            self._check_held(STATIC, resolver, Held(flow.slot, flow.value, "a static initialiser", flow.span))
            target = None if flow.value is None else resolver.pointer(flow.value)
            last = target.steps[-1] if target is not None and target.steps else None
            if isinstance(last, IndexStep) and last.fixed != 0:
                self._demote(flow.slot, Reason("a static initialiser points inside of an array", flow.span))

    def _enter(self, symbol: str, in_memory: Reason | None = None) -> None:
        """A function comes into play. in_memory: of a second instance, why it is needed."""
        function = self.functions[symbol]
        self.uses[symbol] = pointer_uses(function, self.program)
        self.known[symbol] = frozenset(known_loads(function.body, self.layout)) if self.fields else frozenset()
        self.scopes[symbol] = find_scopes(function)
        for slot in mentioned_slots(function, self.program):
            self.holders.setdefault(slot, set()).add(symbol)
        for use in self.uses[symbol]:
            if isinstance(use, Argument | Lent):
                self.callers.setdefault(use.callee, set()).add(symbol)
            if isinstance(use, LibraryCall):
                self._leave_elements(use)
        for node in walk_all(function.body):
            if isinstance(node, Call) and isinstance(node.function, FunctionRef) and is_data_pointer(node.type):
                self.calls.setdefault(symbol, {})[id(node)] = node
            if isinstance(node, FunctionRef):
                self.callers.setdefault(node.symbol, set()).add(symbol)
            if isinstance(node, GlobalPlace):
                self.mentions.setdefault(node.symbol, set()).add(symbol)
        for object in named_by_stub(self.program, function):
            self._demote(GlobalPointers(object), Reason(f"the stub `{function.name}` may change it", function.span))
        self.waiting[symbol] = None
        if in_memory is not None and is_data_pointer(function.type.result):
            self._demote(ResultSlot(symbol), in_memory)
        for local in function.locals:
            if not is_data_pointer(local.type):
                continue
            if local.kind is LocalKind.PARAM and in_memory is not None:
                self._demote(PointerSlot(symbol, local.id), in_memory)
            elif local.kind is LocalKind.PARAM and function.name == "main":
                self._demote(PointerSlot(symbol, local.id), Reason("the system calls `main`", local.span))
            assert isinstance(local.type, PointerType)
            reason = not_liftable(local.type.target)
            if reason is not None:
                self._demote(PointerSlot(symbol, local.id), Reason(reason, local.span))

    def group(self, symbol: str) -> Group | None:
        """The group of parameters of a function, while all of them are above memory, and none of its parameters owns."""
        group = None if self.taken.get(symbol) else self.groups.get(symbol)
        up = group is not None and all(PointerSlot(symbol, param) not in self.demotions for param in group.params)
        return group if up else None

    def _memory_instance(self, symbol: str, reason: Reason) -> None:
        """Makes the second instance of a function."""
        instance = memory_instance(symbol)
        if instance not in self.functions:
            function = self.originals.get(symbol, self.functions[symbol])
            self.functions[instance] = replace(function, symbol=instance, name=f"{function.name}_in_memory", startup=None)
            self._enter(instance, reason)

    # ---- one function

    def _find_results(self) -> None:
        """The least fixpoint of what functions return, before anything is checked."""
        waiting = {symbol: None for symbol, uses in self.uses.items() if any(isinstance(use, Returned) for use in uses)}
        while waiting:
            symbol = next(iter(waiting))
            del waiting[symbol]
            before = self.results.get(symbol)
            self._find_templates(symbol)
            if self.results.get(symbol) != before:
                callers = self.callers.get(symbol, ())
                waiting.update({caller: None for caller in callers if is_data_pointer(self.functions[caller].type.result)})

    def _look_at(self, symbol: str) -> None:
        """Takes down what does not fit in one function, until all that is left fits.

        A use of a pointer that is not known only because another local is not waits for what takes that one down, so that its
        reason names the cause. Locals that only wait for each other go down when nothing else does.
        """
        patient = True
        while True:
            before = len(self.demotions.reasons)
            resolver = self._find_templates(symbol)
            waits = False
            for use in self.uses[symbol]:
                if patient and self._waits(symbol, use):
                    waits = True
                else:
                    self._check(symbol, resolver, use)
            self._instances_of_calls(symbol)
            if len(self.demotions.reasons) > before:
                patient = True
            elif patient and waits:
                patient = False
            else:
                return

    def _instances_of_calls(self, symbol: str) -> None:
        """What is allocated in memory by a call needs an instance that does so."""
        for id, call in self.calls.get(symbol, {}).items():
            assert isinstance(call.function, FunctionRef)
            result = self.results.get(call.function.symbol)
            if result is not None and result.owned and MemoryCall(symbol, id) in self.demotions:
                self._memory_instance(call.function.symbol, _of_call(MemoryCall(symbol, id), call.span))

    def _waits(self, symbol: str, use: Use) -> bool:
        """Whether a pointer that is used comes from a local that is neither known nor in memory."""
        match use:
            case Flow(_, value) | Access(value) | Test(value) | Returned(value):
                values: tuple[Value, ...] = (value,)
            case Argument(value=value):
                values = (value,)
            case Pair(left, right):
                values = (left, right)
            case _:
                return False
        subjects = (subject for value in values for subject in self.subjects.of(symbol, value))
        return any(
            isinstance(subject, PointerSlot)
            and subject not in self.demotions
            and subject.local not in self.found[symbol].templates
            for subject in subjects
        )

    def _finder(self, symbol: str) -> TemplateFinder:
        owners, scopes, function = self.owners[symbol], self.scopes[symbol], self.functions[symbol]
        params, known = len(function.type.params), referents(function)
        return TemplateFinder(
            self.program,
            symbol,
            self.results,
            self.demotions,
            owners,
            self.layout,
            self.views,
            scopes,
            params,
            known,
            self.fields,
        )

    def _find_templates(self, symbol: str) -> Resolver:
        """What each pointer local that is above memory points to, and the function's result."""
        function = self.functions[symbol]
        self._leave_referents(symbol)
        self.owners[symbol] = owners = self._find_owners(symbol)
        finder = self._finder(symbol)
        up = {local.id for local in function.locals if self._is_up(symbol, local.id, local.type)}
        params = [local.id for local in function.locals if local.kind is LocalKind.PARAM and local.id in up]
        given = [use for use in self.uses[symbol] if isinstance(use, Flow | AllocatesVla) and use.local in up]
        flows, arrays = [use for use in given if isinstance(use, Flow)], [use for use in given if isinstance(use, AllocatesVla)]
        lent = {use.variable: use.span for use in self.uses[symbol] if isinstance(use, Lent) and use.variable in up}
        found = finder.locals(params, flows, arrays, lent, self.group(symbol))
        self.found[symbol] = found
        for local in found.nullable & (lent.keys() | finder.referents.values()):
            reason = Reason("its address is passed on, and it may be null", lent.get(local, function.locals[local].span))
            self._demote(PointerSlot(symbol, local), reason)
        for owner in owners.allocations:
            if owner in found.templates:
                why_not = owners.why_not(owner, found.templates)
                if why_not is not None:
                    self._demote(PointerSlot(symbol, owner), Reason(why_not, function.locals[owner].span))
        for local, span in found.apart.items():
            self._demote(PointerSlot(symbol, local), Reason("it points into more than one object", span))
        resolver = finder.resolver(found)
        self._find_result(symbol, finder, resolver)
        return resolver

    def _leave_referents(self, symbol: str) -> None:
        """A parameter that is in memory leads nowhere else."""
        for param, referent in referents(self.functions[symbol]).items():
            slot = PointerSlot(symbol, param)
            if slot in self.demotions:
                reason = Reason("the pointer to it is in memory", self.functions[symbol].locals[param].span, slot)
                self._demote(PointerSlot(symbol, referent), reason)

    def _leave_beside_groups(self, symbol: str) -> None:
        """A function with an array and positions in it has no other parameters that became two."""
        function = self.functions[symbol]
        for referent in referents(function).values():
            reason = Reason("other parameters of the function are positions in one array", function.locals[referent].span)
            self._demote(PointerSlot(symbol, referent), reason)

    def _leave_elements(self, use: LibraryCall) -> None:
        """What the library calls back is given the elements of an array, which are no variables of a caller."""
        for named in map(named_function, use.call.args):
            if named is not None and named.symbol in self.functions:
                for referent in referents(self.functions[named.symbol]).values():
                    reason = Reason(f"it is an element of what `{use.name}` looks at", use.span)
                    self._demote(PointerSlot(named.symbol, referent), reason)
                    self.waiting[named.symbol] = None

    def _find_owners(self, symbol: str) -> Owners:
        """The locals that allocations are assigned to, under what is known of results now."""
        resolver = Resolver(
            self.program, symbol, {}, frozenset(), self.results, library_result, self.demotions, self.views
        )
        uses = self.uses[symbol]
        handed = frozenset(id(use.value) for use in uses if isinstance(use, Flow) and resolver.handed(use.value) is not None)
        taken = frozenset(local for local in self.taken.get(symbol, ()) if PointerSlot(symbol, local) not in self.demotions)
        known = self.owners.get(symbol)
        if known is None or known.handed != handed or known.taken != taken:
            return find_owners(self.functions[symbol], self.layout, uses, handed, taken)
        return known

    def _find_result(self, symbol: str, finder: TemplateFinder, resolver: Resolver) -> None:
        """What the function returns; joined with what was known, so that it only grows."""
        slot = ResultSlot(symbol)
        returns = [use for use in self.uses[symbol] if isinstance(use, Returned)]
        if not returns or slot in self.demotions:
            self.results.pop(symbol, None)
            return
        before = self.results.get(symbol)
        arrays = {use.local for use in self.uses[symbol] if isinstance(use, AllocatesVla)}
        result, why_not = finder.result(resolver, self._live_returns(symbol, resolver, returns), arrays, self.group(symbol))
        if before is not None and result is not None:
            result = before.join(result) or view_result(symbol, before.nullable or result.nullable)
        if why_not is not None:
            self._demote(slot, Reason(why_not, returns[0].span))
        elif result is not None and result != before:
            self.results[symbol] = result
            self.waiting.update(dict.fromkeys(self.callers.get(symbol, ())))

    def _live_returns(self, symbol: str, resolver: Resolver, returns: list[Returned]) -> list[Returned]:
        """The returns that can run, as far as tests for null tell."""

        def is_up(pointer: Value) -> bool:
            subjects = self.subjects.of(symbol, pointer)
            return bool(subjects) and all(subject not in self.demotions for subject in subjects)

        return live_returns(self.functions[symbol], resolver, is_up, returns)

    def _is_up(self, symbol: str, local: int, type: Type) -> bool:
        return is_data_pointer(type) and PointerSlot(symbol, local) not in self.demotions

    # ---- uses

    def _check(self, symbol: str, resolver: Resolver, use: Use) -> None:
        match use:
            case Flow(local, value, span):
                self._check_flow(symbol, resolver, local, value, span)
            case Access(value, span):
                if resolver.pointer(value) is None:
                    self._demote_value(symbol, value, self._why(symbol, value, span))
            case AllocatesVla(local, _, _, span):
                if local not in resolver.templates:
                    self._demote(PointerSlot(symbol, local), Reason("it points to an array of variable length", span))
            case Released(call, value, span):
                if not self._is_release(symbol, resolver, call, value):
                    name = call.function.symbol if isinstance(call.function, FunctionRef) else ""
                    self._demote_value(symbol, value, Reason(f"it is passed to `{name}` of the library", span))
            case Stored():
                self._check_stored(symbol, resolver, use)
            case Returned(value, span):
                self._check_member(symbol, resolver, value, span)
                self._check_returned(symbol, resolver, value, span)
            case Test(value, span):
                if id(value) not in self.known[symbol]:
                    self._check_member(symbol, resolver, value, span)
                self._check_emptied(symbol, resolver, value, span)
                self._check_test(symbol, resolver, value, span)
            case Pair(left, right, span):
                self._check_emptied(symbol, resolver, left, span)
                self._check_emptied(symbol, resolver, right, span)
                targets = resolver.pointer(left), resolver.pointer(right)
                missing = any(map(resolver.may_be_null, (left, right)))
                if not comparable(*targets) or (missing and isinstance(targets[0], Target) and _is_held(targets[0])):
                    for value in (left, right):
                        self._demote_value(symbol, value, Reason("it is compared with a pointer to elsewhere", span))
            case Argument(callee=callee, param=param, value=value, span=span):
                comes_back = self._comes_back(symbol, resolver, use.call, value)
                if asks_null(self.uses, self.subjects, callee, param, comes_back):
                    self._check_emptied(symbol, resolver, value, span)
                    self._check_member(symbol, resolver, value, span)
                self._check_argument(symbol, resolver, use)
            case Lent():
                self._check_lent(symbol, resolver, use)
            case LibraryCall():
                self._check_library(symbol, resolver, use)
            case Held():
                self._check_held(symbol, resolver, use)
            case HeldAddress(slot, span):
                self._demote(slot, Reason("its address is taken", span))
            case Written(value, span):
                target = resolver.pointer(value)
                if target is not None and _is_held(target):
                    self._demote_value(symbol, value, Reason("it is written through, and comes from several places", span))
            case Escape(value, text, span):
                self._demote_value(symbol, value, Reason(text, span))
            case InMemory(place, text, span):
                self._demote_object(symbol, place, Reason(text, span))
            case Everything(text, span):
                self._demote_everything(symbol, Reason(text, span))
                if symbol in self.results and isinstance(self.results[symbol].template.root, ResultRoot):
                    self._demote(ResultSlot(symbol), Reason(text, span))

    def _check_flow(self, symbol: str, resolver: Resolver, local: int, value: Value, span: Span) -> None:
        self._check_kept(symbol, resolver, PointerSlot(symbol, local), local in resolver.templates, value, span)

    def _check_held(self, symbol: str, resolver: Resolver, use: Held) -> None:
        """An object is given a pointer to hold."""
        slot, value = use.slot, use.value
        if slot in self.fields:
            return
        if not self.views.above(slot):
            cause = slot if slot in self.demotions else None
            if value is not None:
                self._demote_value(symbol, value, Reason(f"it is stored in {use.words}", use.span, cause))
            return
        if value is not None and not is_null(value) and resolver.pointer(value) is None:
            self._demote(slot, self._why(symbol, value, use.span))
            self._demote_value(symbol, value, Reason(f"it is stored in {use.words}", use.span, slot))
        elif slot not in self.views.nullable and (
            self._asks_null(slot) if value is None else resolver.may_be_null(value)
        ):
            self.views.nullable.add(slot)
            self.waiting.update(dict.fromkeys(self.holders.get(slot, ())))

    def _asks_null(self, slot: HeldSlot) -> bool:
        """Whether an object of zero bytes holds null, as far as anybody can tell: there is no empty slice of a struct to stand for it."""
        return isinstance(self.views.pointees[slot], RecordType) or asks_null_of_held(self.uses, self.subjects, self.holders, slot)

    def _check_returned(self, symbol: str, resolver: Resolver, value: Value, span: Span) -> None:
        self._check_kept(symbol, resolver, ResultSlot(symbol), symbol in self.results, value, span)

    def _is_release(self, symbol: str, resolver: Resolver, call: Call, value: Value) -> bool:
        """Whether what is freed or reallocated is all that a local owns, which gets it back."""
        if is_null(value):
            return True
        if isinstance(value, Load) and field_slot(value.place, self.program) in self.fields:
            return call.type == VoidType() or comes_back_to(value.place, call, self.uses[symbol])
        target = resolver.pointer(value)
        if target is None or not isinstance(target.root, OwnedRoot) or target.template != Template(target.root, (0,)):
            return False
        return call.type == VoidType() or self._comes_back(symbol, resolver, call, value)

    def _check_stored(self, symbol: str, resolver: Resolver, use: Stored) -> None:
        """A member that owns is given allocations alone, which nobody else has."""
        if use.slot not in self.fields or can_store(resolver, use, self.layout):
            return
        self._demote(use.slot, self._why(symbol, use.value, use.span))
        self._demote_value(symbol, use.value, Reason(use.reason, use.span))

    def _check_member(self, symbol: str, resolver: Resolver, value: Value, span: Span) -> None:
        """A member that owns may have nothing, which is null in C; that it is null nobody may ask."""
        slot = asked_member(self.functions[symbol], resolver, value) if self.fields else None
        if slot is not None:
            self._demote(slot, Reason("it may be null", span))

    def _comes_back(self, symbol: str, resolver: Resolver, call: Call, value: Value) -> bool:
        """Whether the owner of an argument is given what the call returns."""
        target = resolver.pointer(value)
        if target is None or not isinstance(target.root, OwnedRoot):
            return False
        owner = target.root.local
        return any(
            isinstance(use, Flow) and use.local == owner and without_casts(use.value) is call for use in self.uses[symbol]
        )

    def _check_kept(
        self, symbol: str, resolver: Resolver, subject: Subject, known: bool, value: Value, span: Span
    ) -> None:
        """A local or the result is given a value; known: whether there is a template for what it may be."""
        text = "it is returned as a pointer to memory" if isinstance(subject, ResultSlot) else "it is assigned to a pointer in memory"
        if subject in self.demotions:
            self._demote_value(symbol, value, Reason(text, span, subject))
        elif not known or not (resolver.pointer(value) or is_null(value) or self._is_allocation(symbol, resolver, subject, value)):
            self._demote(subject, self._why(symbol, value, span))
            self._demote_value(symbol, value, Reason(text, span, subject))

    def _is_allocation(self, symbol: str, resolver: Resolver, subject: Subject, value: Value) -> bool:
        """Whether a local is given what it owns, or the caller."""
        if isinstance(subject, ResultSlot):
            return self.results[symbol].owned and allocates_result(resolver, value, self.layout)
        if not isinstance(subject, PointerSlot):
            return False
        owned = resolver.templates[subject.local].root == OwnedRoot(subject.local)
        return owned and self._finder(symbol).allocates(resolver, subject.local, value)

    def _check_emptied(self, symbol: str, resolver: Resolver, value: Value, span: Span) -> None:
        """An owner that is given null has no elements then; that it is null nobody may ask."""
        target = resolver.pointer(value)
        if target is not None:
            self._check_root_emptied(symbol, target.root, span)

    def _check_root_emptied(self, symbol: str, root: Root, span: Span) -> None:
        if isinstance(root, OwnedRoot) and root.local in self.found[symbol].emptied:
            self._demote(PointerSlot(symbol, root.local), Reason("it may be null", span))

    def _check_test(self, symbol: str, resolver: Resolver, value: Value, span: Span) -> None:
        """Targets that are known are objects. Only who calls a library from outside may pass null."""
        target = resolver.pointer(value)
        if target is None:
            self._demote_value(symbol, value, self._why(symbol, value, span))
        elif resolver.may_be_null(value):
            pass
        elif self.owners[symbol].is_param(target) and not self.closed_world and not self.functions[symbol].static:
            assert isinstance(target.root, ParamRoot | OwnedRoot)
            self._demote(PointerSlot(symbol, target.root.local), Reason("it may be null", span))

    def _is_given_away(self, symbol: str, resolver: Resolver, value: Value) -> bool:
        """Whether an argument is all of an allocation, which the callee can become the owner of."""
        arrays = {use.local for use in self.uses[symbol] if isinstance(use, AllocatesVla)}
        handed = handed_result(resolver, value, self.layout, arrays)
        return handed is not None and not handed.nullable

    def _check_argument(self, symbol: str, resolver: Resolver, use: Argument) -> None:
        call = MemoryCall(symbol, id(use.call))
        if call in self.demotions:
            self._memory_instance(use.callee, _of_call(call, use.span))
            self._demote_value(symbol, use.value, Reason("the call is of the instance for memory", use.span, call))
            return
        callee = self.functions[use.callee]
        slot = PointerSlot(use.callee, use.param)
        known = referents(self.functions[symbol])
        own = lent_variable(use.value, known)
        if own is not None and own in known.values() and PointerSlot(symbol, own) not in self.demotions:
            reason = Reason(f"`{callee.name}` is given the pointer to it", use.span, slot if slot in self.demotions else None)
            self._demote(PointerSlot(symbol, own), reason)
            return
        if slot in self.demotions:
            self._demote_value(symbol, use.value, Reason(f"`{callee.name}` takes it in memory", use.span, slot))
            return
        expected, given = callee.type.params[use.param], use.value.type
        assert isinstance(given, PointerType)
        fits = isinstance(expected, PointerType) and same_representation(expected.target, given.target)
        if use.param in self.taken.get(use.callee, ()):
            fits = fits and self._is_given_away(symbol, resolver, use.value)
            there = fits
        else:
            there = resolver.pointer(use.value) is not None and (
            not resolver.may_be_null(use.value) or reads_at_entry(self.program.functions, (use.callee, use.param))
        )
        group = self.group(use.callee)
        if group is not None and use.param in group.params:
            there = given_array(resolver, use.call, group) is not None
        if self._leads(use.callee, use.param):
            return  # See `_settle_lent`.
        if fits and there and len(use.call.args) >= len(callee.type.params):
            return
        why = self._why(symbol, use.value, use.span)
        text = f"`{callee.name}` is called with a pointer to memory" + (f": {why.text}" if why.cause is None else "")
        self.demotions.add(call, replace(why, text=text))
        self._memory_instance(use.callee, _of_call(call, use.span))

    def _leads(self, symbol: str, param: int) -> bool:
        """Whether a parameter is an array and a position in it: that takes the address of a variable (`_check_lent`)."""
        referent = referents(self.functions[symbol]).get(param)
        return referent is not None and PointerSlot(symbol, referent) not in self.demotions

    def _check_lent(self, symbol: str, resolver: Resolver, use: Lent) -> None:
        """The address of a variable goes to a function that has a referent for it, or the variable is in memory."""
        call, variable = MemoryCall(symbol, id(use.call)), PointerSlot(symbol, use.variable)
        callee = self.functions[use.callee]
        referent = PointerSlot(use.callee, referents(callee)[use.param])
        if call in self.demotions or referent in self.demotions:
            cause: Subject = call if call in self.demotions else referent
            if variable in self.demotions and use.variable not in resolver.templates:
                self._check_argument(symbol, resolver, use.argument)
            self._demote(variable, Reason(f"`{callee.name}` takes the address of it", use.span, cause))
        elif use.variable in resolver.templates:
            self._check_root_emptied(symbol, resolver.templates[use.variable].root, use.span)

    def _check_library(self, symbol: str, resolver: Resolver, use: LibraryCall) -> None:
        """What a call of the library is not lent, it takes in memory."""
        chosen = choose_library_call(resolver, use.call)
        lent = frozenset() if isinstance(chosen, Refusal) else chosen.lent
        reason = Reason(f"it is passed to `{use.name}` of the library", use.span)
        if isinstance(chosen, Refusal):
            call = MemoryCall(symbol, id(use.call))
            cause: Subject | None = call if call in self.demotions else chosen.cause
            if chosen.missing is not None:
                cause = self._why(symbol, chosen.missing, use.span).cause
            reason = Reason(chosen.text, use.span, cause)
        for position, arg in enumerate(use.call.args):
            if is_data_pointer(arg.type) and position not in lent:
                self._demote_value(symbol, arg, reason)

    def _why(self, symbol: str, value: Value, span: Span) -> Reason:
        """Why a value has no known target: what in it is in memory, or what it is."""
        for subject in self.subjects.of(symbol, value):
            if subject in self.demotions:
                return Reason("it is derived from what is in memory", span, subject)
        return Reason(origin(value, self.program), span)

    # ---- demotion

    def _demote_value(self, symbol: str, value: Value, reason: Reason) -> None:
        for subject in self.subjects.of(symbol, value):
            self._demote(subject, reason)

    def _demote_object(self, symbol: str | None, place: Place, reason: Reason) -> None:
        for subject in self.subjects.of_object(symbol, place):
            self._demote(subject, reason)

    def _demote_everything(self, symbol: str, reason: Reason) -> None:
        function = self.functions[symbol]
        for local in function.locals:
            if is_data_pointer(local.type):
                self._demote(PointerSlot(symbol, local.id), reason)
        for node in walk_all(function.body):
            if isinstance(node, AddressOf | Decay):
                self._demote_object(symbol, node.place, reason)
        for slot, holders in self.holders.items():
            if symbol in holders:
                self._demote(slot, reason)

    def _demote(self, subject: Subject, reason: Reason) -> None:
        """Demotes a subject and has those look again whom that concerns."""
        if not self.demotions.add(subject, replace(reason, cause=None) if reason.cause == subject else reason):
            return
        self._demote_held(subject, reason)
        match subject:
            case FieldSlot() | GlobalPointers() | ElementPointers():
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

    def _demote_held(self, subject: Subject, reason: Reason) -> None:
        """A struct whose objects are in memory has all its pointers there."""
        for slot in self._held_by(subject):
            self._demote(slot, Reason("an object that holds it is in memory", reason.span, subject))

    def _held_by(self, subject: Subject) -> Iterator[HeldSlot]:
        """The slots of objects that are in memory with a subject: what it is, or points to."""
        match subject:
            case PointerSlot(symbol, local) | LocalObject(symbol, local) if symbol in self.functions:
                type = self.functions[symbol].locals[local].type
                own: HeldSlot = ElementPointers(symbol, local)
            case ResultSlot(symbol) if symbol in self.functions:
                type, own = self.functions[symbol].type.result, GlobalPointers("")
            case GlobalObject(symbol) if symbol in self.program.variables:
                type, own = self.program.variables[symbol].type, GlobalPointers(symbol)
            case FieldSlot() | GlobalPointers() | ElementPointers() if subject in self.views.pointees:
                type, own = self.views.pointees[subject], subject
            case _:
                return
        if own in self.views.pointees:
            yield own
        yield from fields_within(type, self.program)


def _of_call(call: MemoryCall, span: Span) -> Reason:
    return Reason("a call passes pointers to memory", span, call)


def _is_held(target: Target) -> bool:
    """Whether a target is behind a reference that something holds."""
    return isinstance(target.root, HeldRoot | ViewRoot)
