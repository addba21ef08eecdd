"""A reducible control-flow graph as structured statements (Ramsey, "Beyond Relooper", ICFP 2022).

Each node is placed inside of its immediate dominator. A node with several ways in follows a labelled block that holds its
dominator, and the ways in break out of that block. The target of a back edge is a loop. Other nodes stand where the one
jump to them was. Beyond the paper, what a loop leads to stands behind the loop, not in it:

    retry: a(); if (x) goto retry;            loop 'retry { a(); if (x) { continue 'retry; } break 'retry; }
    if (y) goto out;                    ->    block 'out {
    b();                                          if (y) { break 'out; }
    out: c();                                     b();
                                              }
                                              c();

A placed node never runs off its own end: it breaks, continues or leaves. `tidy` removes the jumps that say nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from c2rust_py.diagnostics import Span
from c2rust_py.ir.nodes import Arm, Break, Continue, If, Labelled, Loop, Match, Pattern, Statement, Value
from c2rust_py.normalise.flow_graph import Branch, Dispatch, Graph, GraphNode, Jump, jump_key
from c2rust_py.normalise.negate import negate
from c2rust_py.normalise.statement_lists import Statements, rewrite_jumps

SHORT = 2
"""The statements of a way out of a loop that stays in the loop."""


def structure_graph(graph: Graph, order: dict[int, int], new_label: Callable[[str], str], span: Span) -> Statements:
    """The statements of `graph`, which must be reducible. `order` has the position of nodes in the text, `new_label`
    makes labels of hints."""
    return _Structurer(graph, order, new_label, span).run()


@dataclass(slots=True)
class _Structurer:
    graph: Graph
    order: dict[int, int]
    new_label: Callable[[str], str]
    span: Span
    rank: dict[int, int] = field(default_factory=dict)
    """The position of each reachable node in reverse postorder."""
    dominator: dict[int, int] = field(default_factory=dict)
    loops: dict[int, set[int]] = field(default_factory=dict)
    """The nodes of each natural loop, by its head."""
    merged: set[int] = field(default_factory=set)
    """The nodes that are reached by breaks."""
    inside: dict[int, list[int]] = field(default_factory=dict)
    """The merged nodes that stand in the list of a node, in reverse postorder."""
    behind: dict[int, list[int]] = field(default_factory=dict)
    """The merged nodes that stand behind the loop of a head."""
    block_labels: dict[int, str] = field(default_factory=dict)
    loop_labels: dict[int, str] = field(default_factory=dict)

    def run(self) -> Statements:
        self.find_order()
        self.find_dominators()
        self.find_loops()
        self.place_nodes()
        for index in sorted(self.rank, key=self.position):
            if index in self.merged:
                self.block_labels[index] = self.new_label(self.graph.nodes[index].hint)
            if index in self.loops:
                self.loop_labels[index] = self.new_label(self.graph.nodes[index].hint)
        return self.tree(self.graph.entry)

    def position(self, index: int) -> int:
        return self.order.get(index, len(self.order) + index)

    # ---- analysis

    def find_order(self) -> None:
        """Depth first, the last in the text first, so that the order is as far as possible the text's."""
        seen = {self.graph.entry}
        postorder: list[int] = []
        stack = [(self.graph.entry, iter(self.text_order(self.graph.entry)))]
        while stack:
            node, targets = stack[-1]
            for target in targets:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, iter(self.text_order(target))))
                    break
            else:
                stack.pop()
                postorder.append(node)
        self.rank = {node: rank for rank, node in enumerate(reversed(postorder))}
        if self.graph.end in self.rank:
            # The end runs off the list, so it comes behind all that does not lead to it, too.
            self.rank[self.graph.end] = len(postorder)

    def text_order(self, index: int) -> list[int]:
        return sorted(set(self.successors(index)), key=self.position, reverse=True)

    def successors(self, index: int) -> list[int]:
        return [self.through(target) for target in self.graph.nodes[index].successors()]

    def through(self, target: int) -> int:
        """Where a jump to `target` leads: nodes that only set a state are part of the jump."""
        while target in self.graph.setters:
            target = self.graph.setters[target]
        return target

    def predecessors(self) -> dict[int, list[int]]:
        """One entry for each edge; a jump out of the middle of a node counts twice, since its target needs a label."""
        found: dict[int, list[int]] = {index: [] for index in self.rank}
        for index in self.rank:
            node = self.graph.nodes[index]
            # Arms of a dispatch that lead to one node become one arm.
            exits = set(node.exit_targets()) if isinstance(node.exit, Dispatch) else node.exit_targets()
            for target in (*exits, *node.embedded, *node.embedded):
                found[self.through(target)].append(index)
        return found

    def find_dominators(self) -> None:
        """Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm"."""
        sources = self.predecessors()
        order = sorted(self.rank, key=self.rank.__getitem__)
        self.dominator = {self.graph.entry: self.graph.entry}
        changed = True
        while changed:
            changed = False
            for node in order[1:]:
                new = -1
                for source in sources[node]:
                    if source in self.dominator:
                        new = source if new < 0 else self.common(source, new)
                if self.dominator.get(node) != new:
                    self.dominator[node] = new
                    changed = True

    def common(self, left: int, right: int) -> int:
        while left != right:
            while self.rank[left] > self.rank[right]:
                left = self.dominator[left]
            while self.rank[right] > self.rank[left]:
                right = self.dominator[right]
        return left

    def find_loops(self) -> None:
        sources = self.predecessors()
        for index in self.rank:
            for target in self.successors(index):
                if self.rank[target] > self.rank[index]:
                    continue
                members = self.loops.setdefault(target, {target})
                stack = [index]
                while stack:
                    member = stack.pop()
                    if member not in members:
                        members.add(member)
                        stack.extend(sources[member])

    def place_nodes(self) -> None:
        """Decides for each node whether it is reached by breaks, and in or behind which node it stands then."""
        sources = self.predecessors()
        for index in sorted(self.rank, key=self.rank.__getitem__):
            if index == self.graph.entry:
                continue
            parent = self.dominator[index]
            heads = [head for head, members in self.loops.items() if parent in members and index not in members]
            forward = [source for source in sources[index] if self.rank[source] < self.rank[index]]
            if index == self.graph.end:
                place = self.behind if self.graph.entry in self.loops else self.inside
                place.setdefault(self.graph.entry, []).append(index)
            elif heads and not (len(forward) == 1 and self.is_short_end(index)):
                outermost = min(heads, key=self.rank.__getitem__)
                self.behind.setdefault(outermost, []).append(index)
            elif len(forward) > 1:
                self.inside.setdefault(parent, []).append(index)
            else:
                continue
            self.merged.add(index)

    def is_short_end(self, index: int) -> bool:
        """Whether a node is little more than a return, which is read best where it happens."""
        node = self.graph.nodes[index]
        return not node.successors() and len(node.body) <= SHORT

    # ---- statements

    def tree(self, index: int) -> Statements:
        """A node and all that it dominates."""
        body = self.follow(self.node(index), self.inside.get(index, ()))
        if index in self.loops:
            body = (Loop(self.loop_labels[index], body, self.span),)
        return self.follow(body, self.behind.get(index, ()))

    def follow(self, body: Statements, followers: list[int] | tuple[int, ...]) -> Statements:
        for index in followers:
            body = (Labelled(self.block_labels[index], body, self.span), *self.tree(index))
        return body

    def node(self, index: int) -> Statements:
        node = self.graph.nodes[index]

        def jump(statement: Statement) -> Statements | None:
            key = jump_key(statement)
            target = node.keys.get(key) if key is not None else None
            return self.jump(index, target, statement.span) if target is not None else None

        inner: list[Statement] = []
        for statement in node.body:
            inner.append(rewrite_jumps(statement, jump) if node.keys else statement)
        return (*inner, *self.exit(index, node, jump))

    def exit(self, index: int, node: GraphNode, jump: Callable[[Statement], Statements | None]) -> Statements:
        def value(operand: Value) -> Value:
            return rewrite_jumps(operand, jump) if node.keys else operand

        match node.exit:
            case None:
                return ()
            case Jump(target):
                return self.edge(index, target, self.span)
            case Branch(condition, then, otherwise, span):
                return self.branch(value(condition), self.edge(index, then, span), self.edge(index, otherwise, span), span)
            case Dispatch(operand, targets, span):
                return (self.dispatch(index, value(operand), targets, span),)

    def branch(self, condition: Value, then: Statements, otherwise: Statements, span: Span) -> Statements:
        """Neither side runs off its end, so a side that only jumps need not have an else."""
        if len(then) == 1 and isinstance(then[0], (Break, Continue)):
            return (If(condition, then, (), span), *otherwise)
        if len(otherwise) == 1 and isinstance(otherwise[0], (Break, Continue)):
            return (If(negate(condition), otherwise, (), span), *then)
        return (If(condition, then, otherwise, span),)

    def dispatch(
        self, index: int, value: Value, targets: tuple[tuple[tuple[Pattern, ...], int], ...], span: Span
    ) -> Statement:
        """Arms with one target become one."""
        last = targets[-1][1]
        merged: dict[int, tuple[Pattern, ...]] = {}
        for patterns, target in targets[:-1]:
            if target != last:
                merged[target] = (*merged.get(target, ()), *patterns)
        arms = [Arm(patterns, self.edge(index, target, span)) for target, patterns in merged.items()]
        arms.append(Arm((), self.edge(index, last, span)))
        return Match(self.new_label("dispatch"), value, tuple(arms), span)

    def edge(self, source: int, target: int, span: Span) -> Statements:
        """What leads from the end of `source` to `target`: a jump, or the target itself."""
        end = self.through(target)
        if end in self.merged or self.rank[end] <= self.rank[source]:
            return self.jump(source, target, span)
        return (*self.settings(target), *self.tree(end))

    def jump(self, source: int, target: int, span: Span) -> Statements:
        end = self.through(target)
        if self.rank[end] <= self.rank[source]:
            return (*self.settings(target), Continue(self.loop_labels[end], span))
        return (*self.settings(target), Break(self.block_labels[end], span))

    def settings(self, target: int) -> Statements:
        """The states to set on the way."""
        found: list[Statement] = []
        while target in self.graph.setters:
            found += self.graph.nodes[target].body
            target = self.graph.setters[target]
        return tuple(found)
