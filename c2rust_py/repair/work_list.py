"""What is to be done, callees first: the functions whose bodies are asked for, and what each request has to say.

    main -> parse -> swap!, vsum!        (! a stub)
    main!                                work: swap, vsum, then main, which calls them through `parse`
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from c2rust_py.emit.accepted import function_header, function_item
from c2rust_py.frontend.units import Unit
from c2rust_py.infer.library import ContextKind, LibraryFunction, library_functions
from c2rust_py.ir.live_nodes import live_nodes
from c2rust_py.ir.nodes import FunctionRef, UnsupportedStatement
from c2rust_py.ir.printer import print_function
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import walk_all
from c2rust_py.lift.lending import Signature
from c2rust_py.options import Rung
from c2rust_py.repair.access import Access, families_of
from c2rust_py.repair.c_source import CSource, read_function
from c2rust_py.report.build import LinkedGroup
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_items, print_type


@dataclass(frozen=True, slots=True)
class Callee:
    """A function that the C calls: its path and signature in Rust, and its rung, `library` for the runtime's."""

    path: str
    header: str
    rung: str


@dataclass(frozen=True, slots=True)
class Task:
    """One function to fill, with all that a request for it says.

    symbol: its name in the linked program, unique in the crate. key: its C name, or where that is not unique its crate and
    symbol; budgets and recordings go by it. needs: the symbols of the tasks that have to be done before.
    reason: why it is a stub, or on what rung it is. stub_text: what a run says that stops in it. offers: other signatures that
    the callers can be made to fit, for a function that is to be lifted. beside: the tasks that have to be done with it, by their ids,
    with the signatures of these.
    """

    crate: str
    symbol: str
    key: str
    name: str
    rust_path: str
    header: str
    place: str
    reason: str
    lift: bool
    stub_text: str
    source: CSource
    sketch: str
    types: tuple[str, ...]
    globals: tuple[str, ...]
    callees: tuple[Callee, ...]
    access: Access
    needs: frozenset[str]
    offers: tuple[str, ...] = ()
    beside: tuple[tuple[tuple[str, str], Signature], ...] = ()

    @property
    def id(self) -> tuple[str, str]:
        return self.crate, self.symbol


def make_tasks(groups: Sequence[LinkedGroup], units: Sequence[Unit], *, lift: bool) -> tuple[Task, ...]:
    """The tasks of all crates, those first that others need."""
    by_name = {unit.name: unit for unit in units}
    tasks = [task for group in groups for task in _group_tasks(group, by_name, lift)]
    counts = Counter(task.name for task in tasks)
    return tuple(task if counts[task.name] == 1 else replace(task, key=f"{task.crate}.{task.symbol}") for task in tasks)


def _group_tasks(group: LinkedGroup, units: Mapping[str, Unit], lift: bool) -> Iterator[Task]:
    functions = group.program.functions
    stubs = set(group.lowered.stubs)
    low = {s for s in functions if lift and s not in group.accepted and group.slots.grades[s] is Rung.MEMORY} - stubs
    wanted = stubs | low
    calls = {symbol: mentioned(function) & functions.keys() for symbol, function in functions.items()}
    effects = _with_effects(group, calls)
    for symbol in _callees_first(calls):
        if symbol in wanted:
            below = (_reachable(symbol, calls) & wanted) - {symbol}
            needs = frozenset(other for other in below if symbol not in _reachable(other, calls) or other < symbol)
            yield _task(group, functions[symbol], units, calls[symbol], effects, needs, symbol not in stubs)


def task_of(group: LinkedGroup, task: Task, units: Sequence[Unit]) -> Task:
    """A task as it is in another solution of the program, with what surrounds the function there."""
    functions = group.program.functions
    calls = {symbol: mentioned(function) & functions.keys() for symbol, function in functions.items()}
    by_name = {unit.name: unit for unit in units}
    there = _task(group, functions[task.symbol], by_name, calls[task.symbol], _with_effects(group, calls), task.needs, task.lift)
    return replace(
        task, header=there.header, types=there.types, globals=there.globals, callees=there.callees, access=there.access
    )


def mentioned(function: Function) -> set[str]:
    """The functions that a function names, those of the library by their C names."""
    found = {node.symbol for node in walk_all(function.body) if isinstance(node, FunctionRef)}
    for statement in function.body:
        if isinstance(statement, UnsupportedStatement):
            found.update(statement.mentions)
    return found


def idle(function: Function) -> set[str]:
    """The functions that it names only where C never comes to."""
    live = {node.symbol for node in live_nodes(function.body) if isinstance(node, FunctionRef)}
    stubs = [statement for statement in function.body if isinstance(statement, UnsupportedStatement)]
    live |= {symbol for statement in stubs for symbol in statement.mentions if symbol not in statement.idle}
    return mentioned(function) - live


def _callees_first(calls: Mapping[str, set[str]]) -> list[str]:
    """Every symbol behind those that it calls, as far as they do not call each other in circles."""
    order: dict[str, None] = {}
    for root in calls:
        stack = [(root, iter(sorted(calls[root])))]
        entered = {root}
        while stack:
            symbol, rest = stack[-1]
            following = next((s for s in rest if s not in order and s not in entered), None)
            if following is None:
                stack.pop()
                order[symbol] = None
            else:
                entered.add(following)
                stack.append((following, iter(sorted(calls[following]))))
    return list(order)


def _reachable(symbol: str, calls: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [symbol]
    while waiting:
        for callee in calls[waiting.pop()]:
            if callee not in found:
                found.add(callee)
                waiting.append(callee)
    return found


def _with_effects(group: LinkedGroup, calls: Mapping[str, set[str]]) -> set[str]:
    """The functions of which one can see that they were called: they reach the world, or take what they can change."""
    seen = {s for s, f in group.program.functions.items() if families_of(mentioned(f)) or s in group.lowered.stubs}
    for symbol in group.program.functions:
        params = function_item(group.lowered.crate, group.lowered.rust_paths[symbol]).params
        if any(isinstance(param.type, rs.ReferenceType) and param.type.mutable for param in params):
            seen.add(symbol)
    return seen | {symbol for symbol in calls if _reachable(symbol, calls) & seen}


def _task(
    group: LinkedGroup, function: Function, units: Mapping[str, Unit], called: set[str], effects: set[str],
    needs: frozenset[str], lift: bool,
) -> Task:  # fmt: skip
    crate, path = group.lowered.crate, group.lowered.rust_paths[function.symbol]
    source = read_function(units[function.unit], function.span.file, function.span.line)
    stub = group.lowered.stubs.get(function.symbol)
    statement = next((s for s in function.body if isinstance(s, UnsupportedStatement)), None)
    callees = tuple(_callees(group, function, called))
    names = {symbol: group.lowered.rust_paths[symbol].split("::")[-1] for symbol in group.program.functions}
    header = function_header(crate, path)
    unneeded = idle(function)
    access = Access(
        frozenset(symbol for symbol in mentioned(function) if symbol not in group.program.functions),
        names[function.symbol],
        frozenset(names.values()),
        frozenset(names[symbol] for symbol in called),
        frozenset(names[symbol] for symbol in called if symbol in effects and symbol not in (function.symbol, *unneeded)),
        frozenset(symbol for symbol in unneeded if symbol not in group.program.functions),
    )
    words = {word.replace("_", "").lower() for word in source.words}
    return Task(
        crate.name, function.symbol, function.name, function.name, path, header, str(function.span),
        stub.message if stub is not None else "its pointers are on the memory rung", lift,
        f"c2rs: {stub.span}: {stub.message}" if stub is not None else "",
        source, statement.sketch if statement is not None else print_function(function, group.program),
        tuple(_types(crate, words, " ".join([header, *(callee.header for callee in callees)]))),
        tuple(_globals(crate, words)), callees, access, needs,
    )  # fmt: skip


def _callees(group: LinkedGroup, function: Function, called: set[str]) -> Iterator[Callee]:
    crate = group.lowered.crate
    for symbol in sorted(called):
        path = group.lowered.rust_paths[symbol]
        rung = Rung.STUB if symbol in group.lowered.stubs else group.slots.grades[symbol]
        word = rung.value if symbol not in group.accepted else "accepted"
        yield Callee(f"crate::{path}", function_header(crate, path).removeprefix("pub "), word)
    library = library_functions()
    for name in sorted(mentioned(function) - group.program.functions.keys()):
        if name in library:
            yield Callee(f"{library[name].module}::{library[name].rust_name}", library_header(library[name]), "library")


def library_header(function: LibraryFunction) -> str:
    """The Rust signature of a function of the runtime."""
    context = {
        ContextKind.NONE: (), ContextKind.SHARED: ("mem: &Memory",), ContextKind.EXCLUSIVE: ("mem: &mut Memory",),
        ContextKind.CALLBACK: ("cx: &mut impl c2rs_rt::Context",),
    }[function.context]  # fmt: skip
    params = [f"{name}: {type}" for name, type in zip(function.names, function.params, strict=False)]
    params += ["args: &[VaArg]"] if function.variadic else []
    result = "" if function.result == "()" else f" -> {function.result}"
    return f"fn {function.rust_name}({', '.join([*params, *context])}){result}"


def _types(crate: rs.Crate, words: set[str], text: str) -> Iterator[str]:
    """The crate's types and constants that the C names or the signatures do."""
    for module in crate.modules:
        for item in module.items:
            if isinstance(item, rs.FunctionItem | rs.ImplItem) or item.name in ("Globals", "Context"):
                continue
            if item.name.replace("_", "").lower() in words or item.name in text:
                yield f"// crate::{module.name}\n{print_items((item,)).text.strip()}"


def _globals(crate: rs.Crate, words: set[str]) -> Iterator[str]:
    """The fields of `Globals` that the C names."""
    for module in crate.modules:
        for item in module.items:
            if isinstance(item, rs.StructItem) and item.name == "Globals":
                for field in item.fields:
                    if field.name.replace("_", "").lower() in words:
                        yield f"{field.name}: {print_type(field.type)}"
