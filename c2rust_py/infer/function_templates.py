"""What the pointers of one function point to, as far as is known while the slot solver runs (see `infer.solver`)."""

from __future__ import annotations

from collections.abc import Iterator

from c2rust_py.infer.cursors import referents
from c2rust_py.infer.demotions import (
    MemoryCall,
    PointedPointers,
    PointerSlot,
    Reason,
    ResultSlot,
)
from c2rust_py.infer.handovers import live_returns
from c2rust_py.infer.held_templates import HeldCall
from c2rust_py.infer.library_calls import gives_new, library_result
from c2rust_py.infer.owners import Owners, find_owners
from c2rust_py.infer.pointer_uses import (
    AllocatesVla,
    Argument,
    Flow,
    Held,
    Lent,
    Returned,
)
from c2rust_py.infer.solver_state import SolverState
from c2rust_py.infer.targets import (
    Resolver,
    is_data_pointer,
    without_casts,
)
from c2rust_py.infer.templates import TemplateFinder, view_result
from c2rust_py.infer.views import HeldFlow, pointed_slots
from c2rust_py.ir.nodes import (
    Call,
    FunctionRef,
    Value,
)
from c2rust_py.ir.program import LocalKind
from c2rust_py.ir.types import (
    Type,
)


def find_function_templates(state: SolverState, symbol: str) -> Resolver:
    """What each pointer local that is above memory points to, and the function's result: both go into the state."""
    function = state.functions[symbol]
    _leave_referents(state, symbol)
    state.owners[symbol] = owners = _find_owners(state, symbol)
    finder = template_finder(state, symbol)
    up = {local.id for local in function.locals if _is_up(state, symbol, local.id, local.type)}
    params = [local.id for local in function.locals if local.kind is LocalKind.PARAM and local.id in up]
    given = [use for use in state.uses[symbol] if isinstance(use, Flow | AllocatesVla) and use.local in up]
    flows, arrays = [use for use in given if isinstance(use, Flow)], [use for use in given if isinstance(use, AllocatesVla)]
    lent = {use.variable: use.span for use in state.uses[symbol] if isinstance(use, Lent) and use.variable in up}
    held = list(_held_flows(state, symbol))
    found = finder.locals(params, flows, arrays, lent, state.group(symbol), held)
    if found.held != (state.found[symbol].held if symbol in state.found else {}):
        state.waiting.update(dict.fromkeys(state.callers.get(symbol, ())))
    state.found[symbol] = found
    for slot, span in found.held_apart.items():
        state.demote(slot, Reason("it points into more than one object", span))
    for local in found.nullable & (lent.keys() | finder.referents.values()):
        reason = Reason("its address is passed on, and it may be null", lent.get(local, function.locals[local].span))
        state.demote(PointerSlot(symbol, local), reason)
    for owner in owners.allocations:
        if owner in found.templates:
            why_not = owners.why_not(owner, found.templates)
            if why_not is not None:
                state.demote(PointerSlot(symbol, owner), Reason(why_not, function.locals[owner].span))
    for local, span in found.apart.items():
        state.demote(PointerSlot(symbol, local), Reason("it points into more than one object", span))
    resolver = finder.resolver(found)
    _find_result(state, symbol, finder, resolver)
    return resolver


def _held_flows(state: SolverState, symbol: str) -> Iterator[HeldFlow | HeldCall]:
    """What gives the arrays of a function positions: the function, and those that it passes them to."""
    for use in state.uses[symbol]:
        match use:
            case Held(slot, value, _, span) if state.views.holds_positions(slot):
                yield HeldFlow(slot, value, span)
            case Argument(call, callee, param, value, span) if state.views.holds_positions(PointedPointers(callee, param)):
                known = state.found[callee].held if callee in state.found else {}
                template = known.get(PointedPointers(callee, param))
                if template is not None and MemoryCall(symbol, id(call)) not in state.demotions:
                    yield from (HeldCall(slot, call, template, span) for slot in pointed_slots(value, symbol, state.program))
            case _:
                pass


def template_finder(state: SolverState, symbol: str) -> TemplateFinder:
    owners, scopes, function = state.owners[symbol], state.scopes[symbol], state.functions[symbol]
    params, known = len(function.type.params), referents(function)
    return TemplateFinder(
        state.program,
        symbol,
        state.results,
        state.demotions,
        owners,
        state.layout,
        state.views,
        scopes,
        params,
        known,
        state.fields,
        state.present[symbol],
        state.optional_params(symbol),
        state.asked,
        frozenset(slot.local for slot in state.given_nothing if slot.function == symbol and slot.local in owners.taken),
    )


def _leave_referents(state: SolverState, symbol: str) -> None:
    """A parameter that is in memory leads nowhere else."""
    for param, referent in referents(state.functions[symbol]).items():
        slot = PointerSlot(symbol, param)
        if slot in state.demotions:
            reason = Reason("the pointer to it is in memory", state.functions[symbol].locals[param].span, slot)
            state.demote(PointerSlot(symbol, referent), reason)


def _find_owners(state: SolverState, symbol: str) -> Owners:
    """The locals that allocations are assigned to, under what is known of results now."""
    resolver = Resolver(
        state.program, symbol, {}, frozenset(), state.results, library_result, state.demotions, state.views
    )
    uses = state.uses[symbol]
    handed = frozenset(id(use.value) for use in uses if isinstance(use, Flow) and _is_handed(resolver, use.value))
    taken = frozenset(local for local in state.taken.get(symbol, ()) if PointerSlot(symbol, local) not in state.demotions)
    known = state.owners.get(symbol)
    if known is None or known.handed != handed or known.taken != taken:
        return find_owners(state.functions[symbol], state.layout, uses, handed, taken)
    return known


def _is_handed(resolver: Resolver, value: Value) -> bool:
    """Whether a call may make its caller an owner. Whether the library can is told once it is known what it is given."""
    call = without_casts(value)
    match call:
        case Call(FunctionRef(symbol)) if symbol in resolver.program.externals:
            return gives_new(symbol) and MemoryCall(resolver.function, id(call)) not in resolver.demotions
        case _:
            return resolver.handed(value) is not None


def _find_result(state: SolverState, symbol: str, finder: TemplateFinder, resolver: Resolver) -> None:
    """What the function returns; joined with what was known, so that it only grows."""
    slot = ResultSlot(symbol)
    returns = [use for use in state.uses[symbol] if isinstance(use, Returned)]
    if not returns or slot in state.demotions:
        state.results.pop(symbol, None)
        return
    before = state.results.get(symbol)
    arrays = {use.local for use in state.uses[symbol] if isinstance(use, AllocatesVla)}
    result, why_not = finder.result(resolver, _live_returns(state, symbol, resolver, returns), arrays, state.group(symbol))
    if before is not None and result is not None:
        result = before.join(result) or view_result(symbol, before.nullable or result.nullable)
    if why_not is not None:
        state.demote(slot, Reason(why_not, returns[0].span))
    elif result is not None and result != before:
        state.results[symbol] = result
        state.waiting.update(dict.fromkeys(state.callers.get(symbol, ())))


def _live_returns(state: SolverState, symbol: str, resolver: Resolver, returns: list[Returned]) -> list[Returned]:
    """The returns that can run, as far as tests for null tell."""

    def is_up(pointer: Value) -> bool:
        subjects = state.subjects.of(symbol, pointer)
        return bool(subjects) and all(subject not in state.demotions for subject in subjects)

    return live_returns(state.functions[symbol], resolver, is_up, returns)


def _is_up(state: SolverState, symbol: str, local: int, type: Type) -> bool:
    return is_data_pointer(type) and PointerSlot(symbol, local) not in state.demotions
