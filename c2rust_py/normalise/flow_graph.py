"""The control-flow graph of a list of statements that jumps go through.

A node holds whole statements, nested ones too, as long as no jump from elsewhere leads *into* them: only such statements
are taken apart. Jumps *out of* a statement are edges of the node that holds it; they stay where they stand and are
replaced in `structure_graph`. Jump statements that belong to the graph are named by keys, so that a C label, the end of a
loop that was taken apart and its next round are all alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from c2rust_py.diagnostics import Span
from c2rust_py.ir.nodes import (
    AllocateVla,
    Block,
    Break,
    CatchJump,
    Continue,
    DoWhile,
    For,
    Goto,
    If,
    Label,
    Labelled,
    Loop,
    Match,
    Pattern,
    Statement,
    Value,
    While,
)
from c2rust_py.ir.walk import Node, walk
from c2rust_py.normalise.statement_lists import Statements, is_true, runs_off

N = TypeVar("N", bound=Node)
Key = tuple[str, str]
"""A jump's kind (goto, break, continue) and label."""


def jump_key(node: Node) -> Key | None:
    """The key of a jump statement, None of any other node."""
    match node:
        case Goto(label):
            return ("goto", label)
        case Break(label):
            return ("break", label)
        case Continue(label):
            return ("continue", label)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Jump:
    """To another node, always."""

    target: int


@dataclass(frozen=True, slots=True)
class Branch:
    condition: Value
    then: int
    otherwise: int
    span: Span


@dataclass(frozen=True, slots=True)
class Dispatch:
    """To the target whose patterns hold the value; no patterns: the rest, last. There always is a rest."""

    value: Value
    targets: tuple[tuple[tuple[Pattern, ...], int], ...]
    span: Span


Exit = Jump | Branch | Dispatch


@dataclass(slots=True)
class GraphNode:
    """Statements that run in a row. `exit` is None where the last one leaves the graph on every path."""

    hint: str
    body: list[Statement] = field(default_factory=list)
    exit: Exit | None = None
    embedded: set[int] = field(default_factory=set)
    """The nodes that statements in `body` or values of `exit` jump to."""
    keys: dict[Key, int] = field(default_factory=dict)
    """Where those jumps go."""

    def exit_targets(self) -> tuple[int, ...]:
        match self.exit:
            case None:
                return ()
            case Jump(target):
                return (target,)
            case Branch(_, then, otherwise):
                return (then, otherwise)
            case Dispatch(_, targets):
                return tuple(target for _, target in targets)

    def successors(self) -> tuple[int, ...]:
        return (*self.exit_targets(), *sorted(self.embedded))

    def redirect(self, old: int, new: int) -> None:
        """Every edge to `old` goes to `new`."""

        def moved(target: int) -> int:
            return new if target == old else target

        match self.exit:
            case Jump(target):
                self.exit = Jump(moved(target))
            case Branch(condition, then, otherwise, span):
                self.exit = Branch(condition, moved(then), moved(otherwise), span)
            case Dispatch(value, targets, span):
                self.exit = Dispatch(value, tuple((patterns, moved(target)) for patterns, target in targets), span)
            case None:
                pass
        self.keys = {key: moved(target) for key, target in self.keys.items()}
        self.embedded = set(self.keys.values())


def nodes_of(node: GraphNode) -> Iterator[Node]:
    """Everything in the statements and the exit of a graph's node."""
    for statement in node.body:
        yield from walk(statement)
    match node.exit:
        case Branch(condition):
            yield from walk(condition)
        case Dispatch(value):
            yield from walk(value)
        case _:
            pass


@dataclass(slots=True)
class Graph:
    """`nodes[entry]` runs first; reaching `end` is running off the list."""

    nodes: list[GraphNode]
    entry: int
    end: int
    setters: dict[int, int] = field(default_factory=dict)
    """Nodes that do no more than set a state, with the node that each leads to: they are written at every jump to them."""

    def add(self, hint: str) -> int:
        self.nodes.append(GraphNode(hint))
        return len(self.nodes) - 1


class Unstructurable(Exception):
    """A goto leads into a place that has no translation: the reason, and where."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


class Finish(Protocol):
    """Rewrites what stays whole."""

    def __call__(self, node: N, /) -> N: ...


@dataclass(slots=True)
class GraphBuilder:
    """Builds the graph of one list. `is_open` tells which statements must be taken apart, `finish` rewrites those that
    stay whole, `labels` are the C labels that stand in the list itself and in what is taken apart."""

    is_open: Callable[[Node], bool]
    finish: Finish
    labels: frozenset[str]
    graph: Graph = field(default_factory=lambda: Graph([], 0, 0))
    targets: dict[Key, int] = field(default_factory=dict)
    current: int | None = None
    order: dict[int, int] = field(default_factory=dict)
    """The position of each node in the text."""

    def build(self, body: Statements) -> Graph:
        self.graph.entry = self.graph.add("start")
        self.graph.end = self.graph.add("end")
        self.start(self.graph.entry)
        self.statements(body)
        self.jump(self.graph.end)
        self.order[self.graph.end] = len(self.order)
        self.graph.nodes[self.graph.end].exit = None
        for node in self.graph.nodes:
            self.embed(node)
        return self.graph

    def embed(self, node: GraphNode) -> None:
        """Finds the jumps inside of a node's statements."""
        for inner in nodes_of(node):
            key = jump_key(inner)
            if key is not None and key in self.targets:
                node.keys[key] = self.targets[key]
        node.embedded = set(node.keys.values())

    # ---- nodes in the making

    def start(self, node: int) -> None:
        self.current = node
        self.order[node] = len(self.order)

    def here(self) -> GraphNode:
        """The node that is being filled; code that nothing reaches gets one of its own, without a way in."""
        if self.current is None:
            self.start(self.graph.add("unreachable"))
        assert self.current is not None
        return self.graph.nodes[self.current]

    def leave(self, exit: Exit | None) -> None:
        self.here().exit = exit
        self.current = None

    def jump(self, target: int) -> None:
        """Falls or jumps to `target`, unless this point is not reached."""
        if self.current is not None:
            self.leave(Jump(target))

    def target(self, key: Key, hint: str) -> int:
        """The node that a jump leads to."""
        if key not in self.targets:
            self.targets[key] = self.graph.add(hint)
        return self.targets[key]

    # ---- statements

    def statements(self, body: Statements) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, statement: Statement) -> None:
        match statement:
            case Label(name):
                if name in self.labels:
                    node = self.target(("goto", name), name)
                    self.jump(node)
                    self.start(node)
            case Goto(name) if name in self.labels:
                self.here()
                self.leave(Jump(self.target(("goto", name), name)))
            case Break() | Continue() if jump_key(statement) in self.targets:
                key = jump_key(statement)
                assert key is not None
                self.here()
                self.leave(Jump(self.targets[key]))
            case _ if self.is_open(statement) or self.only_dispatches(statement):
                self.take_apart(statement)
            case _:
                self.here().body.append(self.finish(statement))
                if not runs_off((statement,)):
                    self.leave(None)

    def only_dispatches(self, statement: Statement) -> bool:
        """Whether control leaves a match or branch by jumps of this graph only: taken apart, it holds what it jumps to.
        One with labels of its own stays whole, since those are not in this graph."""
        match statement:
            case Match(_, _, arms):
                bodies = [arm.body for arm in arms]
                ends = all(len(body) == 1 and isinstance(body[0], (Goto, Break, Continue)) for body in bodies)
            case If():
                ends = False
            case _:
                return False
        if not ends and runs_off((statement,)):
            return False
        if any(isinstance(node, Label) and node.name not in self.labels for node in walk(statement)):
            return False
        return any(isinstance(node, Goto) and node.label in self.labels for node in walk(statement))

    def value(self, value: Value) -> Value:
        """A condition of a statement that is taken apart."""
        if self.is_open(value):
            raise Unstructurable("a jump into a statement expression", value.span)
        return self.finish(value)

    def take_apart(self, statement: Statement) -> None:
        match statement:
            case Block(body, span):
                if any(isinstance(inner, AllocateVla) for inner in body):
                    raise Unstructurable("a jump into the scope of a variable-length array", span)
                self.statements(body)
            case If(condition, then, otherwise, span):
                self.branch(condition, then, otherwise, span)
            case While(label, condition, body, span):
                self.loop(label, condition, body, (), span)
            case Loop(label, body, span):
                self.loop(label, None, body, (), span)
            case For(label, init, condition, step, body, span):
                self.statements(init)
                self.loop(label, condition, body, step, span)
            case DoWhile(label, body, condition, span):
                self.do_while(label, body, condition, span)
            case Labelled(label, body):
                behind = self.target(("break", label), label)
                self.statements(body)
                self.jump(behind)
                self.start(behind)
            case Match():
                self.match(statement)
            case CatchJump(_, _, _, _, span):
                raise Unstructurable("a jump into the code behind a setjmp", span)
            case _:
                raise Unstructurable("a jump into a statement expression", statement.span)

    def branch(self, condition: Value, then: Statements, otherwise: Statements, span: Span) -> None:
        then_node, behind = self.graph.add("then"), self.graph.add("behind")
        otherwise_node = self.graph.add("otherwise") if otherwise else behind
        self.here()
        self.leave(Branch(self.value(condition), then_node, otherwise_node, span))
        self.start(then_node)
        self.statements(then)
        self.jump(behind)
        if otherwise:
            self.start(otherwise_node)
            self.statements(otherwise)
            self.jump(behind)
        self.start(behind)

    def loop(self, label: str, condition: Value | None, body: Statements, step: Statements, span: Span) -> None:
        head = self.graph.add(label)
        behind = self.target(("break", label), f"{label}_end")
        self.targets[("continue", label)] = self.graph.add(f"{label}_next") if step else head
        self.jump(head)
        self.start(head)
        if condition is not None and not is_true(condition):
            inside = self.graph.add("body")
            self.leave(Branch(self.value(condition), inside, behind, span))
            self.start(inside)
        self.statements(body)
        if step:
            following = self.targets[("continue", label)]
            self.jump(following)
            self.start(following)
            self.statements(step)
        self.jump(head)
        self.start(behind)

    def do_while(self, label: str, body: Statements, condition: Value, span: Span) -> None:
        head = self.graph.add(label)
        test = self.target(("continue", label), f"{label}_test")
        behind = self.target(("break", label), f"{label}_end")
        self.jump(head)
        self.start(head)
        self.statements(body)
        self.jump(test)
        self.start(test)
        self.leave(Jump(head) if is_true(condition) else Branch(self.value(condition), head, behind, span))
        self.start(behind)

    def match(self, match: Match) -> None:
        behind = self.target(("break", match.label), f"{match.label}_end")
        targets = [(arm.patterns, self.graph.add("arm")) for arm in match.arms]
        rest = [] if match.arms and not match.arms[-1].patterns else [((), behind)]
        self.here()
        self.leave(Dispatch(self.value(match.value), (*targets, *rest), match.span))
        for arm, (_, node) in zip(match.arms, targets, strict=True):
            self.start(node)
            self.statements(arm.body)
            self.jump(behind)
        self.start(behind)
