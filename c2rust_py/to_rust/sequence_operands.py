"""Makes the order of evaluation explicit wherever Rust's would differ from gcc's, or two uses of memory would overlap.

    y = x++ + 1;             ->  tmp = x; x = x + 1; y = tmp + 1;
    print(next(), next());   ->  tmp = next(); print(next(), tmp);        // gcc: the last argument first
    *p = read(q);            ->  tmp = read(q); *p = tmp;                 // both need `mem: &mut Memory`
    while (c = get(), c > 0) ->  while ({ c = get(); c > 0 })             // stays: it runs each time round
    n = a[i] + sum(a);       ->  unchanged: left to right in both

What gcc 12 does at every -O level (seen in generated programs, tests/test_sequence_gcc.py; C11 6.5p3 leaves it open):
- operands go left to right, fields and elements of an initialiser in their own order;
- an assigned value comes before the place's pointer and indices (`a[f()] = g() + 1`: g, f), but where it is a call, only
  its arguments do (`a[f()] = g(h())`: h, f, g; `a[i] = f()` takes the old i), and where it is an object, only the
  pointer and indices of that (`a[f()] = x` sees what f did to x);
- but a commutative or comparing operator takes a variable on its left last (`x + f()`, `x < f()` see what f did to x,
  `x - f()` and `(long)x + f()` for an int x do not), and so does `-x + f()`, which is `f() - x`;
- arguments go right to left after the function's address; a struct argument that is an object is copied at the very end;
- `x op= f()` computes f() first, then the place (the elaborator spells that out).
Rust evaluates left to right, but an assigned value before a plain place, and holds memory from the start of
`mem.read(..)` and `mem.write(.., ..)`, so that no operand there may take memory exclusively.

Relies on `normalise` (no goto, no switch) and gives the function with more locals of kind TEMPORARY. It ends, being one
walk over the function, and its result has the same effects in gcc's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from c2rust_py.infer.effects import Effects, Needs
from c2rust_py.infer.node_touches import NodeTouches
from c2rust_py.infer.places import cell_of, lends_owner, pool_of, root_of
from c2rust_py.infer.storage import Storage
from c2rust_py.infer.touches import NOTHING, Touches
from c2rust_py.ir.function_refs import named_function
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AddressOf,
    Allocate,
    AllocateVla,
    Arm,
    ArrayValue,
    Assign,
    Binary,
    BinaryOp,
    Block,
    BlockValue,
    Borrow,
    Builtin,
    Call,
    CatchJump,
    Compare,
    Conditional,
    Convert,
    Decay,
    Declare,
    DeclarePair,
    DoWhile,
    Evaluate,
    For,
    FunctionRef,
    GlobalPlace,
    If,
    Insert,
    IntConst,
    IsPresent,
    Labelled,
    Load,
    LocalPlace,
    Logical,
    Loop,
    Match,
    MoveOptional,
    Not,
    Optional,
    Overflowing,
    Place,
    PointerAdd,
    PointerDiff,
    Reallocate,
    RecordValue,
    Remove,
    Return,
    Statement,
    Truncate,
    Unary,
    UnaryOp,
    Unwrap,
    VaArgValue,
    VaEnd,
    Value,
    VaStart,
    While,
)
from c2rust_py.ir.program import Function, Local, LocalKind, Program
from c2rust_py.ir.types import (
    Access,
    EnumType,
    IdType,
    IntType,
    PointerType,
    RecordType,
    Type,
    is_optional_reference,
)
from c2rust_py.ir.walk import Node, walk
from c2rust_py.to_rust.active_nodes import active_nodes
from c2rust_py.to_rust.deferred_values import is_deferred
from c2rust_py.to_rust.held_globals import held_by_macro, takes_globals
from c2rust_py.to_rust.operand_order import Arranged, Operand, Position, arrange
from c2rust_py.to_rust.place_operands import operands_of, with_operands

_COMMUTATIVE = frozenset({BinaryOp.ADD, BinaryOp.MUL, BinaryOp.AND, BinaryOp.OR, BinaryOp.XOR})


def sequence_operands(function: Function, program: Program, storage: Storage, effects: Effects) -> Function:
    """The function with its operands in an order that Rust and gcc agree on."""
    sequencer = _Sequencer(function, program, storage, effects)
    body = sequencer.statements(function.body)
    return replace(function, body=body, locals=(*function.locals, *sequencer.temporaries))


@dataclass(slots=True)
class _Sequencer:
    """The state of one function: its facts, the values with side effects, the temporaries made so far."""

    function: Function
    program: Program
    storage: Storage
    effects: Effects
    temporaries: list[Local] = field(default_factory=list)
    layout: Layout = field(init=False)
    nodes: NodeTouches = field(init=False)
    active: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.layout = Layout(self.program.records, self.program.enums)
        self.nodes = NodeTouches(
            self.program, self.storage, self.function.symbol, lambda call: self.effects.of_call(call, self.layout)
        )
        self.active = active_nodes(self.function.body)

    # ---- statements

    def statements(self, body: Iterable[Statement]) -> tuple[Statement, ...]:
        return tuple(result for statement in body for result in self.statement(statement))

    def statement(self, node: Statement) -> tuple[Statement, ...]:
        """The statement, with what has to run in front of it."""
        match node:
            case If():
                return self._if(node)
            case Block() | Loop() | Labelled():
                return (replace(node, body=self.statements(node.body)),)
            case While() | DoWhile():
                condition = self.repeated(node.condition)
                return (replace(node, condition=condition, body=self.statements(node.body)),)
            case For():
                return (self._for(node),)
            case Match():
                value = self.value(node.value)
                arms = tuple(Arm(arm.patterns, self.statements(arm.body)) for arm in node.arms)
                return (*value.before, replace(node, value=value.value, arms=arms))
            case CatchJump():
                env = self.value(node.env)
                return (*env.before, replace(node, env=env.value, body=self.statements(node.body)))
            case _ if id(node) not in self.active:
                return (node,)
            case Evaluate():
                return self._evaluate(node)
            case Assign():
                return self._assign(node)
            case Declare() | AllocateVla():
                return self._declare(node)
            case DeclarePair():
                call = self.value(node.call)
                return (*call.before, replace(node, call=call.value))
            case Return():
                result = self.value(cast(Value, node.value))
                return (*result.before, replace(node, value=result.value))
            case VaStart(place) | VaEnd(place):
                operands = self._arrange(self._place_operands(place), self.nodes.in_memory(place))
                return (*operands.before, replace(node, list=with_operands(place, _values(operands))))
            case _:
                return (node,)

    def _if(self, node: If) -> tuple[Statement, ...]:
        """An else-if chain is taken from its end, so that its length does not matter."""
        chain = [node]
        while len(chain[-1].otherwise) == 1 and isinstance(chain[-1].otherwise[0], If):
            chain.append(chain[-1].otherwise[0])
        tail = self.statements(chain[-1].otherwise)
        for link in reversed(chain):
            condition = self.value(link.condition)
            then = self.statements(link.then)
            tail = (*condition.before, replace(link, condition=condition.value, then=then, otherwise=tail))
        return tail

    def _for(self, node: For) -> For:
        return replace(
            node,
            init=self.statements(node.init),
            condition=None if node.condition is None else self.repeated(node.condition),
            step=self.statements(node.step),
            body=self.statements(node.body),
        )

    def _evaluate(self, node: Evaluate) -> tuple[Statement, ...]:
        """A block without a value dissolves; what is left of an expression whose value is not used may be nothing."""
        value: Value = node.value
        while isinstance(value, Convert) and isinstance(value.operand, BlockValue):
            value = value.operand
        if isinstance(value, BlockValue) and value.value is None:
            return self.statements(value.body)
        operand = self.value(value)
        if operand.before and _is_idle(operand):
            return operand.before
        return (*operand.before, replace(node, value=operand.value))

    def _assign(self, node: Assign) -> tuple[Statement, ...]:
        """Rust has the value before a plain place, and the pointer of a place in memory before the value; so it has a cell."""
        in_memory = self.nodes.in_memory(node.place)
        place = self._place_operands(node.place)
        place_first = in_memory or cell_of(node.place) is not None
        ranks = range(len(place)) if place_first else range(1, len(place) + 1)
        held = self.nodes.held_to_write(node.place)
        place_positions = [
            Position(rank, in_memory, operand.touches.conflicts(held) or self._is_first(operand, node.place))
            for rank, operand in zip(ranks, place, strict=True)
        ]
        value_position = Position(len(place) if place_first else 0, barred=in_memory)
        if is_deferred(node.value, self.layout):
            value, before = self._deferred(node.value, place)
            arranged = arrange((*place, value), (*place_positions, value_position), self.bind)
            *operands, last = _values(arranged)
        else:
            before = ()
            arranged = arrange((self.value(node.value), *place), (value_position, *place_positions), self.bind)
            last, *operands = _values(arranged)
        return (*before, *arranged.before, replace(node, place=with_operands(node.place, operands), value=last))

    def _is_first(self, operand: Operand, place: Place) -> bool:
        """Whether an operand of a place that is written cannot be computed while Rust holds what the place is in."""
        return lends_owner(operand.value, place) or self._asks_globals(operand, place)

    def _asks_globals(self, operand: Operand, place: Place) -> bool:
        """Whether an operand of a place in an arena takes all globals, so that Rust cannot hold the arena by then."""
        return pool_of(place) is not None and takes_globals(operand.value, self.effects, self.layout)

    def _waits_for(self, held: tuple[int, ...], argument: Operand, position: int) -> bool:
        """Whether an argument takes all globals while a macro holds some of them, as arguments in front of it."""
        return any(at < position for at in held) and takes_globals(argument.value, self.effects, self.layout)

    def _deferred(self, value: Value, place: Sequence[Operand]) -> tuple[Operand, tuple[Statement, ...]]:
        """An assigned call or object, whose own operands come before those of the place: what is in front of it, and
        those operands that finding the place would disturb, run first."""
        between = NOTHING
        for operand in place:
            between |= operand.touches | operand.before_touches
        made = self._deferred_value(value, between)
        return Operand(made.value, made.touches, made.borrows), made.before

    def _deferred_value(self, value: Value, between: Touches) -> Operand:
        match value:
            case Call():
                return self._call(value, between)
            case Load():
                return self._access(value, between)
            case Insert():
                return self.value(value)
            case Convert(operand):
                inner = self._deferred_value(operand, between)
                return replace(inner, value=replace(value, operand=inner.value))
            case _:
                raise AssertionError(value)

    def _declare(self, node: Declare | AllocateVla) -> tuple[Statement, ...]:
        """A new block of memory is made by a method of memory, so its value cannot use memory exclusively."""
        if isinstance(node, AllocateVla):
            size = self._arrange([self.value(node.size)], barred=True)
            return (*size.before, replace(node, size=_values(size)[0]))
        barred = (self.function.symbol, node.local) in self.storage.memory_locals
        init = self._arrange([self.value(cast(Value, node.init))], barred)
        return (*init.before, replace(node, init=_values(init)[0]))

    # ---- values

    def repeated(self, value: Value) -> Value:
        """A value that is computed each time its turn comes: what it needs in front stays inside."""
        return self.value(value).in_place().value

    def value(self, value: Value) -> Operand:
        """The value in gcc's order. A part without side effects stays as it is."""
        if id(value) not in self.active:
            return Operand(value, self._touches_below(value))
        match value:
            case Binary() | Compare():
                return self._operators(value)
            case Logical(_, left, right):
                return self._lazy(value, left, {"right": right}, first="left")
            case Conditional(condition, then, otherwise):
                return self._lazy(value, condition, {"then": then, "otherwise": otherwise}, first="condition")
            case BlockValue():
                return self._block(value)
            case Call():
                return self._call(value)
            case Load() | AddressOf() | Decay() | VaArgValue():
                return self._access(value)
            case Borrow():
                return self._borrow(value)
            case Overflowing():
                return self._overflowing(value)
            case MoveOptional():
                return self._named(value, {"start": value.start, "operand": value.operand})
            case Allocate() | Reallocate() if value.count is not None:
                return self._named(value, {"count": value.count})
            case Insert() if value.init is not None:
                return self._named(value, {"init": value.init}, in_pool=True)
            case Remove():
                return self._named(value, {"id": value.id}, in_pool=True)
            case Optional() if value.value is not None:
                return self._named(value, {"value": value.value})
            case Convert() | Unary() | Not() | Truncate() | Unwrap() | IsPresent():
                return self._named(value, {"operand": value.operand})
            case PointerAdd():
                return self._named(value, {"pointer": value.pointer, "offset": value.offset})
            case PointerDiff():
                return self._named(value, {"left": value.left, "right": value.right})
            case RecordValue() | ArrayValue():
                return self._aggregate(value)
            case Builtin():
                barred = self.nodes.uses_memory(value)
                arranged = self._arrange([self.value(arg) for arg in value.args], barred)
                return self._made(replace(value, args=tuple(_values(arranged))), arranged, borrows=barred)
            case _:
                return Operand(value, self._touches_below(value))

    def _operators(self, value: Binary | Compare) -> Operand:
        """Operators that lean left, however many: the innermost first."""
        spine: list[Binary | Compare] = [value]
        while isinstance(spine[-1].left, Binary | Compare) and id(spine[-1].left) in self.active:
            spine.append(spine[-1].left)
        left = self.value(spine[-1].left)
        for node in reversed(spine):
            right = self.value(node.right)
            if self._takes_left_last(node):
                arranged = arrange((right, left), (Position(1), Position(0)), self.bind)
                new_right, new_left = _values(arranged)
            else:
                arranged = arrange((left, right), (Position(0), Position(1)), self.bind)
                new_left, new_right = _values(arranged)
            left = self._made(replace(node, left=new_left, right=new_right), arranged)
        return left

    def _takes_left_last(self, node: Binary | Compare) -> bool:
        """Whether gcc swaps the operands: a variable goes to the right of anything but a variable or constant."""
        if isinstance(node, Binary) and node.op not in _COMMUTATIVE:
            return False
        if isinstance(node, Binary) and node.op is BinaryOp.ADD and isinstance(node.left, Unary):
            return node.left.op is UnaryOp.NEGATE
        return self._is_variable(node.left) and not self._is_variable(node.right)

    def _is_variable(self, value: Value) -> bool:
        """Whether the value is a whole variable, maybe converted to another type of the same size."""
        while isinstance(value, Convert) and self._same_bits(value.type, value.operand.type):
            value = value.operand
        return isinstance(value, Load) and isinstance(value.place, LocalPlace | GlobalPlace)

    def _same_bits(self, a: Type, b: Type) -> bool:
        kinds = (IntType, EnumType, PointerType, IdType)
        return isinstance(a, kinds) and isinstance(b, kinds) and self.layout.size_of(a) == self.layout.size_of(b)

    def _lazy(self, value: Logical | Conditional, strict: Value, lazy: dict[str, Value], first: str) -> Operand:
        """The first operand runs in any case; the others keep in place what they need in front."""
        head = self.value(strict)
        parts = {name: self.value(part).in_place() for name, part in lazy.items()}
        touches, borrows = head.touches, head.borrows
        for part in parts.values():
            touches |= part.touches
            borrows = borrows or part.borrows
        updates = {first: head.value, **{name: part.value for name, part in parts.items()}}
        node: Value = replace(cast(Any, value), **updates)
        return Operand(node, touches, borrows, head.before, head.before_touches, head.before_borrows)

    def _block(self, value: BlockValue) -> Operand:
        """Statements in front of a value; without a value, the block is one itself."""
        body = self.statements(value.body)
        touches, borrows = self._touches_of(body), self._borrows(body)
        if value.value is None:
            return Operand(replace(value, body=body), touches, borrows)
        inner = self.value(value.value)
        return Operand(
            inner.value,
            inner.touches,
            inner.borrows,
            (*body, *inner.before),
            touches | inner.before_touches,
            borrows or inner.before_borrows,
        )

    def _call(self, call: Call, between: Touches = NOTHING) -> Operand:
        """gcc: the function, the arguments from the last to the first, then the copies of struct objects. `between` is
        what runs between the arguments and the call. What the call is lent counts to it: Rust lends as soon as it comes
        to the argument. The pointer that a dispatcher is given comes before them."""
        before, between = between, between | self.nodes.lent(call)
        args = [self.value(arg) for arg in call.args]
        turns = sorted(range(len(args)), key=lambda i: (_is_object(call.args[i]), -i))
        callbacks = self._callback_positions(call)
        operands = [self.value(call.function), *(args[i] for i in turns)]
        held = held_by_macro(call, self.program, self.nodes)
        early = [operand.touches.conflicts(between) for operand in operands]
        early = [one or (at > 0 and self._waits_for(held, args[turns[at - 1]], turns[at - 1])) for at, one in enumerate(early)]
        if turns and self._is_dispatcher(call.function):
            early[turns.index(0) + 1] = args[0].touches.conflicts(before)
        positions = [Position(0, early=early[0])]
        positions += [Position(i + 1, early=i in callbacks or early[turn]) for turn, i in enumerate(turns, 1)]
        arranged = arrange(operands, positions, self.bind)
        function, *values = _values(arranged)
        ordered = dict(zip(turns, values, strict=True))
        node = replace(call, function=function, args=tuple(ordered[i] for i in range(len(args))))
        return self._made(node, arranged, borrows=self._takes_memory(call))

    def _is_dispatcher(self, function: Value) -> bool:
        callee = self.program.functions.get(function.symbol) if isinstance(function, FunctionRef) else None
        return callee is not None and callee.targets is not None

    def _callback_positions(self, call: Call) -> frozenset[int]:
        """Callback arguments that are computed, not named: they are bound, since they end up inside a closure."""
        if not isinstance(call.function, FunctionRef):
            return frozenset()
        positions = self.effects.callbacks.get(call.function.symbol, ())
        return frozenset(i for i in positions if not self._stays_in_closure(call.args[i]))

    def _stays_in_closure(self, argument: Value) -> bool:
        if named_function(argument) is not None:
            return True
        inner = _below_conversions(argument)
        if not isinstance(inner, Load) or not isinstance(inner.place, LocalPlace):
            return False
        return not self.nodes.in_memory(inner.place)

    def _access(self, value: Load | AddressOf | Decay | VaArgValue, between: Touches = NOTHING) -> Operand:
        """A read of memory holds it while its operands are computed; taking an address does not. `between` is what runs
        between the operands and the access."""
        place = value.list if isinstance(value, VaArgValue) else value.place
        in_memory = self.nodes.in_memory(place)
        barred = in_memory and isinstance(value, Load | VaArgValue)
        between |= self.nodes.held(place)
        operands = self._place_operands(place)
        positions = [
            Position(i, barred, operand.touches.conflicts(between) or self._asks_globals(operand, place))
            for i, operand in enumerate(operands)
        ]
        arranged = arrange(operands, positions, self.bind)
        new_place = with_operands(place, _values(arranged))
        if isinstance(value, VaArgValue):
            return self._made(replace(value, list=new_place), arranged, borrows=in_memory)
        return self._made(replace(value, place=new_place), arranged)

    def _borrow(self, value: Borrow) -> Operand:
        """A loan begins with the call, so it touches nothing but its operands, and what holds the reference that it goes
        through. What the operands look at cannot be lent to be written meanwhile."""
        start = [] if value.start is None else [self.value(value.start)]
        present = [] if value.present is None else [Operand(value.present, self._touches_of_present(value))]
        operands = [*self._place_operands(value.place), *start, *present]
        lent = NOTHING if value.type.access is Access.SHARED else self.nodes.lent_by(value)
        positions = [
            Position(i, early=operand.touches.conflicts(lent) or self._asks_globals(operand, value.place))
            for i, operand in enumerate(operands)
        ]
        arranged = arrange(operands, positions, self.bind)
        values = _values(arranged)
        new_present = values.pop() if present else value.present
        new_start = values.pop() if start else None
        if isinstance(new_start, IntConst) and new_start.value == 0:
            new_start = None
        place = with_operands(value.place, values)
        return self._made(replace(value, place=place, start=new_start, present=new_present), arranged)

    def _overflowing(self, value: Overflowing) -> Operand:
        in_memory = self.nodes.in_memory(value.result)
        operands = [self.value(value.left), self.value(value.right), *self._place_operands(value.result)]
        positions = [Position(i, barred=in_memory and i >= 2) for i in range(len(operands))]
        arranged = arrange(operands, positions, self.bind)
        left, right, *place = _values(arranged)
        node = replace(value, left=left, right=right, result=with_operands(value.result, place))
        return self._made(node, arranged, borrows=in_memory)

    def _aggregate(self, value: RecordValue | ArrayValue) -> Operand:
        if isinstance(value, ArrayValue):
            arranged = self._arrange([self.value(run.value) for run in value.runs])
            values = _values(arranged)
            runs = tuple(replace(run, value=new) for run, new in zip(value.runs, values, strict=True))
            return self._made(replace(value, runs=runs), arranged)
        present = [i for i, item in enumerate(value.fields) if item is not None]
        arranged = self._arrange([self.value(cast(Value, value.fields[i])) for i in present])
        fields = list(value.fields)
        for i, new in zip(present, _values(arranged), strict=True):
            fields[i] = new
        return self._made(replace(value, fields=tuple(fields)), arranged)

    def _named(self, value: Value, parts: dict[str, Value], in_pool: bool = False) -> Operand:
        """A node whose operands are these fields, evaluated in that order in C and in Rust. A method of a pool holds that meanwhile."""
        operands = [self.value(part) for part in parts.values()]
        early = [in_pool and takes_globals(operand.value, self.effects, self.layout) for operand in operands]
        arranged = arrange(operands, [Position(i, early=first) for i, first in enumerate(early)], self.bind)
        updates = dict(zip(parts, _values(arranged), strict=True))
        return self._made(cast(Value, replace(cast(Any, value), **updates)), arranged)

    # ---- operands

    def _place_operands(self, place: Place) -> list[Operand]:
        return [self.value(operand) for operand in operands_of(place)]

    def _arrange(self, operands: Sequence[Operand], barred: bool = False) -> Arranged:
        return arrange(operands, [Position(i, barred) for i in range(len(operands))], self.bind)

    def _made(self, node: Value, arranged: Arranged, borrows: bool = False) -> Operand:
        """A node from arranged operands; `borrows`: it takes memory exclusively itself."""
        touches = self.nodes.of(node)
        for operand in arranged.operands:
            touches |= operand.touches
            borrows = borrows or operand.borrows
        return Operand(node, touches, borrows, arranged.before, arranged.before_touches, arranged.before_borrows)

    def bind(self, value: Value) -> tuple[Statement, Value]:
        """A new temporary: its declaration and a use of it."""
        id = len(self.function.locals) + len(self.temporaries)
        self.temporaries.append(Local(id, "tmp", value.type, LocalKind.TEMPORARY, value.span))
        return Declare(id, value, value.span), Load(LocalPlace(id, value.type, value.span), value.type, value.span)

    # ---- what code touches

    def _touches_below(self, node: Node) -> Touches:
        touches = NOTHING
        passed: set[int] = set()
        for inner in walk(node):
            if isinstance(inner, Borrow) and inner.present is not None:
                passed.update(map(id, walk(inner.present)))
                touches |= self._touches_of_present(inner)
            if id(inner) not in passed:
                touches |= self.nodes.of(inner)
        return touches

    def _touches_of_present(self, loan: Borrow) -> Touches:
        """What the question looks at whether there is anything to lend: the option itself is lent with what it holds."""
        assert loan.present is not None
        touches, root = NOTHING, root_of(loan.place)
        for inner in walk(loan.present):
            match inner, root:
                case Load(LocalPlace(local), type), LocalPlace(lent) if local == lent and is_optional_reference(type):
                    pass
                case _:
                    touches |= self.nodes.of(inner)
        return touches

    def _touches_of(self, body: Sequence[Statement]) -> Touches:
        touches = NOTHING
        for node in body:
            touches |= self._touches_below(node)
        return touches

    def _borrows(self, body: Sequence[Statement]) -> bool:
        """Whether statements take memory exclusively anywhere."""
        return any(self._node_borrows(inner) for node in body for inner in walk(node))

    def _node_borrows(self, node: Node) -> bool:
        if isinstance(node, Call):
            return self._takes_memory(node)
        return self.nodes.uses_memory(node) and not isinstance(node, Load)

    def _takes_memory(self, call: Call) -> bool:
        return bool(self.effects.takes_exclusively(call, self.layout) & Needs.MEMORY)


def _values(arranged: Arranged) -> list[Value]:
    return [operand.value for operand in arranged.operands]


def _below_conversions(value: Value) -> Value:
    while isinstance(value, Convert):
        value = value.operand
    return value


def _is_object(argument: Value) -> bool:
    """Whether an argument is a struct that lies somewhere: gcc copies it when all others are computed."""
    return isinstance(argument, Load) and isinstance(argument.type, RecordType)


def _is_idle(operand: Operand) -> bool:
    """Whether computing the operand is just a look at a variable or constant."""
    value = _below_conversions(operand.value)
    return isinstance(value, Load | IntConst) and not operand.touches.memory_read
