"""Which structs live in arenas: those whose objects come from the heap one by one and point to each other.

    struct node { struct node *next; int key; };        // linked: what it points to is of its own kind
    struct node *p = malloc(sizeof *p);                 // one object
    p->next = list;  free(p);  if (p == q)              // all that is done with a `struct node *`

Behind `lift.arenas` a pointer to such an object is an id (`Id<Node>`), and the objects are those of a pool (`Pool<Node>`). An id can be
compared and kept anywhere, but it is no address: pointers into arrays of such structs, to variables, between types or to
numbers leave the struct to the other rungs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from c2rust_py.diagnostics import Span
from c2rust_py.infer.allocators import Allocators, find_allocators
from c2rust_py.infer.targets import is_null, without_casts
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AddressOf,
    Call,
    Compare,
    CompareOp,
    Conditional,
    Convert,
    Decay,
    DerefPlace,
    DoWhile,
    Evaluate,
    For,
    FunctionRef,
    If,
    IntConst,
    Logical,
    Not,
    PointerAdd,
    PointerDiff,
    UnsupportedStatement,
    UnsupportedValue,
    VaArgValue,
    Value,
    While,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import BOOL, VOID_POINTER, ArrayType, FunctionType, PointerType, RecordType, Type, VoidType
from c2rust_py.ir.walk import Node, walk, walk_all


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a linked struct is in no arena."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Arenas:
    """records: the ids of the structs that can live in arenas, in the program's order; refused: the other linked ones. allocators: what
    makes and ends their objects."""

    records: tuple[str, ...]
    refused: Mapping[str, Refusal]
    allocators: Allocators


def infer_arenas(program: Program) -> Arenas:
    """Looks at every value of the program that has to do with pointers to linked structs."""
    linked, allocators = _linked(program), find_allocators(program)
    finder = _Refusals(Layout(program.records, program.enums), allocators)
    refused: dict[str, Refusal] = {}
    for id, refusal in finder.of_program(program) if linked else ():
        refused.setdefault(id, refusal)
    kept = tuple(id for id in program.records if id in linked and id not in refused)
    return Arenas(kept, MappingProxyType({id: refused[id] for id in program.records if id in linked and id in refused}), allocators)


def pointed_records(type: Type) -> frozenset[str]:
    """The structs of which a type has pointers somewhere inside, other structs apart."""
    match type:
        case PointerType(RecordType(id)):
            return frozenset({id})
        case PointerType(target):
            return pointed_records(target)
        case ArrayType(element):
            return pointed_records(element)
        case FunctionType(result, params):
            return pointed_records(result).union(*map(pointed_records, params))
        case _:
            return frozenset()


def record_of(type: Type) -> str | None:
    """The struct that a pointer type points to."""
    return type.target.id if isinstance(type, PointerType) and isinstance(type.target, RecordType) else None


def _linked(program: Program) -> frozenset[str]:
    """The structs from whose objects pointers lead to objects of the same kind, directly or by way of other structs."""
    leads = {id: _leads_to(program, id) for id, record in program.records.items() if record.fields}
    reached = {id: set(others) for id, others in leads.items()}
    changed = True
    while changed:
        changed = False
        for others in reached.values():
            more = set().union(*(reached.get(other, ()) for other in others)) - others
            others |= more
            changed |= bool(more)
    return frozenset(id for id, others in reached.items() if id in others and not program.records[id].is_union)


def _leads_to(program: Program, id: str) -> frozenset[str]:
    """The structs that the members of one point to, those of structs inside it included."""
    found: set[str] = set()
    waiting = [field.type for field in program.records[id].fields or ()]
    while waiting:
        type = waiting.pop()
        match type:
            case RecordType(inner):
                waiting += [field.type for field in program.records[inner].fields or ()]
            case ArrayType(element):
                waiting.append(element)
            case _:
                found |= pointed_records(type)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Refusals:
    """Finds the uses of pointers to structs that no id allows."""

    layout: Layout
    allocators: Allocators

    def of_program(self, program: Program) -> Iterator[tuple[str, Refusal]]:
        for id, record in program.records.items():
            last = record.fields[-1].type if record.fields else None
            if isinstance(last, ArrayType) and not last.length:
                yield id, Refusal("its objects have different sizes", record.span)
        for external in program.externals.values():
            for id in () if external.from_library else pointed_records(external.type):
                yield id, Refusal(f"`{external.symbol}`, which is not defined here, knows it", external.span)
        for variable in program.variables.values():
            if variable.init is not None:
                yield from self._of_nodes(walk(variable.init), frozenset())
        for function in program.functions.values():
            yield from self._of_nodes(walk_all(function.body), _harmless(function, self.layout, self.allocators))
            yield from self._of_stub(function)

    def _of_stub(self, function: Function) -> Iterator[tuple[str, Refusal]]:
        """Whoever fills a stub does so in terms of C's pointers."""
        if any(isinstance(node, UnsupportedStatement | UnsupportedValue) for node in walk_all(function.body)):
            for type in (function.type, *(local.type for local in function.locals)):
                for id in pointed_records(type):
                    yield id, Refusal("a function that is not translated uses it", function.span)

    def _of_nodes(self, nodes: Iterable[Node], harmless: frozenset[int]) -> Iterator[tuple[str, Refusal]]:
        """harmless: the conversions to `void *` that no address is needed for, by identity."""
        for node in nodes:
            match node:
                case AddressOf(place, PointerType(RecordType(record)), span) if not isinstance(place, DerefPlace) and id(node) not in harmless:
                    yield record, Refusal("the address of a variable, an element or a member is taken", span)
                case Decay(_, PointerType(RecordType(record)), span) | PointerAdd(type=PointerType(RecordType(record)), span=span):
                    yield record, Refusal("its objects lie in arrays", span)
                case PointerDiff(left, _, _, span):
                    yield from _each(pointed_records(left.type), "its objects lie in arrays", span)
                case VaArgValue(_, type, span):
                    yield from _each(pointed_records(type), "it is passed as a variable argument", span)
                case IntConst(number, PointerType(RecordType(record)), span) if number:
                    yield record, Refusal("a number is used as a pointer", span)
                case Compare(op, left, _, _, span) if op not in (CompareOp.EQ, CompareOp.NE) and record_of(left.type):
                    yield from _each(pointed_records(left.type), "the order of pointers is asked for", span)
                case Convert() if id(node) not in harmless:
                    yield from self._of_conversion(node)
                case Call():
                    yield from _of_call(node)
                case _:
                    pass

    def _of_conversion(self, value: Convert) -> Iterator[tuple[str, Refusal]]:
        source, target, span = value.operand.type, value.type, value.span
        if source == target or target in (BOOL, VoidType()):
            return
        made = record_of(target)
        if made is not None and (is_null(value) or record_of(without_casts(value).type) == made or self._allocates_one(value)):
            return
        if made is not None or record_of(source) is not None:
            both = (id for id in (made, record_of(source)) if id is not None)
            yield from _each(both, "it is converted from or to a pointer to another type", span)
        elif VOID_POINTER not in (source, target) and isinstance(source, PointerType) and isinstance(target, PointerType):
            ids = pointed_records(source) | pointed_records(target)
            yield from _each(ids, "pointers to pointers to it, or functions that take it, are converted", span)
        elif isinstance(source, PointerType) and isinstance(source.target, FunctionType):
            yield from _each(pointed_records(source), "functions that take it are converted", span)
        elif isinstance(target, PointerType) and isinstance(target.target, FunctionType):
            yield from _each(pointed_records(target), "functions that take it are converted", span)

    def _allocates_one(self, value: Convert) -> bool:
        size = self.allocators.bytes_of(without_casts(value))
        return size is not None and isinstance(value.type, PointerType) and size == self.layout.size_of(value.type.target)


def _of_call(call: Call) -> Iterator[tuple[str, Refusal]]:
    """Arguments without a parameter."""
    match call.function.type:
        case PointerType(FunctionType(_, params, _, prototyped)):
            for arg in call.args[len(params) if prototyped else 0 :]:
                yield from _each(pointed_records(arg.type), "it is passed as a variable argument", call.span)
        case _:
            pass


def _harmless(function: Function, layout: Layout, allocators: Allocators) -> frozenset[int]:
    """The conversions for `free(p)`, `memset(p, 0, sizeof *p)`, `memcpy(p, q, sizeof *p)`, `p == NULL` and `if ((void *)p)`, by identity."""
    found: set[int] = set()
    for node in walk_all(function.body):
        match node:
            case Evaluate(Call() as call):
                for arg in whole_objects(call, layout, allocators):
                    found.update((id(arg), id(arg.operand)))
            case Call() if (freed := allocators.freed_by(node)) is not None and not isinstance(without_casts(freed), AddressOf):
                found.add(id(freed))
            case Convert(Convert() as inner, type) if record_of(type) is not None and record_of(without_casts(inner).type) == record_of(type):
                found.add(id(inner))
            case Compare(_, left, right) if compared_record(node) is not None:
                found.update((id(left), id(right)))
            case _:
                found.update(id(condition) for condition in conditions_of(node))
    return frozenset(found)


def conditions_of(node: Node) -> tuple[Value, ...]:
    """The values of which a node asks no more than whether they are zero."""
    match node:
        case If(condition) | While(_, condition) | DoWhile(_, _, condition) | Conditional(condition) | Not(condition):
            return (condition,)
        case For(condition=condition) if condition is not None:
            return (condition,)
        case Logical(_, left, right):
            return left, right
        case _:
            return ()


def compared_record(value: Compare) -> str | None:
    """The struct to which a pointer is compared with another one, or with null, that C may have converted to `void *` for that."""
    if value.op not in (CompareOp.EQ, CompareOp.NE):
        return None
    bare = [without_casts(side) for side in (value.left, value.right)]
    records = {record_of(side.type) for side in bare if not is_null(side)}
    return next(iter(records)) if len(records) == 1 else None


def whole_objects(call: Call, layout: Layout, allocators: Allocators) -> tuple[Convert, ...]:
    """The arguments that are pointers to structs which a function of the library frees, clears or copies as a whole."""
    freed = allocators.freed_by(call)
    if isinstance(freed, Convert) and record_of(freed.operand.type) and not isinstance(freed.operand, AddressOf):
        return (freed,)
    if not isinstance(call.function, FunctionRef):
        return ()
    match call.function.symbol, call.args:
        case "memset", (Convert() as cleared, IntConst(0), size) if _is_size(size, cleared, layout):
            return (cleared,)
        case "memcpy", (Convert() as to, Convert() as source, size) if to.operand.type == source.operand.type:
            return (to, source) if _is_size(size, to, layout) else ()
        case _:
            return ()


def _is_size(size: Value, pointer: Convert, layout: Layout) -> bool:
    """Whether a number is the size of the struct that a pointer points to."""
    while isinstance(size, Convert):
        size = size.operand
    id = record_of(pointer.operand.type)
    return id is not None and isinstance(size, IntConst) and size.value == layout.size_of(RecordType(id))


def _each(ids: Iterable[str], text: str, span: Span) -> Iterator[tuple[str, Refusal]]:
    for id in ids:
        yield id, Refusal(text, span)
