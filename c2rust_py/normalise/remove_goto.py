"""Gotos become breaks and continues of labelled blocks and loops.

    if (!f) goto fail;                block 'fail {
    use(f);                               if (!f) { break 'fail; }
    return 0;                  ->         use(f);
    fail:                                 return 0;
    report();                         }
                                      report();

A label and all gotos to it stand in some smallest list of statements. From the first statement in that list that has to do
with such labels, the list becomes a control-flow graph (`flow_graph`), each cycle in it gets one entry (`split_entries`),
and it is written down again with structured statements only (`structure_graph`). Statements into which no goto leads stay
whole, and their own lists are treated in the same way; so this ends, and loops stay the loops they were.

Declarations in the graph whose local is used in several nodes move before it, and their initialiser becomes an assignment.
A goto that has no translation turns its function into a stub with C2RS-412. Relies on `lower_switch` and
`lower_computed_goto`: the only jumps are `Goto`, `Break`, `Continue` and `Return`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from c2rust_py.diagnostics import Code
from c2rust_py.ir.nodes import (
    AddressOf,
    AllocateVla,
    Arm,
    Assign,
    Block,
    CatchJump,
    Decay,
    Declare,
    FieldPlace,
    Goto,
    IndexPlace,
    Label,
    LocalPlace,
    Statement,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.stubs import stub_of
from c2rust_py.ir.types import INT
from c2rust_py.ir.walk import Node, children, walk_all
from c2rust_py.normalise.flow_graph import Graph, GraphBuilder, Unstructurable, nodes_of
from c2rust_py.normalise.fresh import Fresh
from c2rust_py.normalise.split_entries import split_entries
from c2rust_py.normalise.statement_lists import LIST_FIELDS, Statements, map_lists, map_nearest_lists
from c2rust_py.normalise.structure_graph import structure_graph

N = TypeVar("N", bound=Node)


def remove_goto(function: Function) -> Function:
    """`function` without `Goto` and `Label`."""
    if not any(isinstance(node, (Goto, Label)) for node in walk_all(function.body)):
        return function
    fresh = Fresh.of(function)
    body = map_lists(function.body, _scope_arrays)
    try:
        body = _Removal(fresh, _find_crossings(body), _count_locals(walk_all(body)), _pointed_to(walk_all(body))).list(body)
    except Unstructurable as problem:
        return stub_of(function, Code.IRREDUCIBLE, problem.reason, problem.span)
    return fresh.finish(function, body)


def _scope_arrays(body: Statements) -> Statements:
    """A block around a variable-length array and what follows, up to the end of its scope: no jump from outside may lead
    there (C11 6.8.6.1), so that the block stays whole and the array lives as long as it should."""
    for position, statement in enumerate(body):
        if isinstance(statement, AllocateVla) and any(isinstance(node, Label) for node in walk_all(body)):
            return (*body[:position], Block(body[position:], statement.span))
    return body


@dataclass(slots=True)
class _Jumps:
    """The labels and the gotos below a node, and whether a goto leads into a list of it from outside of that list."""

    labels: set[str] = field(default_factory=set)
    gotos: Counter[str] = field(default_factory=Counter)
    is_open: bool = False


_NO_JUMPS = _Jumps()


@dataclass(slots=True)
class _Crossings:
    """Facts about the nodes that hold labels or gotos. Nodes are told apart by identity: labels are unique, so no
    statement with a label is shared between two places."""

    jumps: dict[int, _Jumps]
    total: Counter[str]

    def of(self, node: Node) -> _Jumps:
        return self.jumps.get(id(node), _NO_JUMPS)

    def is_open(self, node: Node) -> bool:
        """Whether the node must be taken apart."""
        return self.of(node).is_open


def _find_crossings(body: Statements) -> _Crossings:
    """Collects labels and gotos bottom-up, on an explicit stack."""
    total = Counter(node.label for node in walk_all(body) if isinstance(node, Goto))
    crossings = _Crossings({}, total)
    stack: list[tuple[Node, bool]] = [(statement, False) for statement in body]
    while stack:
        node, done = stack.pop()
        if not done:
            stack.append((node, True))
            stack.extend((child, False) for child in children(node))
            continue
        own = _sum_jumps(node, crossings)
        if own.labels or own.gotos:
            crossings.jumps[id(node)] = own
    return crossings


def _sum_jumps(node: Node, crossings: _Crossings) -> _Jumps:
    """The facts of a node, from those of its children."""
    own = _Jumps()
    match node:
        case Label(name):
            own.labels.add(name)
        case Goto(label):
            own.gotos[label] += 1
    for child in children(node):
        below = crossings.of(child)
        own.labels |= below.labels
        own.gotos += below.gotos
        if not isinstance(child, Statement):
            own.is_open = own.is_open or below.is_open
    for name in LIST_FIELDS.get(type(node), ()):
        items: Statements = getattr(node, name)
        labels = {label for item in items for label in crossings.of(item).labels}
        for label in labels:
            inside = sum(crossings.of(item).gotos[label] for item in items)
            own.is_open = own.is_open or inside < crossings.total[label]
    return own


def _count_locals(nodes: Iterable[Node]) -> Counter[int]:
    """How often each local is named, its declarations not counted."""
    found: Counter[int] = Counter()
    for node in nodes:
        if isinstance(node, (LocalPlace, AllocateVla)):
            found[node.local] += 1
        elif isinstance(node, CatchJump):
            found[node.result] += 1
    return found


def _pointed_to(nodes: Iterable[Node]) -> frozenset[int]:
    """The locals that a pointer may reach: they live as long as their block, whatever gotos go round in it."""
    found: set[int] = set()
    for node in nodes:
        if isinstance(node, AddressOf | Decay):
            place = node.place
            while isinstance(place, FieldPlace | IndexPlace):
                place = place.base
            if isinstance(place, LocalPlace):
                found.add(place.local)
    return frozenset(found)


@dataclass(slots=True)
class _Removal:
    fresh: Fresh
    crossings: _Crossings
    uses: Counter[int]
    pointed_to: frozenset[int]

    def list(self, body: Statements) -> Statements:
        """A list to whose labels no goto outside of it leads."""
        labels = self.labels_in(body)
        first = next((i for i, statement in enumerate(body) if self.concerns(statement, labels)), len(body))
        head = tuple([self.finish(s) for s in body[:first] if not isinstance(s, Label)])
        return (*head, *self.restructure(body[first:], labels)) if first < len(body) else head

    def labels_in(self, body: Statements) -> frozenset[str]:
        """The labels that gotos name, in the list and in the statements that must be taken apart."""
        found: set[str] = set()
        stack: list[Node] = list(body)
        while stack:
            node = stack.pop()
            if isinstance(node, Label):
                if self.crossings.total[node.name]:
                    found.add(node.name)
            elif isinstance(node, Arm) or self.crossings.is_open(node):
                stack.extend(child for child in children(node) if self.crossings.of(child).labels)
        return frozenset(found)

    def concerns(self, statement: Statement, labels: frozenset[str]) -> bool:
        jumps = self.crossings.of(statement)
        return not labels.isdisjoint(jumps.labels) or any(label in labels for label in jumps.gotos)

    def finish(self, node: N) -> N:
        """A statement or value that stays whole, with its own lists treated."""
        return map_nearest_lists(node, self.list) if self.crossings.of(node).labels else node

    def restructure(self, body: Statements, labels: frozenset[str]) -> Statements:
        span = body[0].span
        builder = GraphBuilder(self.crossings.is_open, self.finish, labels)
        graph = builder.build(body)
        states: list[Statement] = []

        def new_state() -> int:
            state = self.fresh.local("state", INT, span)
            states.append(Declare(state, None, span))
            return state

        split_entries(graph, new_state, span)
        hoisted = self.hoist(graph)
        self.fresh.labels -= labels
        return (*states, *hoisted, *structure_graph(graph, builder.order, self.fresh.label, span))

    def hoist(self, graph: Graph) -> Statements:
        """Moves declarations out of the nodes, where other nodes use what they declare or a pointer may reach it
        (C11 6.2.4p6: going back before its declaration does not end an object's life)."""
        moved: dict[int, Declare] = {}
        for node in graph.nodes:
            if any(isinstance(statement, Declare) for statement in node.body):
                own = _count_locals(nodes_of(node))
                node.body = [kept for s in node.body for kept in self.hoist_one(s, own, moved)]
        return tuple(moved.values())

    def hoist_one(self, statement: Statement, own: Counter[int], moved: dict[int, Declare]) -> Statements:
        if not isinstance(statement, Declare):
            return (statement,)
        if own[statement.local] >= self.uses[statement.local] and statement.local not in self.pointed_to:
            return (statement,)
        moved[statement.local] = Declare(statement.local, None, statement.span)
        if statement.init is None:
            return ()
        place = LocalPlace(statement.local, self.fresh.locals[statement.local].type, statement.span)
        return (Assign(place, statement.init, statement.span),)
