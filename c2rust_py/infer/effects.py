"""What each function touches, what context it takes, and the tables behind function pointers.

    static int total;                        // a plain global
    int add(int n) { return total += n; }    // reads and writes `total`; needs GLOBALS
    int first(const int *p) { return *p; }   // reads memory; needs MEMORY
    int both(int *p) { return add(*p); }     // needs CONTEXT (both)
    int twice(int n) { return 2 * n; }       // touches nothing: pure, no context

The least fixpoint over the call graph, in which a call through a pointer reaches every function whose address is taken and
whose erased signature fits. It ends because facts only grow and are finite. What a function does to its own locals is
nobody else's concern and left out; the memory for them still has to be passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntFlag
from types import MappingProxyType

from c2rust_py.infer.calls import Callbacks, call_targets
from c2rust_py.infer.library import ContextKind, LibraryEffect, LibraryFunction, library_of
from c2rust_py.infer.node_touches import NodeTouches
from c2rust_py.infer.signatures import ErasedSignature, erase_signature
from c2rust_py.infer.storage import Storage
from c2rust_py.infer.touches import NOTHING, OUTSIDE, READS_MEMORY, WRITES_MEMORY, Touches
from c2rust_py.ir.function_refs import named_function
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Borrow, Call, FunctionAddress, FunctionRef, UnsupportedStatement
from c2rust_py.ir.program import External, Function, Program
from c2rust_py.ir.types import VOID, ArrayType, FunctionType, PointerType, RecordType, Type
from c2rust_py.ir.walk import walk, walk_all


class Needs(IntFlag):
    """What a function takes as its last parameter: nothing, `&mut Memory`, `&mut Globals`, or `&mut Context`."""

    NONE = 0
    MEMORY = 1
    GLOBALS = 2
    CONTEXT = 3


EXIT_HANDLER = ErasedSignature((), VOID, False)
"""The signature of what atexit registers: a program that uses it runs these from main's return, too."""


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """The generated function behind calls through pointers of one erased signature: it matches on the function number.
    `number` makes its name; `targets` are in the order of their numbers; the rest is what these need and touch together."""

    number: int
    signature: ErasedSignature
    targets: tuple[str, ...]
    needs: Needs
    touches: Touches


@dataclass(frozen=True, slots=True)
class Effects:
    """needs, touches: by symbol, of functions and of the external functions that are used.

    shared: those that take memory by `&Memory`, so that a caller may hold another shared use.
    pure: functions that change nothing outside themselves and always come back (or trap); reads: those whose result
    depends on memory, globals or the outside.
    dispatch: by signature, in order of first use. function_numbers: of functions whose address is taken, from 0: those of
    the program in source order, then external ones. addresses: those of them that dispatchers of the IR call
    (`normalise.dispatch_calls`), with the type that C gives them. callbacks: see `infer.calls`. uses_atexit: see `EXIT_HANDLER`.
    """

    needs: Mapping[str, Needs]
    touches: Mapping[str, Touches]
    shared: frozenset[str]
    pure: frozenset[str]
    reads: frozenset[str]
    dispatch: Mapping[ErasedSignature, Dispatcher]
    function_numbers: Mapping[str, int]
    addresses: Mapping[str, FunctionType]
    callbacks: Callbacks
    uses_atexit: bool

    def of_call(self, call: Call, layout: Layout) -> Touches:
        """What a call touches beside evaluating its operands, and beside what its references point to."""
        targets = call_targets(call, self.callbacks, layout)
        touched = NOTHING
        for symbol in targets.symbols:
            touched |= self.touches[symbol]
        for signature in targets.signatures:
            touched |= self.dispatch[signature].touches
        return _without_borrowed(touched)

    def needs_of_call(self, call: Call, layout: Layout) -> Needs:
        """What a call needs of the caller's context."""
        targets = call_targets(call, self.callbacks, layout)
        needs = Needs.NONE
        for symbol in targets.symbols:
            needs |= self.needs[symbol]
        for signature in targets.signatures:
            needs |= self.dispatch[signature].needs
        return needs

    def takes_exclusively(self, call: Call, layout: Layout) -> Needs:
        """The parts of the context that a call borrows mutably."""
        function = call.function
        if isinstance(function, FunctionRef) and function.symbol in self.shared:
            return Needs.NONE
        return self.needs_of_call(call, layout)


_Callee = str | ErasedSignature
"""A function by its symbol, or the dispatcher of a signature."""


@dataclass(slots=True)
class _Facts:
    """What is known of one function or dispatcher so far."""

    needs: Needs = Needs.NONE
    touches: Touches = NOTHING
    callees: dict[_Callee, None] = field(default_factory=dict)


def infer_effects(program: Program, storage: Storage, library: Mapping[str, LibraryFunction]) -> Effects:
    """The effects of every function of a normalised program (C11 5.1.2.3p2 is what counts as one)."""
    layout = Layout(program.records, program.enums)
    library = library_of(library, program.externals)
    used = {symbol: library.get(external.symbol) for symbol, external in _external_functions(program)}
    callbacks = {symbol: function.callbacks for symbol, function in used.items() if function and function.callbacks}
    addresses = _addresses(program)
    numbers = _number_functions(program, callbacks, addresses)
    targets = _targets_by_signature(program, [symbol for symbol in numbers if symbol not in addresses], layout)

    order: dict[ErasedSignature, None] = {}
    facts: dict[_Callee, _Facts] = {symbol: _external_facts(function) for symbol, function in used.items()}
    if "atexit" in facts:
        order[EXIT_HANDLER] = None
    for symbol, library_function in used.items():
        if library_function is not None:
            called = _called_back(program, symbol, library_function, numbers, layout)
            order.update(dict.fromkeys(called))
            facts[symbol].callees.update(dict.fromkeys(called))
    for symbol, function in program.functions.items():
        facts[symbol] = _direct_facts(program, storage, function, callbacks, layout, order)
        _add_stub_facts(facts[symbol], program, storage, library, function)
    facts |= {signature: _Facts(callees=dict.fromkeys(targets.get(signature, ()))) for signature in order}
    _close(facts)

    dispatch = {
        signature: Dispatcher(
            number, signature, targets.get(signature, ()), facts[signature].needs, facts[signature].touches
        )
        for number, signature in enumerate(order)
    }
    symbols = [*used, *program.functions]
    own = {symbol: facts[symbol].touches for symbol in program.functions}
    return Effects(
        needs=MappingProxyType({symbol: facts[symbol].needs for symbol in symbols}),
        touches=MappingProxyType({symbol: facts[symbol].touches for symbol in symbols}),
        shared=frozenset(s for s, f in used.items() if f and f.context is ContextKind.SHARED),
        pure=frozenset(symbol for symbol, touched in own.items() if not touched.writes),
        reads=frozenset(symbol for symbol, touched in own.items() if touched.reads_state),
        dispatch=MappingProxyType(dispatch),
        function_numbers=MappingProxyType(numbers),
        addresses=MappingProxyType(addresses),
        callbacks=MappingProxyType(callbacks),
        uses_atexit="atexit" in used,
    )


def _external_functions(program: Program) -> list[tuple[str, External]]:
    return [(s, external) for s, external in program.externals.items() if isinstance(external.type, FunctionType)]


def _addresses(program: Program) -> dict[str, FunctionType]:
    """The functions whose address is no more than what it is compared with, and their types in C."""
    bodies = (node for function in program.functions.values() for node in walk_all(function.body))
    inits = (node for variable in program.variables.values() if variable.init is not None for node in walk(variable.init))
    found: dict[str, FunctionType] = {}
    for node in (*bodies, *inits):
        if isinstance(node, FunctionAddress):
            assert isinstance(node.type.target, FunctionType)
            found[node.symbol] = node.type.target
    return found


def _number_functions(program: Program, callbacks: Callbacks, addresses: Iterable[str]) -> dict[str, int]:
    """Numbers the functions whose address is taken anywhere but to be called on the spot."""
    taken = set(addresses)
    for function in program.functions.values():
        called: set[int] = set()
        for node in walk_all(function.body):
            match node:
                case Call(FunctionRef(symbol, _, _) as direct, args, _, _):
                    called.add(id(direct))
                    called.update(id(named_function(args[i])) for i in callbacks.get(symbol, ()))
                case FunctionRef(symbol, _, _) if id(node) not in called:
                    taken.add(symbol)
                case _:
                    pass
    for variable in program.variables.values():
        if variable.init is not None:
            taken |= {node.symbol for node in walk(variable.init) if isinstance(node, FunctionRef)}
    known = (s for symbol in (*program.functions, *program.externals) for s in (symbol, symbol.partition("@")[0]))
    return {symbol: number for number, symbol in enumerate(dict.fromkeys(s for s in known if s in taken))}


def _targets_by_signature(
    program: Program, taken: Iterable[str], layout: Layout
) -> dict[ErasedSignature, tuple[str, ...]]:
    targets: dict[ErasedSignature, list[str]] = {}
    for symbol in taken:
        type = (program.functions.get(symbol) or program.externals[symbol]).type
        if isinstance(type, FunctionType):
            targets.setdefault(erase_signature(type, layout), []).append(symbol)
    return {signature: tuple(symbols) for signature, symbols in targets.items()}


def _external_facts(function: LibraryFunction | None) -> _Facts:
    """What the runtime's functions do; what it lacks becomes a stub, which stops the program."""
    if function is None:
        return _Facts(touches=OUTSIDE | Touches(leaves=True))
    needs = Needs.NONE if function.context is ContextKind.NONE else Needs.MEMORY
    match function.effect, function.context:
        case LibraryEffect.PURE, _:
            touches = NOTHING
        case (LibraryEffect.READS, _):
            touches = READS_MEMORY
        case (LibraryEffect.WRITES, _):
            touches = WRITES_MEMORY
        case LibraryEffect.OUTSIDE, _ if function.context is ContextKind.NONE or function.dispatches is not None:
            touches = OUTSIDE
        case LibraryEffect.OUTSIDE, ContextKind.SHARED:
            touches = OUTSIDE | READS_MEMORY
        case _:
            touches = OUTSIDE | WRITES_MEMORY
    if function.name in {"longjmp", "siglongjmp", "_longjmp"}:
        touches |= Touches(leaves=True)
    return _Facts(needs, touches)


def _called_back(
    program: Program, symbol: str, function: LibraryFunction, numbers: Mapping[str, int], layout: Layout
) -> list[ErasedSignature]:
    """The signatures through which a library function calls: those of its own handlers, and, where its address is taken,
    those of the callbacks that it can be given through a pointer."""
    found = [] if function.dispatches is None else [function.dispatches]
    type = program.externals[symbol].type
    if symbol in numbers and isinstance(type, FunctionType):
        for position in function.callbacks:
            match type.params[position]:
                case PointerType(FunctionType() as callback):
                    found.append(erase_signature(callback, layout))
                case _:
                    pass
    return found


def _direct_facts(
    program: Program,
    storage: Storage,
    function: Function,
    callbacks: Callbacks,
    layout: Layout,
    order: dict[ErasedSignature, None],
) -> _Facts:
    """What the function does itself, and whom it calls. A loan counts as what can be done through it, wherever it is kept. Notes
    signatures of indirect calls in `order`."""
    facts = _Facts()
    nodes = NodeTouches(program, storage, function.symbol, lambda call: NOTHING)
    if any((function.symbol, local.id) in storage.memory_locals for local in function.locals):
        facts.needs |= Needs.MEMORY
    for node in walk_all(function.body):
        if nodes.uses_memory(node):
            facts.needs |= Needs.MEMORY
        if not nodes.is_own(node):
            facts.touches |= nodes.of(node)
        if isinstance(node, Borrow):
            facts.touches |= nodes.lent_by(node)
        if isinstance(node, Call):
            targets = call_targets(node, callbacks, layout)
            facts.callees.update(dict.fromkeys((*targets.symbols, *targets.signatures)))
            order.update(dict.fromkeys(targets.signatures))
    plain = facts.touches.globals_read | facts.touches.globals_written
    if plain:
        facts.needs |= Needs.GLOBALS
    facts.touches = _without_locals(facts.touches)
    return facts


def _add_stub_facts(
    facts: _Facts, program: Program, storage: Storage, library: Mapping[str, LibraryFunction], function: Function
) -> None:
    """What may fill a stub needs and touches what its C names, and memory for the pointers that it is given."""
    mentions = [s for node in function.body if isinstance(node, UnsupportedStatement) for s in node.mentions]
    if not any(isinstance(node, UnsupportedStatement) for node in function.body):
        return
    type = function.type
    if type.variadic or any(_has_pointer(part, program) for part in (type.result, *type.params)):
        facts.needs |= Needs.MEMORY
    for symbol in mentions:
        if symbol in program.functions:
            facts.callees[symbol] = None
        elif symbol in storage.memory_globals:
            facts.needs |= Needs.MEMORY
        elif symbol in program.variables and symbol not in storage.constants:
            facts.needs |= Needs.GLOBALS
            facts.touches |= Touches(globals_read=frozenset({symbol}), globals_written=frozenset({symbol}))
        elif symbol in library and library[symbol].context is not ContextKind.NONE:
            facts.needs |= Needs.MEMORY
    if Needs.MEMORY in facts.needs:
        facts.touches |= READS_MEMORY | WRITES_MEMORY


def _has_pointer(type: Type, program: Program) -> bool:
    """Whether a value of the type has a pointer in it."""
    match type:
        case PointerType(target):
            return not isinstance(target, FunctionType)
        case ArrayType(element):
            return _has_pointer(element, program)
        case RecordType(id):
            return any(_has_pointer(field.type, program) for field in program.records[id].fields or ())
        case _:
            return False


def _without_locals(touches: Touches) -> Touches:
    return replace(touches, locals_read=frozenset(), locals_written=frozenset())


def _without_borrowed(touches: Touches) -> Touches:
    """What a caller touches by a call: which of its own places the callee's references point to, the arguments say."""
    return replace(touches, borrowed_read=False, borrowed_written=False)


def _close(facts: dict[_Callee, _Facts]) -> None:
    """Adds to each function what its callees need and touch, until nothing changes."""
    callers: dict[_Callee, list[_Callee]] = {key: [] for key in facts}
    for key, fact in facts.items():
        for callee in fact.callees:
            callers[callee].append(key)
    waiting = dict.fromkeys(facts)
    while waiting:
        key, _ = waiting.popitem()
        fact = facts[key]
        for caller in callers[key]:
            known = facts[caller]
            needs, touches = known.needs | fact.needs, known.touches | _without_borrowed(fact.touches)
            if (needs, touches) != (known.needs, known.touches):
                known.needs, known.touches = needs, touches
                waiting[caller] = None
