"""Whether each use of a pointer fits what it is above memory; what does not fit goes down (see `infer.solver`)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.bounds import given_array
from c2rust_py.infer.cursors import lent_variable, referents
from c2rust_py.infer.demotions import (
    FieldSlot,
    HeldSlot,
    MemoryCall,
    PointedPointers,
    PointerSlot,
    Reason,
    ResultSlot,
    Subject,
)
from c2rust_py.infer.ends import stored_end
from c2rust_py.infer.entry_reads import reads_at_entry
from c2rust_py.infer.field_slots import field_slot
from c2rust_py.infer.flat_views import views_in_rows
from c2rust_py.infer.function_templates import template_finder
from c2rust_py.infer.handovers import allocates_result, handed_result
from c2rust_py.infer.held_positions import held_in
from c2rust_py.infer.library_calls import Refusal
from c2rust_py.infer.library_formats import choose_library_call
from c2rust_py.infer.member_checks import asked_member, can_store, comes_back_to
from c2rust_py.infer.null_questions import asks_null, asks_null_of_held
from c2rust_py.infer.optional_params import can_be_given, can_be_optional
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
    SystemArguments,
    Test,
    Use,
    Written,
)
from c2rust_py.infer.solver_state import SolverState, of_call
from c2rust_py.infer.targets import (
    HeldRoot,
    ObjectRoot,
    OwnedRoot,
    ParamRoot,
    Resolver,
    ResultRoot,
    Root,
    Target,
    Template,
    ViewRoot,
    is_data_pointer,
    is_null,
    without_casts,
)
from c2rust_py.infer.view_pairs import compares_views
from c2rust_py.ir.function_refs import named_function
from c2rust_py.ir.nodes import (
    Call,
    FieldPlace,
    FunctionRef,
    Load,
    LocalPlace,
    Value,
)
from c2rust_py.ir.types import (
    PointerType,
    RecordType,
    VoidType,
    same_representation,
)


@dataclass(frozen=True, slots=True)
class UseChecker:
    """The checks of one function. resolver: with what its pointers point to now; flat: those of them that were known to go from row
    to row then."""

    state: SolverState
    symbol: str
    resolver: Resolver
    flat: AbstractSet[PointerSlot | int] = frozenset()

    def check(self, use: Use) -> None:
        match use:
            case Flow(local, value, span):
                self._check_flow(local, value, span)
            case Access(value, span):
                if self.resolver.pointer(value) is None:
                    self._demote(value, self._why(value, span))
            case AllocatesVla(local, _, _, span):
                if local not in self.resolver.templates:
                    self.state.demote(PointerSlot(self.symbol, local), Reason("it points to an array of variable length", span))
            case Released(call, value, span):
                if not self._is_release(call, value):
                    name = call.function.symbol if isinstance(call.function, FunctionRef) else ""
                    self._demote(value, Reason(f"it is passed to `{name}` of the library", span))
            case Stored():
                self._check_stored(use)
            case Returned(value, span):
                self._check_member(value, span)
                self._check_returned(value, span)
            case Test(value, span):
                self._check_asked(value, span)
                self._check_test(value, span)
            case Pair(left, right, span):
                self._check_emptied(left, span)
                self._check_emptied(right, span)
                targets = self.resolver.pointer(left), self.resolver.pointer(right)
                missing = any(map(self.resolver.may_be_null, (left, right)))
                if compares_views(self.resolver, left, right):
                    pass
                elif not self.resolver.comparable(left, right) or (missing and isinstance(targets[0], Target) and _is_held(targets[0])):
                    for value in (left, right):
                        self._demote(value, Reason("it is compared with a pointer to elsewhere", span))
            case Argument(value=value, span=span):
                if self._may_be_empty(value) and use.param not in self.state.taken.get(use.callee, ()) and self._asks_null_of(use):
                    self._check_asked(value, span)
                self._check_argument(use)
            case Lent():
                self._check_lent(use)
            case LibraryCall():
                self._check_library(use)
            case Held():
                self._check_held(use)
            case SystemArguments(param, span):
                self._check_arguments(param, span)
            case HeldAddress(slot, span):
                self.state.demote(slot, Reason("its address is taken", span))
            case Written(value, span):
                target = self.resolver.pointer(value)
                if target is not None and isinstance(target.root, ViewRoot) and self._goes_through_rows(target.root.local):
                    pass
                elif target is not None and _is_held(target):
                    self._note_written(target.root)
                    self._demote(value, Reason("it is written through, and comes from several places", span))
            case Escape(value, text, span):
                self._demote(value, Reason(text, span))
            case InMemory(place, text, span):
                self.state.demote_object(self.symbol, place, Reason(text, span))
            case Everything(text, span):
                self.state.demote_everything(self.symbol, Reason(text, span))
                if self.symbol in self.state.results and isinstance(self.state.results[self.symbol].template.root, ResultRoot):
                    self.state.demote(ResultSlot(self.symbol), Reason(text, span))

    def _goes_through_rows(self, local: int) -> bool:
        """Notes a local that holds views of nothing but rows of one array: positions in all of them do. Whether it is such."""
        views = views_in_rows(self.resolver, local, self.state.uses[self.symbol], self.flat)
        for view in views:
            self.state.demotions.note_flat(PointerSlot(self.symbol, view))
        return bool(views)

    def _note_written(self, root: Root) -> None:
        """What is written through arrays of views: positions would do."""
        values: list[Value] = [root.value] if isinstance(root, HeldRoot) else []
        if isinstance(root, ViewRoot):
            flows = (use for use in self.state.uses[self.symbol] if isinstance(use, Flow))
            values += [flow.value for flow in flows if flow.local == root.local]
        for value in values:
            self.state.demotions.written.update(held_in(self.resolver.views, self.symbol, value))

    def _demote(self, value: Value, reason: Reason) -> None:
        self.state.demote_value(self.symbol, value, reason)

    def _why(self, value: Value, span: Span) -> Reason:
        return self.state.why(self.symbol, value, span)

    def _check_flow(self, local: int, value: Value, span: Span) -> None:
        self._check_kept(PointerSlot(self.symbol, local), self.resolver.templates.get(local), value, span)

    def _can_hold(self, value: Value) -> bool:
        """Whether an object can hold a view of what a pointer points to: nobody holds one of an object of an arena."""
        target = self.resolver.pointer(value)
        return target is not None and not isinstance(target.root, ObjectRoot)

    def _check_held(self, use: Held) -> None:
        """An object is given a pointer to hold."""
        slot, value = use.slot, use.value
        if slot in self.state.fields:
            return
        if self.state.views.holds_positions(slot):
            self._check_position(use)
            return
        if not self.state.views.above(slot):
            cause = slot if slot in self.state.demotions else None
            if value is not None:
                self._demote(value, Reason(f"it is stored in {use.words}", use.span, cause))
            return
        if value is not None and not is_null(value) and not self._can_hold(value):
            self.state.demote(slot, self._why(value, use.span))
            self._demote(value, Reason(f"it is stored in {use.words}", use.span, slot))
        elif slot not in self.state.views.nullable and (
            self._asks_null(slot) if value is None else self.resolver.may_be_null(value)
        ):
            self.state.add_nullable(slot)

    def _check_position(self, use: Held) -> None:
        """An array is given a position in what it has positions of."""
        slot, value = use.slot, use.value
        if value is not None and not is_null(value):
            target, known = self.resolver.pointer(value), self.resolver.held.get(slot)
            aligned = None if known is None else self.resolver.aligned(value, known)
            if target is None or known is None or aligned is None or known.join(target.template) != known:
                self.state.demote(slot, self._why(value, use.span))
                self._demote(value, Reason(f"it is stored in {use.words}", use.span, slot))
                return
        missing = value is None or self.resolver.may_be_null(value)
        if missing and slot not in self.state.views.nullable:
            self.state.add_nullable(slot)

    def _check_arguments(self, param: int, span: Span) -> None:
        """The arguments of the program are views, or in memory: there is no slice of pointers to memory to start from."""
        slot = PointedPointers(self.symbol, param)
        if self.state.views.above(slot):
            self._check_held(Held(slot, None, "the arguments", span))
        else:
            cause = slot if slot in self.state.demotions else None
            self.state.demote(PointerSlot(self.symbol, param), Reason("the system calls `main`", span, cause))

    def _asks_null(self, slot: HeldSlot) -> bool:
        """Whether an object of zero bytes holds null, as far as anybody can tell: there is no empty slice of a struct to stand for it."""
        state = self.state
        is_record = isinstance(state.views.pointees[slot], RecordType)
        return is_record or asks_null_of_held(state.uses, state.subjects, state.holders, slot)

    def _check_returned(self, value: Value, span: Span) -> None:
        result = self.state.results.get(self.symbol)
        self._check_kept(ResultSlot(self.symbol), None if result is None else result.template, value, span)

    def _is_release(self, call: Call, value: Value) -> bool:
        """Whether what is freed or reallocated is all that a local owns, which gets it back."""
        if is_null(value):
            return True
        if isinstance(value, Load) and field_slot(value.place, self.state.program) in self.state.fields:
            return call.type == VoidType() or comes_back_to(value.place, call, self.state.uses[self.symbol])
        target = self.resolver.pointer(value)
        if target is None or not isinstance(target.root, OwnedRoot) or target.template != Template(target.root, (0,)):
            return False
        return call.type == VoidType() or self._comes_back(call, value)

    def _check_stored(self, use: Stored) -> None:
        """A member that owns is given allocations alone, which nobody else has."""
        if use.slot not in self.state.fields or can_store(self.resolver, use, self.state.layout):
            return
        self.state.demote(use.slot, self._why(use.value, use.span))
        self._demote(use.value, Reason(use.reason, use.span))

    def _check_member(self, value: Value, span: Span) -> None:
        """A member that owns may have nothing, which is null in C; that it is null nobody may ask."""
        slot = self._member(value)
        if slot is not None:
            self.state.demote(slot, Reason("it may be null", span))

    def _member(self, value: Value) -> FieldSlot | None:
        return asked_member(self.state.functions[self.symbol], self.resolver, value) if self.state.fields else None

    def _comes_back(self, call: Call, value: Value) -> bool:
        """Whether the owner of an argument is given what the call returns."""
        target = self.resolver.pointer(value)
        if target is None or not isinstance(target.root, OwnedRoot):
            return False
        owner = target.root.local
        flows = (use for use in self.state.uses[self.symbol] if isinstance(use, Flow) and use.local == owner)
        return any(without_casts(flow.value) is call for flow in flows)

    def _check_kept(self, subject: Subject, known: Template | None, value: Value, span: Span) -> None:
        """A local or the result is given a value; known: the template for what it may be, if there is one."""
        text = "it is returned as a pointer to memory" if isinstance(subject, ResultSlot) else "it is assigned to a pointer in memory"
        if subject in self.state.demotions:
            self._demote(value, Reason(text, span, subject))
        elif known is None or not (self._fits_in(known, value) or is_null(value) or self._is_allocation(subject, value)):
            self.state.demote(subject, self._why(value, span))
            self._demote(value, Reason(text, span, subject))

    def _fits_in(self, known: Template, value: Value) -> bool:
        """Whether a value is a view, or an instance of the template of what it is given to."""
        target = self.resolver.pointer(value)
        if target is None or isinstance(known.root, ViewRoot | ResultRoot):
            return target is not None
        return self.resolver.aligned(value, known) is not None

    def _is_allocation(self, subject: Subject, value: Value) -> bool:
        """Whether a local is given what it owns, or the caller."""
        if isinstance(subject, ResultSlot):
            return self.state.results[self.symbol].owned and allocates_result(self.resolver, value, self.state.layout)
        if not isinstance(subject, PointerSlot):
            return False
        owned = self.resolver.templates[subject.local].root == OwnedRoot(subject.local)
        return owned and template_finder(self.state, self.symbol).allocates(self.resolver, subject.local, value)

    def _check_asked(self, value: Value, span: Span) -> None:
        """Somebody may ask whether a value is null: an owner that has nothing is, what is derived from it says nothing."""
        match value:
            case _ if id(value) in self.state.known[self.symbol]:
                pass
            case Load(LocalPlace(local)) if self.resolver.templates.get(local) == Template(OwnedRoot(local), (0,)):
                if self.resolver.has_nothing(value):
                    self.state.ask(PointerSlot(self.symbol, local))
            case Load(FieldPlace() as place) if (slot := self._owning(place)) is not None:
                self.state.ask(slot)
            case _:
                self._check_member(value, span)
                self._check_emptied(value, span)

    def _owning(self, place: FieldPlace) -> FieldSlot | None:
        """The member that owns at a place."""
        slot = field_slot(place, self.state.program)
        return slot if slot in self.state.fields and self.resolver.place(place) is not None else None

    def _check_emptied(self, value: Value, span: Span) -> None:
        """An owner that is given null has no elements then; that it is null nobody may ask."""
        target = self.resolver.pointer(value)
        if target is not None:
            self._check_root_emptied(target.root, span)

    def _check_root_emptied(self, root: Root, span: Span) -> None:
        if self._is_emptied(root):
            assert isinstance(root, OwnedRoot)
            self.state.demote(PointerSlot(self.symbol, root.local), Reason("it may be null", span))

    def _is_emptied(self, root: Root) -> bool:
        return isinstance(root, OwnedRoot) and root.local in self.state.found[self.symbol].emptied

    def _may_be_empty(self, value: Value) -> bool:
        """Whether a value is an owner, or a member that owns, which may have nothing."""
        target = self.resolver.pointer(value)
        return target is not None and self._is_emptied(target.root) or self._member(value) is not None

    def _asks_null_of(self, use: Argument) -> bool:
        """Whether a function that is called may find out that its argument is null."""
        comes_back = self._comes_back(use.call, use.value)
        return asks_null(self.state.uses, self.state.subjects, use.callee, use.param, comes_back)

    def _check_test(self, value: Value, span: Span) -> None:
        """Targets that are known are objects. Only who calls a library from outside may pass null."""
        target = self.resolver.pointer(value)
        if target is None:
            self._demote(value, self._why(value, span))
        elif self.resolver.may_be_null(value):
            pass
        elif isinstance(value, Load) and isinstance(slot := self.resolver.views.at(value.place, self.symbol), PointedPointers):
            if not self.state.closed_world:
                self.state.add_nullable(slot)
        elif self.state.owners[self.symbol].is_param(target) and self.state.is_exported(self.symbol):
            assert isinstance(target.root, ParamRoot | OwnedRoot)
            param = PointerSlot(self.symbol, target.root.local)
            if can_be_optional(self.state, param):
                self.state.add_optional(param)
            else:
                self.state.demote(param, Reason("it may be null", span))

    def _is_given_away(self, value: Value, param: PointerSlot) -> bool:
        """Whether an argument is all of an allocation, or null, which the callee can become the owner of."""
        arrays = {use.local for use in self.state.uses[self.symbol] if isinstance(use, AllocatesVla)}
        handed = handed_result(self.resolver, value, self.state.layout, arrays)
        if is_null(value) or (handed is not None and handed.nullable):
            self.state.give_nothing(param)
        return is_null(value) or handed is not None

    def _check_argument(self, use: Argument) -> None:
        call = MemoryCall(self.symbol, id(use.call))
        if call in self.state.demotions:
            self.state.make_memory_instance(use.callee, of_call(call, use.span))
            self._demote(use.value, Reason("the call is of the instance for memory", use.span, call))
            return
        callee = self.state.functions[use.callee]
        slot = PointerSlot(use.callee, use.param)
        known = referents(self.state.functions[self.symbol])
        own = lent_variable(use.value, known)
        if own is not None and own in known.values() and PointerSlot(self.symbol, own) not in self.state.demotions:
            reason = Reason(f"`{callee.name}` is given the pointer to it", use.span, slot if slot in self.state.demotions else None)
            self.state.demote(PointerSlot(self.symbol, own), reason)
            return
        if slot in self.state.demotions:
            self._demote(use.value, Reason(f"`{callee.name}` takes it in memory", use.span, slot))
            return
        if _leads(self.state, use.callee, use.param):
            return  # See `infer.solver`: this is settled when all else is.
        if self._fits(use) or self._is_optional(use):
            return
        why = self._why(use.value, use.span)
        text = f"`{callee.name}` is called with a pointer to memory" + (f": {why.text}" if why.cause is None else "")
        self.state.demotions.add(call, replace(why, text=text))
        self.state.make_memory_instance(use.callee, of_call(call, use.span))

    def _fits(self, use: Argument) -> bool:
        """Whether an argument is what a parameter above memory can be given."""
        callee, value = self.state.functions[use.callee], use.value
        expected, given = callee.type.params[use.param], value.type
        assert isinstance(given, PointerType)
        if len(use.call.args) < len(callee.type.params) or not isinstance(expected, PointerType):
            return False
        if not same_representation(expected.target, given.target):
            return False
        if use.param in self.state.taken.get(use.callee, ()):
            return self._is_given_away(value, PointerSlot(use.callee, use.param))
        group = self.state.group(use.callee)
        if group is not None and use.param in group.params:
            return given_array(self.resolver, use.call, group) is not None
        if self.resolver.pointer(value) is None:
            return False
        is_read = reads_at_entry(self.state.program.functions, (use.callee, use.param))
        return is_read or not self.resolver.may_be_null(value)

    def _is_optional(self, use: Argument) -> bool:
        """Whether a parameter can be given an argument that may be null: from then on it may be missing."""
        slot, given = PointerSlot(use.callee, use.param), use.value
        expected = self.state.functions[use.callee].type.params[use.param]
        assert isinstance(given.type, PointerType) and isinstance(expected, PointerType)
        if not same_representation(expected.target, given.type.target) or not can_be_optional(self.state, slot):
            return False
        if not can_be_given(self.resolver, given) or reads_at_entry(self.state.program.functions, (use.callee, use.param)):
            return False
        self.state.add_optional(slot)
        return True

    def _check_lent(self, use: Lent) -> None:
        """The address of a variable goes to a function that has a referent for it, or the variable is in memory."""
        call, variable = MemoryCall(self.symbol, id(use.call)), PointerSlot(self.symbol, use.variable)
        callee = self.state.functions[use.callee]
        referent = PointerSlot(use.callee, referents(callee)[use.param])
        if call in self.state.demotions or referent in self.state.demotions:
            cause: Subject = call if call in self.state.demotions else referent
            if variable in self.state.demotions and use.variable not in self.resolver.templates:
                self._check_argument(use.argument)
            self.state.demote(variable, Reason(f"`{callee.name}` takes the address of it", use.span, cause))
        elif use.variable in self.resolver.templates:
            self._check_root_emptied(self.resolver.templates[use.variable].root, use.span)

    def _check_library(self, use: LibraryCall) -> None:
        """What a call of the library is not lent, it takes in memory."""
        chosen = choose_library_call(self.resolver, use.call)
        lent = frozenset() if isinstance(chosen, Refusal) else chosen.lent
        reason = Reason(f"it is passed to `{use.name}` of the library", use.span)
        if isinstance(chosen, Refusal):
            call = MemoryCall(self.symbol, id(use.call))
            cause: Subject | None = call if call in self.state.demotions else chosen.cause
            if chosen.missing is not None:
                cause = self._why(chosen.missing, use.span).cause
            reason = Reason(chosen.text, use.span, cause)
        for position, arg in enumerate(use.call.args):
            if is_data_pointer(arg.type) and position not in lent:
                self._demote(arg, reason)
        if not isinstance(chosen, Refusal):
            return
        for named in map(named_function, use.call.args):
            if named is not None and named.symbol in self.state.functions:
                self.state.make_memory_instance(named.symbol, reason)
        end = stored_end(use.call, self.resolver.referents)
        if end is not None:
            self._demote(Load(end.place, end.place.type, use.span), reason)


def _is_held(target: Target) -> bool:
    """Whether a target is behind a reference that something holds."""
    return isinstance(target.root, HeldRoot | ViewRoot)


def _leads(state: SolverState, symbol: str, param: int) -> bool:
    """Whether a parameter is an array and a position in it: that takes the address of a variable (`_check_lent`)."""
    referent = referents(state.functions[symbol]).get(param)
    return referent is not None and PointerSlot(symbol, referent) not in state.demotions
