"""Lowering of statements: IR's structured control flow to Rust's, one statement list at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never

from c2rust_py.diagnostics import Span
from c2rust_py.infer.effects import Needs
from c2rust_py.ir.builtins import EFFECTFUL_BUILTINS
from c2rust_py.ir.nodes import (
    AllocateVla,
    Assign,
    Binary,
    Block,
    BlockValue,
    Break,
    Builtin,
    Call,
    CatchJump,
    Continue,
    Convert,
    Declare,
    DeclarePair,
    DerefPlace,
    DoWhile,
    Evaluate,
    For,
    If,
    Insert,
    IntConst,
    Labelled,
    Load,
    LocalPlace,
    Loop,
    Match,
    Overflowing,
    Place,
    Reallocate,
    Remove,
    Return,
    Split,
    Statement,
    UnsupportedStatement,
    UnsupportedValue,
    VaArgValue,
    VaEnd,
    Value,
    VaStart,
    While,
)
from c2rust_py.ir.types import OwnedType, RecordType, VoidType
from c2rust_py.ir.walk import Node, children, walk
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.code_pointers import CodeLowering
from c2rust_py.to_rust.flow import diverges
from c2rust_py.to_rust.fold_continues import continues_to, fold_continues
from c2rust_py.to_rust.frame import Facts, Frame, Unsupported, code_of
from c2rust_py.to_rust.loops import counted_loop
from c2rust_py.to_rust.patterns import match_patterns

_LARGEST_VALUE = 4096
"""Objects up to this many bytes are built as Rust values before they are stored."""


@dataclass(slots=True)
class _Target:
    """An enclosing construct that a break or continue can name: a loop, a labelled block, or the body of a setjmp, which
    is a closure. `labelled` says that its label was used, `step_used` that a continue left the block around the body of
    a loop with a step."""

    label: str
    loop: bool
    rust_label: str
    catch: bool = False
    labelled: bool = False
    step_used: bool = False
    has_step: bool = False


@dataclass(slots=True)
class _Jumps:
    """The constructs around the statement at hand, innermost last."""

    targets: list[_Target] = field(default_factory=list)
    count: int = 0
    rounds: int = 0


class StatementLowering(CodeLowering):
    """Statements and blocks."""

    def __init__(self, facts: Facts, frame: Frame, hoisted: frozenset[int]) -> None:
        super().__init__(facts, frame)
        self.hoisted = hoisted
        self.jumps = _Jumps()

    # ---- lists

    def statements(self, body: tuple[Statement, ...]) -> list[rs.Statement]:
        """A statement list, cut off behind what does not come back."""
        lowered: list[rs.Statement] = []
        for statement in body:
            for part in self.statement(statement):
                lowered.append(part)
                if isinstance(part, rs.ExprStatement) and diverges(part.expr, self.facts.diverging):
                    return lowered
        return lowered

    def rust_block(self, body: tuple[Statement, ...]) -> rs.Block:
        return rs.Block(tuple(self.statements(body)))

    def block(self, body: tuple[Statement, ...], tail: Value | None, as_condition: bool = False) -> rs.Block:
        statements = tuple(self.statements(body))
        if tail is None:
            return rs.Block(statements)
        return rs.Block(statements, self.condition(tail) if as_condition else self.value(tail))

    # ---- statements

    def statement(self, statement: Statement) -> list[rs.Statement]:
        match statement:
            case Declare(local, init, span):
                return self.declare(local, init, span)
            case Assign():
                return self.assign(statement)
            case Evaluate(Load(LocalPlace(type=OwnedType())) as given, span):
                return [rs.ExprStatement(rs.Call(rs.Name("drop"), (self.value(given),)), span)]
            case Evaluate(value, span):
                return self.evaluate(value, span)
            case Return(value, span):
                return self.returns(value, span)
            case AllocateVla(local, size, span):
                return self.allocate_vla(local, size, span)
            case Split(place, at, low, high, span):
                parts = rs.MethodCall(self.base_path(place), "split_at_mut", (self.index(at),))
                return [rs.ExprStatement(rs.LetPair(self.local_name(low), self.local_name(high), parts), span)]
            case DeclarePair(value, length, call, span):
                names = ("_" if value is None else self.local_name(value)), self.local_name(length)
                return [rs.ExprStatement(rs.LetPair(*names, self.pair(call)), span)]
            case VaStart(va_list, span):
                return self.va_start(va_list, span)
            case VaEnd():
                return []
            case CatchJump():
                return self.catch_jump(statement)
            case UnsupportedStatement(code, reason, span):
                raise Unsupported(code_of(code), reason, span)
            case Block() | If() | Match() | Labelled() | While() | DoWhile() | For() | Loop() | Break() | Continue():
                return self.control(statement)
            case _:
                raise AssertionError(f"{type(statement).__name__} is left after normalisation")

    def control(
        self, statement: Block | If | Match | Labelled | While | DoWhile | For | Loop | Break | Continue
    ) -> list[rs.Statement]:
        match statement:
            case Block(body, span):
                return [rs.ExprStatement(rs.BlockExpr(self.rust_block(body)), span)]
            case If():
                return [rs.ExprStatement(self.if_chain(statement), statement.span)]
            case Match():
                return [rs.ExprStatement(self.match(statement), statement.span)]
            case Labelled(label, body, span):
                target = self.enter(label, loop=False)
                block = self.rust_block(body)
                self.leave()
                name = target.rust_label if target.labelled else None
                return [rs.ExprStatement(rs.BlockExpr(block, name), span)]
            case While() | DoWhile() | For() | Loop():
                return self.loop(statement)
            case Break(label, span):
                return [rs.ExprStatement(self.breaks(label), span)]
            case Continue(label, span):
                return [rs.ExprStatement(self.continues(label), span)]
            case _:
                assert_never(statement)

    def pair(self, call: Value) -> rs.Expr:
        """A call of the library with all that it says, not its value alone."""
        value = self.value(call)
        assert isinstance(value, rs.FieldAccess), f"{call.span}: a call gives no pair"
        return value.base

    def declare(self, local: int, init: Value | None, span: Span) -> list[rs.Statement]:
        name = self.local_name(local)
        assert self.frame.function is not None
        type = self.frame.function.locals[local].type
        in_memory = (self.frame.function.symbol, local) in self.facts.storage.memory_locals
        if in_memory:
            if local in self.hoisted:
                return [] if init is None else self.assign(Assign(LocalPlace(local, type, span), init, span))
            return self.declare_in_memory(local, init, span)
        if local in self.hoisted:
            return [] if init is None else [rs.ExprStatement(rs.Assign(rs.Name(name), self.initial(init)), span)]
        rust = self.frame.rust_type(type)
        if init is None:
            return [rs.Let(name, rust, self.zero(type), span=span)]
        if _names(init, local):
            zeroed = rs.Let(name, rust, self.zero(type), span=span)
            return [zeroed, rs.ExprStatement(rs.Assign(rs.Name(name), self.initial(init)), span)]
        return [rs.Let(name, rust, self.initial(init), span=span)]

    def initial(self, init: Value) -> rs.Expr:
        return self.value(init, typed=True)

    def declare_in_memory(self, local: int, init: Value | None, span: Span) -> list[rs.Statement]:
        assert self.frame.function is not None
        type = self.frame.function.locals[local].type
        name, rust = self.local_name(local), self.frame.stored_type(type)
        size = self.facts.types.layout.size_of(type)
        pointer = rs.PathType("Ptr", (rust,))
        self.frame.import_type("Ptr")
        if init is None or size > _LARGEST_VALUE or _names(init, local):
            space = rs.MethodCall(self.frame.method("alloca", rs.Literal(str(size))), "cast")
            declared: list[rs.Statement] = [rs.Let(name, pointer, space, span=span)]
            if init is None:
                return declared
            return declared + self.assign(Assign(LocalPlace(local, type, span), init, span))
        value = self.wrapped(self.value(init, typed=True), type)
        return [rs.Let(name, pointer, self.frame.method("local", value), span=span)]

    def assign(self, statement: Assign) -> list[rs.Statement]:
        place, value, span = statement.place, statement.value, statement.span
        is_stored_record = isinstance(place.type, RecordType) and self.in_memory(place)
        if is_stored_record and isinstance(value, Load) and self.in_memory(value.place):
            size = rs.Literal(str(self.facts.types.layout.size_of(place.type)))
            copy = self.frame.method("copy", self.address(place), self.address(value.place), size)
            return [rs.ExprStatement(copy, span)]
        if not self.in_memory(place) and isinstance(value, Binary):
            updated = self.compound(statement, value)
            if updated is not None:
                return [rs.ExprStatement(updated, span)]
        return [rs.ExprStatement(self.store(place, self.value(value, typed=True)), span)]

    def compound(self, statement: Assign, value: Binary) -> rs.Expr | None:
        """`x = x op y` as `x op= y`, where the operator is a plain one."""
        if not isinstance(value.left, Load):
            return None
        stored = self.store(statement.place, self.value(value, typed=True))
        match stored:
            case rs.Assign(target, rs.Binary(op, left, right), "") if target == left and op not in ("==", "!=", "<"):
                return rs.Assign(target, right, op)
            case _:
                return stored

    def evaluate(self, value: Value, span: Span) -> list[rs.Statement]:
        """A value for its effects; what has none is dropped."""
        while isinstance(value, Convert):
            value = value.operand
        if isinstance(value, BlockValue):
            statements = self.statements(value.body)
            if value.value is not None:
                statements += self.evaluate(value.value, span)
            if any(isinstance(s, rs.Let) for s in statements):
                return [rs.ExprStatement(rs.BlockExpr(rs.Block(tuple(statements))), span)]
            return statements
        if not any(_has_effect(node) or _may_trap(node) for node in walk(value)):
            return []
        lowered = self.value(value)
        if isinstance(value, Call) or isinstance(value.type, VoidType):
            return [rs.ExprStatement(lowered, span)]
        return [rs.Let("_", None, lowered, span=span)]

    def returns(self, value: Value | None, span: Span) -> list[rs.Statement]:
        """A return, which first leaves the function's stack blocks."""
        assert self.frame.function is not None
        if value is not None and isinstance(self.frame.function.type.result, VoidType):
            return [*self.evaluate(value, span), *self.returns(None, span)]
        result = None if value is None else self.value(value, typed=True)
        if value is None and not isinstance(self.frame.function.type.result, VoidType):
            result = self.zero(self.frame.function.type.result)
        if not self.frame.frame_marked:
            return [rs.ExprStatement(self.return_of(result), span)]
        leave = rs.ExprStatement(self.frame.method("leave", rs.Name(self.frame.own("mark"))), span)
        if result is None or isinstance(result, rs.Literal | rs.Name):
            return [leave, rs.ExprStatement(self.return_of(result), span)]
        type = self.frame.rust_type(self.frame.function.type.result)
        name = self.frame.own("result")
        bind = rs.Let(name, type, result, span=span)
        return [bind, leave, rs.ExprStatement(self.return_of(rs.Name(name)), span)]

    def allocate_vla(self, local: int, size: Value, span: Span) -> list[rs.Statement]:
        """A variable-length array. Its loop ends the one of the round before (see `in_rounds`), or else this does."""
        assert self.frame.function is not None
        type = self.frame.function.locals[local].type
        place = LocalPlace(local, type, span)
        space = rs.MethodCall(self.frame.method("alloca", self.value(size, typed=True)), "cast")
        store = rs.ExprStatement(self.store(place, space), span)
        if not self.frame.uses_alloca:
            return [store]
        return [rs.ExprStatement(self.frame.method("end_local", self.load(place, type)), span), store]

    def va_start(self, va_list: Place, span: Span) -> list[rs.Statement]:
        """`va_start`: the list is bound before it is stored in memory, which is borrowed by then."""
        start = self.frame.method("va_start", rs.Name(self.frame.own("args")))
        if not self.in_memory(va_list):
            return [rs.ExprStatement(self.store(va_list, start), span)]
        name = self.frame.own("list")
        return [rs.Let(name, None, start, span=span), rs.ExprStatement(self.store(va_list, rs.Name(name)), span)]

    def catch_jump(self, statement: CatchJump) -> list[rs.Statement]:
        """What follows a setjmp, as a closure that runs again after each longjmp. Where some path leaves it for what
        stands behind, it gives an `Option` of the function's result (for void functions: whether the function ends)."""
        assert self.frame.function is not None
        env = self.value(statement.env)
        result = self.local_name(statement.result)
        target = self.enter(statement.label, loop=False)
        target.catch = True
        target.labelled = any(isinstance(n, Break) and n.label == statement.label for s in statement.body for n in walk(s))
        body = self.rust_block(statement.body)
        self.leave()
        (context_param,) = self.frame.context_params()
        params = ((context_param.name, context_param.type), (result, rs.PathType("i32")))
        closure = rs.Closure(params, rs.BlockExpr(body))
        context = self.frame.context_args(self.frame.needs if self.frame.needs else Needs.MEMORY)
        call = rs.Call(rs.Name("c2rs_rt::setjmp::catch"), (env, closure, *context))
        void = isinstance(self.frame.function.type.result, VoidType)
        if not target.labelled:
            ends = [rs.ExprStatement(self.return_of(None))] if void else []
            return [rs.ExprStatement(call if void else self.return_of(call), statement.span), *ends]
        if void:
            ended = rs.If(call, rs.Block((rs.ExprStatement(self.return_of(None)),)))
            return [rs.ExprStatement(ended, statement.span)]
        some = rs.MatchArm(("Some(result)",), rs.Block((rs.ExprStatement(self.return_of(rs.Name("result"))),)))
        none = rs.MatchArm(("None",), rs.Block(()))
        return [rs.ExprStatement(rs.Match(call, (some, none)), statement.span)]

    def return_of(self, value: rs.Expr | None) -> rs.Expr:
        """The return of a result from the innermost closure or the function; see `catch_jump`."""
        catch = next((target for target in reversed(self.jumps.targets) if target.catch), None)
        if catch is None or not catch.labelled:
            return rs.Return(value)
        return rs.Return(rs.Literal("true", suffixed=True) if value is None else rs.Call(rs.Name("Some"), (value,)))

    def breaks(self, label: str) -> rs.Expr:
        """A break; out of the closure of a setjmp it is a return that does not end the function."""
        target = next(target for target in reversed(self.jumps.targets) if target.label == label)
        if not target.catch:
            return rs.Break(self.jump(label))
        assert self.frame.function is not None
        void = isinstance(self.frame.function.type.result, VoidType)
        return rs.Return(rs.Name("false" if void else "None"))

    # ---- branches

    def if_chain(self, statement: If) -> rs.Expr:
        """An if with its else-ifs, built from the last one back, since chains can be long."""
        links = [statement]
        while len(links[-1].otherwise) == 1 and isinstance(links[-1].otherwise[0], If):
            links.append(links[-1].otherwise[0])
        last = links[-1].otherwise
        conditions = [(self.condition(link.condition), self.rust_block(link.then)) for link in links]
        chain: rs.BlockExpr | rs.If | None = rs.BlockExpr(self.rust_block(last)) if last else None
        if isinstance(chain, rs.BlockExpr) and not chain.block.statements:
            chain = None
        for condition, then in reversed(conditions):
            chain = rs.If(condition, then, chain)
        assert isinstance(chain, rs.If)
        return chain

    def match(self, statement: Match) -> rs.Expr:
        target = self.enter(statement.label, loop=False)
        value, arms = match_patterns(self, statement)
        lowered = []
        for patterns, body in arms:
            lowered.append(rs.MatchArm(patterns, self.rust_block(body)))
        if not any(arm.patterns == ("_",) for arm in lowered):
            lowered.append(rs.MatchArm(("_",), rs.Block(())))
        self.leave()
        match: rs.Expr = rs.Match(value, tuple(lowered))
        if target.labelled:
            return rs.BlockExpr(rs.Block((rs.ExprStatement(match),)), target.rust_label)
        return match

    # ---- loops and jumps

    def enter(self, label: str, loop: bool, has_step: bool = False) -> _Target:
        self.jumps.count += 1
        target = _Target(label, loop, f"l{self.jumps.count}", has_step=has_step)
        self.jumps.targets.append(target)
        return target

    def leave(self) -> None:
        self.jumps.targets.pop()

    def jump(self, label: str) -> str | None:
        """The Rust label for a break out of the construct `label`; none where it is the innermost loop and no labelled
        block stands in between."""
        for depth, target in enumerate(reversed(self.jumps.targets)):
            if target.label == label:
                innermost = depth == 0 and target.loop and not target.has_step
                if not innermost:
                    target.labelled = True
                    return target.rust_label
                return None
        raise AssertionError(f"no construct has the label {label}")

    def continues(self, label: str) -> rs.Expr:
        """`continue`; in a loop with a step, a break out of the body's block."""
        for depth, target in enumerate(reversed(self.jumps.targets)):
            if target.label == label:
                if target.has_step:
                    target.step_used = True
                    return rs.Break(f"{target.rust_label}_step")
                if depth == 0:
                    return rs.Continue(None)
                target.labelled = True
                return rs.Continue(target.rust_label)
        raise AssertionError(f"no loop has the label {label}")

    def loop(self, statement: While | DoWhile | For | Loop) -> list[rs.Statement]:
        """A loop. Where its body makes stack blocks, each round ends those of the round before, and so does its end."""
        if self.frame.uses_alloca or not self.makes_blocks(statement.body):
            return self.plain_loop(statement)
        self.jumps.rounds += 1
        mark = rs.Name("round" if self.jumps.rounds == 1 else f"round_{self.jumps.rounds}")
        enter = rs.Let(mark.text, None, self.frame.method("enter"), span=statement.span)
        leave = rs.ExprStatement(self.frame.method("leave", mark), statement.span)
        *before, last = self.plain_loop(statement)
        assert isinstance(last, rs.ExprStatement)
        body = last.expr
        assert isinstance(body, rs.Loop | rs.While | rs.For)
        begun = rs.Block((leave, *body.body.statements), body.body.tail, body.body.tail_span)
        looped = replace(last, expr=replace(body, body=begun))
        return [*before, enter, looped, leave]

    def makes_blocks(self, body: tuple[Statement, ...]) -> bool:
        """Whether running the body makes stack blocks, inner loops (which end theirs) apart."""
        assert self.frame.function is not None
        symbol, memory = self.frame.function.symbol, self.facts.storage.memory_locals
        stack: list[Node] = list(body)
        while stack:
            node = stack.pop()
            match node:
                case AllocateVla():
                    return True
                case Declare(local) if (symbol, local) in memory and local not in self.hoisted:
                    return True
                case While() | DoWhile() | For() | Loop():
                    continue
                case _:
                    stack.extend(children(node))
        return False

    def plain_loop(self, statement: While | DoWhile | For | Loop) -> list[rs.Statement]:
        match statement:
            case While(label, condition, body, span):
                target = self.enter(label, loop=True)
                lowered = self.while_loop(condition, body, target, ())
                self.leave()
                return [rs.ExprStatement(lowered, span)]
            case DoWhile(label, body, condition, span):
                return [rs.ExprStatement(self.do_while(statement), span)]
            case For(span=span):
                counted = counted_loop(self, statement)
                return counted if counted is not None else self.for_loop(statement)
            case Loop(label, body, span):
                target = self.enter(label, loop=True)
                block = self.rust_block(body)
                self.leave()
                return [rs.ExprStatement(rs.Loop(block, self.name_of(target)), span)]

    def name_of(self, target: _Target) -> str | None:
        return target.rust_label if target.labelled else None

    def while_loop(
        self, condition: Value | None, body: tuple[Statement, ...], target: _Target, step: tuple[Statement, ...]
    ) -> rs.Expr:
        """A loop with an optional step. A condition that needs statements moves into the body of a `loop`."""
        test = None if condition is None or _is_true(condition) else self.condition(condition)
        inner = self.statements(body)
        if target.step_used:
            inner = [rs.ExprStatement(rs.BlockExpr(rs.Block(tuple(inner)), f"{target.rust_label}_step"))]
        if not inner or not (
            isinstance(inner[-1], rs.ExprStatement) and diverges(inner[-1].expr, self.facts.diverging)
        ):
            inner += self.statements(step)
        if test is None:
            return rs.Loop(rs.Block(tuple(inner)), self.name_of(target))
        if isinstance(test, rs.BlockExpr) and test.block.tail is not None and test.block.statements:
            assert condition is not None
            done = self.negation(condition)
            assert isinstance(done, rs.BlockExpr) and done.block.tail is not None
            leave = rs.If(done.block.tail, rs.Block((rs.ExprStatement(rs.Break()),)))
            statements = (*done.block.statements, rs.ExprStatement(leave), *inner)
            return rs.Loop(rs.Block(statements), self.name_of(target))
        return rs.While(test, rs.Block(tuple(inner)), self.name_of(target))

    def do_while(self, statement: DoWhile) -> rs.Expr:
        """A `loop` whose last statement leaves it; `continue` goes to the condition."""
        once = isinstance(statement.condition, IntConst) and statement.condition.value == 0
        statement = replace(statement, body=fold_continues(statement.label, statement.body))
        continued = continues_to(statement.label, statement.body)
        target = self.enter(statement.label, loop=True, has_step=continued)
        inner = self.statements(statement.body)
        if target.step_used:
            inner = [rs.ExprStatement(rs.BlockExpr(rs.Block(tuple(inner)), f"{target.rust_label}_step"))]
        comes_back = not inner or not (
            isinstance(inner[-1], rs.ExprStatement) and diverges(inner[-1].expr, self.facts.diverging)
        )
        if comes_back and once:
            inner.append(rs.ExprStatement(rs.Break()))
        elif comes_back and not _is_true(statement.condition):
            done = self.negation(statement.condition)
            if isinstance(done, rs.BlockExpr) and done.block.tail is not None:
                inner += done.block.statements
                done = done.block.tail
            inner.append(rs.ExprStatement(rs.If(done, rs.Block((rs.ExprStatement(rs.Break()),)))))
        self.leave()
        return rs.Loop(rs.Block(tuple(inner)), self.name_of(target))

    def for_loop(self, statement: For) -> list[rs.Statement]:
        init = self.statements(statement.init)
        if statement.step:
            statement = replace(statement, body=fold_continues(statement.label, statement.body))
        has_step = bool(statement.step) and continues_to(statement.label, statement.body)
        target = self.enter(statement.label, loop=True, has_step=has_step)
        lowered = self.while_loop(statement.condition, statement.body, target, statement.step)
        self.leave()
        return [*init, rs.ExprStatement(lowered, statement.span)]


def _names(init: Value, local: int) -> bool:
    """Whether an initialiser names the local that it is for, which C has in scope already (C11 6.2.1p7)."""
    return any(isinstance(node, LocalPlace) and node.local == local for node in walk(init))


def _is_true(condition: Value) -> bool:
    return isinstance(condition, IntConst) and condition.value != 0


def _has_effect(node: object) -> bool:
    """Whether evaluating a node itself does more than compute a value."""
    if isinstance(node, Builtin):
        return node.name in EFFECTFUL_BUILTINS
    return isinstance(node, Call | BlockValue | Overflowing | VaArgValue | UnsupportedValue | Reallocate | Insert | Remove)


def _may_trap(node: object) -> bool:
    """Whether evaluating a node can stop the program: a memory access or a division."""
    return isinstance(node, DerefPlace) or (isinstance(node, Binary) and node.op.value in "/%")
