"""The slot solver: which pointers of which functions rise above the memory rung (DESIGN 1 and 3).

Starts with every pointer local and parameter above memory and takes down what does not fit, to the greatest solution of:

- a local's values all have one template (see `infer.targets`): it is a position in one array, or a fixed place;
- a pointer that escapes to where only memory follows takes what it points to with it, and what points there, too;
- a pointer argument for a parameter in memory is in memory; a memory pointer for a lifted parameter sends the call to the
  callee's second instance, whose parameters are all in memory;
- two pointers that are compared or subtracted point into one array.

Demotions only grow and are finite, so it ends. Functions are looked at again when what they depend on changes.

What is known so far is `infer.solver_state`; what the pointers of one function point to finds `infer.function_templates`, and
`infer.use_checks` what does not fit. The result is an `infer.solution`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from c2rust_py.infer.bounds import find_groups
from c2rust_py.infer.cursors import referents
from c2rust_py.infer.demotions import (
    Demotions,
    MemoryCall,
    PointerSlot,
    Reason,
)
from c2rust_py.infer.element_checks import check_elements
from c2rust_py.infer.function_templates import find_function_templates
from c2rust_py.infer.handovers import find_taken
from c2rust_py.infer.library_calls import forms_of, library_result
from c2rust_py.infer.moved_positions import find_moved
from c2rust_py.infer.pointer_uses import (
    Access,
    Argument,
    Flow,
    Held,
    Lent,
    LibraryCall,
    Pair,
    Returned,
    Test,
    Use,
)
from c2rust_py.infer.solution import STATIC, Solution, memory_instance
from c2rust_py.infer.solver_state import SolverState, of_call
from c2rust_py.infer.targets import (
    IndexStep,
    Resolver,
    is_data_pointer,
    without_casts,
)
from c2rust_py.infer.use_checks import UseChecker
from c2rust_py.ir.function_refs import functions_with_address, named_function
from c2rust_py.ir.nodes import (
    AddressOf,
    Call,
    Decay,
    FunctionRef,
    GlobalPlace,
    Value,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.walk import walk, walk_all


def solve(program: Program, demotions: Demotions, originals: Mapping[str, Function] = MappingProxyType({})) -> Solution:
    """The solution of a normalised program under the demotions so far, to which the solver adds. `originals` are the functions
    whose bodies are written behind other signatures, as C has them: their instances on memory are made of these."""
    state = SolverState(program, demotions, originals)
    _run(state)
    templates = {symbol: found.templates for symbol, found in state.found.items()}
    nullable = {symbol: found.nullable for symbol, found in state.found.items()}
    groups = {symbol: group for symbol in state.functions if (group := state.group(symbol)) is not None}
    solved = replace(program, functions=state.functions)
    return Solution(
        solved,
        templates,
        nullable,
        state.results,
        demotions,
        state.views,
        state.fields,
        groups,
        state.present,
        state.uses,
        frozenset(state.optional),
        {slot: template for found in state.found.values() for slot, template in found.held.items()},
        {symbol: found.emptied for symbol, found in state.found.items()},
        state.asked,
    )


def _run(state: SolverState) -> None:
    _demote_static_addresses(state)
    for subject, reason in list(state.demotions.reasons.items()):
        state.demote_held(subject, reason)
    for symbol in list(state.functions):
        state.enter(symbol)
    taken = functions_with_address(state.program, frozenset(_callbacks(state)))
    state.groups = find_groups(state.functions, state.uses)
    for symbol in state.groups:
        _leave_beside_groups(state, symbol)
    for symbol in taken:
        function = state.functions[symbol]
        if any(map(is_data_pointer, (*function.type.params, function.type.result))):
            state.make_memory_instance(symbol, Reason(f"`{function.name}` is called through pointers", function.span))
    state.taken = find_taken(state.functions, state.uses, state.layout)
    _find_results(state)
    while state.waiting:
        symbol = next(iter(state.waiting))
        del state.waiting[symbol]
        if symbol == STATIC:
            _check_static_flows(state)
        else:
            _look_at(state, symbol)
        if not state.waiting:
            _settle_lent(state)


def _callbacks(state: SolverState) -> Iterator[int]:
    """The names of functions that the library is given to call back, by identity: a call that is refused needs them in memory."""
    for uses in state.uses.values():
        for use in uses:
            if isinstance(use, LibraryCall) and any(form.callbacks for form in forms_of(use.name)):
                yield from (id(named) for arg in use.call.args if (named := named_function(arg)) is not None)


def _settle_lent(state: SolverState) -> None:
    """Where the address of a pointer in memory goes to a function that moves positions, the call is of its instance for memory; or
    the function takes a reference to such a pointer, if nobody gives it anything else."""
    templates = {symbol: found.templates for symbol, found in state.found.items()}
    exported = [symbol for symbol in state.functions if state.is_exported(symbol)]
    moved = find_moved(state.functions, exported, _reached(state, exported), state.uses, templates, state.demotions)
    for symbol, use in moved.in_memory:
        callee = state.functions[use.callee]
        text = f"`{callee.name}` is called with the address of a pointer in memory"
        variable = PointerSlot(symbol, use.variable) if isinstance(use, Lent) else None
        reason = Reason(text, use.span, variable if variable and variable in state.demotions else None)
        if (use.callee, use.param) in moved.positions:
            call = MemoryCall(symbol, id(use.call))
            state.demotions.add(call, reason)
            state.make_memory_instance(use.callee, of_call(call, use.span))
        else:
            state.demote(PointerSlot(use.callee, referents(callee)[use.param]), reason)
            state.waiting[use.callee] = None
        state.waiting[symbol] = None


def _reached(state: SolverState, exported: Sequence[str]) -> set[str]:
    """The instances of functions that are called, as far as is known now."""
    waiting = [*exported, *(s for s, f in state.functions.items() if f.name == "main")]
    waiting += map(memory_instance, functions_with_address(state.program))
    reached: set[str] = set()
    while waiting:
        symbol = waiting.pop()
        if symbol in reached or symbol not in state.functions:
            continue
        reached.add(symbol)
        called: set[int] = set()
        for node in walk_all(state.functions[symbol].body):
            if isinstance(node, Call) and isinstance(node.function, FunctionRef):
                called.add(id(node.function))
                callee = node.function.symbol
                in_memory = MemoryCall(symbol, id(node)) in state.demotions and memory_instance(callee) in state.functions
                waiting.append(memory_instance(callee) if in_memory else callee)
            elif isinstance(node, FunctionRef) and id(node) not in called:
                waiting.append(node.symbol)
    return reached


def _demote_static_addresses(state: SolverState) -> None:
    """Objects whose address is in an initialiser, but for those that views are of."""
    held = {id(without_casts(flow.value)) for flow in state.static_flows if flow.value is not None}
    for variable in state.program.variables.values():
        for node in () if variable.init is None else walk(variable.init):
            if isinstance(node, AddressOf | Decay) and id(node) not in held:
                state.demote_object(None, node.place, Reason("its address is in a static initialiser", node.span))
    for flow in state.static_flows:
        state.holders.setdefault(flow.slot, {})[STATIC] = None
        for node in () if flow.value is None else walk(flow.value):
            if isinstance(node, GlobalPlace):
                state.mentions.setdefault(node.symbol, {})[STATIC] = None
    state.waiting[STATIC] = None


def _check_static_flows(state: SolverState) -> None:
    resolver = Resolver(state.program, STATIC, {}, set(), {}, library_result, state.demotions, state.views)
    for flow in state.static_flows:
        UseChecker(state, STATIC, resolver).check(Held(flow.slot, flow.value, "a static initialiser", flow.span))
        target = None if flow.value is None else resolver.pointer(flow.value)
        last = target.steps[-1] if target is not None and target.steps else None
        if isinstance(last, IndexStep) and last.fixed != 0:
            state.demote(flow.slot, Reason("a static initialiser points inside of an array", flow.span))


def _find_results(state: SolverState) -> None:
    """The least fixpoint of what functions return, before anything is checked."""
    waiting = {symbol: None for symbol, uses in state.uses.items() if any(isinstance(use, Returned) for use in uses)}
    while waiting:
        symbol = next(iter(waiting))
        del waiting[symbol]
        before = state.results.get(symbol)
        find_function_templates(state, symbol)
        if state.results.get(symbol) != before:
            callers = state.callers.get(symbol, ())
            waiting.update({caller: None for caller in callers if is_data_pointer(state.functions[caller].type.result)})


def _look_at(state: SolverState, symbol: str) -> None:
    """Takes down what does not fit in one function, until all that is left fits.

    A use of a pointer that is not known only because another local is not waits for what takes that one down, so that its
    reason names the cause. Locals that only wait for each other go down when nothing else does.
    """
    patient = True
    while True:
        before = len(state.demotions.reasons) + len(state.demotions.flat)
        flat = frozenset(state.demotions.flat)
        checker = UseChecker(state, symbol, find_function_templates(state, symbol), flat)
        waits = False
        for use in state.uses[symbol]:
            if patient and _waits(state, symbol, use):
                waits = True
            else:
                checker.check(use)
            check_elements(state, symbol, use)
        _instances_of_calls(state, symbol)
        if len(state.demotions.reasons) + len(state.demotions.flat) > before:
            patient = True
        elif patient and waits:
            patient = False
        else:
            return


def _instances_of_calls(state: SolverState, symbol: str) -> None:
    """What is allocated in memory by a call needs an instance that does so."""
    for id, call in state.calls.get(symbol, {}).items():
        assert isinstance(call.function, FunctionRef)
        result = state.results.get(call.function.symbol)
        if result is not None and result.owned and MemoryCall(symbol, id) in state.demotions:
            state.make_memory_instance(call.function.symbol, of_call(MemoryCall(symbol, id), call.span))


def _waits(state: SolverState, symbol: str, use: Use) -> bool:
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
    subjects = (subject for value in values for subject in state.subjects.of(symbol, value))
    return any(
        isinstance(subject, PointerSlot)
        and subject not in state.demotions
        and subject.local not in state.found[symbol].templates
        for subject in subjects
    )


def _leave_beside_groups(state: SolverState, symbol: str) -> None:
    """A function with an array and positions in it has no other parameters that became two."""
    function = state.functions[symbol]
    for referent in referents(function).values():
        reason = Reason("other parameters of the function are positions in one array", function.locals[referent].span)
        state.demote(PointerSlot(symbol, referent), reason)
