"""Puts linked structs into arenas: pointers to them become ids, and what they point to an object of a pool.

    struct node *push(struct node *list, int key)         id node push(id node list, int key)
    {                                                     {
        struct node *p = malloc(sizeof *p);         ->        id node p = insert nodes;
        p->key = key, p->next = list;                         nodes[p].key = key, nodes[p].next = list;
        return p;                                             return p;
    }                                                     }

A pool is a variable of the program of its own, so that all that is known of variables holds for it: who reads and writes it, what is
lent of it, and how functions get at it. Which structs: `infer.arenas`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from c2rust_py.infer.allocators import Allocators
from c2rust_py.infer.arenas import compared_record, conditions_of, record_of, whole_objects
from c2rust_py.infer.targets import is_null, without_casts
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    Block,
    Call,
    Compare,
    CompareOp,
    Convert,
    Declare,
    DerefPlace,
    Evaluate,
    FieldPlace,
    GlobalPlace,
    If,
    IndexPlace,
    Insert,
    IntConst,
    Load,
    LocalPlace,
    Not,
    Place,
    RecordValue,
    Remove,
    Statement,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Function, Program, Variable
from c2rust_py.ir.types import VOID, ArrayType, FunctionType, IdType, PointerType, PoolType, RecordType, Type
from c2rust_py.ir.walk import Node, is_stable, map_children, walk
from c2rust_py.lift.pool_copies import copy_what_is_read

_SYMBOL = "pool:"


def pool_symbol(record: str) -> str:
    """The symbol of the variable that has the objects of a struct."""
    return f"{_SYMBOL}{record}"


def use_arenas(program: Program, records: Sequence[str], allocators: Allocators) -> Program:
    """The program with the objects of some structs in pools."""
    if not records:
        return program
    rewriter = ArenaRewriter(program, frozenset(records), allocators)
    pools = {pool_symbol(id): _pool(program, id) for id in records}
    pooled = replace(
        program,
        functions={symbol: rewriter.function(one) for symbol, one in program.functions.items()},
        variables={symbol: rewriter.variable(one) for symbol, one in program.variables.items()} | pools,
        externals={symbol: replace(one, type=rewriter.type(one.type)) for symbol, one in program.externals.items()},
        records={
            id: record if record.fields is None else replace(
                record, fields=tuple(replace(member, type=rewriter.type(member.type)) for member in record.fields)
            )
            for id, record in program.records.items()
        },
    )
    return copy_what_is_read(pooled)


def _pool(program: Program, id: str) -> Variable:
    record = program.records[id]
    unit = next((unit.path for unit in program.units if id in unit.records), program.units[0].path)
    return Variable(pool_symbol(id), _plural(record.name), PoolType(RecordType(id)), None, True, False, unit, record.span)


def _plural(name: str) -> str:
    """What several objects of a struct are called."""
    if name.endswith("y") and name[-2:-1] not in tuple("aeiou"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "z", "ch", "sh")) else f"{name}s"


@dataclass(frozen=True, slots=True)
class ArenaRewriter:
    """Rewrites types and nodes for the structs of some ids."""

    program: Program
    records: frozenset[str]
    allocators: Allocators

    @property
    def layout(self) -> Layout:
        return Layout(self.program.records, self.program.enums)

    def function(self, function: Function) -> Function:
        type = self.type(function.type)
        assert isinstance(type, FunctionType)
        locals = tuple(replace(local, type=self.type(local.type)) for local in function.locals)
        return replace(function, type=type, locals=locals, body=self.statements(function.body))

    def functions(self, functions: Mapping[str, Function]) -> dict[str, Function]:
        return {symbol: self.function(one) for symbol, one in functions.items()}

    def variable(self, variable: Variable) -> Variable:
        init = None if variable.init is None else cast(Value, self.node(variable.init))
        return replace(variable, type=self.type(variable.type), init=init)

    def type(self, type: Type) -> Type:
        """The type with ids in place of the pointers."""
        match type:
            case PointerType(RecordType(id) as record) if id in self.records:
                return IdType(record)
            case PointerType(target):
                return PointerType(self.type(target))
            case ArrayType(element, length):
                return ArrayType(self.type(element), length)
            case FunctionType(result, params):
                return replace(type, result=self.type(result), params=tuple(map(self.type, params)))
            case _:
                return type

    def statements(self, body: Sequence[Statement]) -> tuple[Statement, ...]:
        """A list of statements: what is new is not asked whether it is there."""
        made: list[Statement] = []
        new: int | None = None
        for statement in (cast(Statement, self.node(one)) for one in body):
            known = None if new is None or not isinstance(statement, If) else _is_there(statement.condition, new)
            if known is None:
                made.append(statement)
                new = _new_object(statement)
            else:
                assert isinstance(statement, If)
                branch = statement.then if known else statement.otherwise
                scope = any(isinstance(one, Declare) for one in branch)
                made += [Block(branch, statement.span)] if scope else branch
        return tuple(self._initialised(made))

    def _initialised(self, body: Sequence[Statement]) -> Iterator[Statement]:
        """Statements in which a new object has the values that its members are given right behind."""
        waiting: Statement | None = None
        for statement in body:
            if waiting is not None:
                more = self._with_value(waiting, statement)
                if more is not None:
                    waiting = more
                    continue
                yield waiting
                waiting = None
            if _new_object(statement) is None:
                yield statement
            else:
                waiting = statement
        if waiting is not None:
            yield waiting

    def _with_value(self, new: Statement, next: Statement) -> Statement | None:
        """A statement that makes an object, with the value that the next one gives it or a member of it; None where it does not."""
        local, made = _new_object(new), _insertion(new)
        match next:
            case Assign(IndexPlace(GlobalPlace(), Load(LocalPlace(asked))), ZeroValue()) if made.init is None:
                return new if asked == local else None
            case Assign(IndexPlace(GlobalPlace(), Load(LocalPlace(asked))), RecordValue() as value) if made.init is None:
                init = value
            case Assign(FieldPlace(IndexPlace(GlobalPlace(), Load(LocalPlace(asked)), record), index), value) if record == made.type.record:
                fields = self.program.records[made.type.record.id].fields or ()
                given = made.init.fields if made.init is not None else (None,) * len(fields)
                if given[index] is not None or isinstance(fields[index].type, ArrayType):
                    return None
                init = RecordValue((*given[:index], value, *given[index + 1 :]), made.type.record, made.span)
            case _:
                return None
        if asked != local or not is_stable(value) or any(_may_read(node, local, made.type) for node in walk(value)):
            return None
        return _with_insertion(new, replace(made, init=init))

    def node(self, node: Node) -> Node:
        """The node and all below it."""
        if isinstance(node, Evaluate) and isinstance(node.value, Call):
            whole = self._whole(node.value)
            if whole is not None:
                return whole
        if isinstance(node, Compare) and (compared := compared_record(node)) is not None and compared in self.records:
            left, right = (self._compared(side, RecordType(compared)) for side in (node.left, node.right))
            return replace(node, left=left, right=right)
        if isinstance(node, Value) and record_of(node.type) in self.records:
            return self._id(node)
        made = map_children(node, self.node, self.statements)
        match made:
            case DerefPlace(pointer, _, span) if isinstance(pointer.type, IdType):
                record = pointer.type.record
                return IndexPlace(self._pool(record, span), pointer, record, span)
            case Call() if (id := self._freed(made)) is not None:
                assert isinstance(id.type, IdType)
                return Remove(self._pool(id.type.record, made.span), id, VOID, made.span)
            case _:
                return self._retyped(_with_bare_conditions(made))

    def _id(self, value: Value) -> Value:
        """A value that is a pointer to an object of a pool."""
        type = self.type(value.type)
        assert isinstance(type, IdType)
        span = value.span
        if is_null(value) or isinstance(value, ZeroValue | IntConst):
            return ZeroValue(type, span)
        bare = without_casts(value)
        match value:
            case AddressOf(DerefPlace(pointer)):
                return cast(Value, self.node(pointer))
            case Convert() if record_of(bare.type) != record_of(value.type):
                return Insert(self._pool(type.record, span), None, type, span)
            case Convert():
                return cast(Value, self.node(bare))
            case _:
                return cast(Value, self._retyped(map_children(value, self.node, self.statements)))

    def _freed(self, call: Call) -> Value | None:
        """The id of the object that a call frees."""
        freed = self.allocators.freed_by(call)
        return freed.operand if isinstance(freed, Convert) and isinstance(freed.operand.type, IdType) else None

    def _compared(self, value: Value, record: RecordType) -> Value:
        """One side of a comparison of ids."""
        bare = without_casts(value)
        return ZeroValue(IdType(record), value.span) if is_null(bare) else cast(Value, self.node(bare))

    def _whole(self, call: Call) -> Statement | None:
        """A struct that is cleared, or given all of another one's value."""
        args = whole_objects(call, self.layout, self.allocators)
        if not args or record_of(args[0].operand.type) not in self.records or self.allocators.freed_by(call) is not None:
            return None
        target, *source = (self._object(arg) for arg in args)
        value: Value = Load(source[0], source[0].type, call.span) if source else ZeroValue(target.type, call.span)
        return Assign(target, value, call.span)

    def _object(self, pointer: Convert) -> Place:
        if isinstance(pointer.operand, AddressOf):
            return cast(Place, self.node(pointer.operand.place))
        id = cast(Value, self.node(pointer.operand))
        assert isinstance(id.type, IdType)
        return IndexPlace(self._pool(id.type.record, pointer.span), id, id.type.record, pointer.span)

    def _pool(self, record: RecordType, span: Any) -> GlobalPlace:
        return GlobalPlace(pool_symbol(record.id), PoolType(record), span)

    def _retyped(self, node: Node) -> Node:
        type = getattr(node, "type", None)
        if type is None:
            return node
        changed = self.type(type)
        return node if changed == type else replace(cast(Any, node), type=changed)


def _new_object(statement: Statement) -> int | None:
    """The local that a statement gives a new object."""
    match statement:
        case Declare(local, Insert()) | Assign(LocalPlace(local), Insert()):
            return local
        case _:
            return None


def _with_bare_conditions(node: Node) -> Node:
    """A node that asks ids whether they name an object, which C may have converted to `void *` for that."""
    asked = {id(one): one.operand for one in conditions_of(node) if isinstance(one, Convert) and isinstance(one.operand.type, IdType)}
    return map_children(node, lambda child: asked.get(id(child), child)) if asked else node


def _may_read(node: Node, local: int, type: IdType) -> bool:
    """Whether a node reads a local that names an object, itself or through a pointer."""
    if isinstance(node, DerefPlace):
        return node.type == type
    return isinstance(node, LocalPlace) and node.local == local


def _insertion(statement: Statement) -> Insert:
    """What a statement that makes an object makes."""
    made = statement.init if isinstance(statement, Declare) else cast(Assign, statement).value
    assert isinstance(made, Insert)
    return made


def _with_insertion(statement: Statement, made: Insert) -> Statement:
    return replace(statement, init=made) if isinstance(statement, Declare) else replace(cast(Assign, statement), value=made)


def _is_there(condition: Value, local: int) -> bool | None:
    """What a condition says that asks nothing but whether a local names an object, where it does."""
    match condition:
        case Load(LocalPlace(asked)) if asked == local:
            return True
        case Not(inner):
            known = _is_there(inner, local)
            return None if known is None else not known
        case Compare(op, left, ZeroValue(IdType())):
            known = _is_there(left, local)
            return known if op is CompareOp.NE or known is None else not known
        case _:
            return None
