"""Makes a control-flow graph reducible: every cycle gets one entry.

Where jumps enter a cycle at two nodes `a` and `b`, neither can be the head of a loop. A new node takes both places, and a
number says where to go on:

    -> a <=> b <-      becomes      -> (state = 0) -> [match state { 0 => a, _ => b }] <- (state = 1) <-

Every jump to `a` or `b`, from inside of the cycle as well, sets the number and goes to the new node. Without it, the cycle
falls apart into smaller ones, which are treated in the same way, so this ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from c2rust_py.diagnostics import Span
from c2rust_py.ir.nodes import Assign, IntConst, Load, LocalPlace, Pattern
from c2rust_py.ir.types import INT
from c2rust_py.normalise.flow_graph import Dispatch, Graph, Jump


def split_entries(graph: Graph, new_state: Callable[[], int], span: Span) -> None:
    """Changes `graph` in place; `new_state` gives a new int local for each dispatching node."""
    work = [_reachable(graph)]
    while work:
        region = work.pop()
        for component in strong_components(graph, region):
            if len(component) == 1 and not _is_cyclic(graph, component):
                continue
            entries = _entries(graph, component)
            if len(entries) == 1:
                head = entries[0]
            else:
                head = _merge(graph, component, entries, new_state(), span)
            work.append(component - {head})


def _reachable(graph: Graph) -> set[int]:
    seen = {graph.entry}
    stack = [graph.entry]
    while stack:
        for target in graph.nodes[stack.pop()].successors():
            if target not in seen:
                seen.add(target)
                stack.append(target)
    return seen


def _is_cyclic(graph: Graph, component: set[int]) -> bool:
    return any(node in graph.nodes[node].successors() for node in component)


def _entries(graph: Graph, component: set[int]) -> list[int]:
    """The nodes of a cycle to which an edge comes from outside, in order."""
    found = {graph.entry} & component
    for index in _reachable(graph) - component:
        found.update(target for target in graph.nodes[index].successors() if target in component)
    return sorted(found)


def _merge(graph: Graph, component: set[int], entries: list[int], state: int, span: Span) -> int:
    """The new head of the cycle `component`, which grows by the nodes that set the state inside of it."""
    place = LocalPlace(state, INT, span)
    inside = [graph.nodes[index] for index in component]
    outside = [graph.nodes[index] for index in _reachable(graph) - component]
    head = graph.add("state")
    targets = []
    for number, entry in enumerate(entries):
        is_last = number == len(entries) - 1
        targets.append((() if is_last else (Pattern(number, number),), entry))
        for nodes in (inside, outside):
            if not any(entry in node.successors() for node in nodes):
                continue
            setter = graph.add("enter")
            graph.nodes[setter].body.append(Assign(place, IntConst(number, INT, span), span))
            graph.nodes[setter].exit = Jump(head)
            graph.setters[setter] = head
            for node in nodes:
                node.redirect(entry, setter)
            if nodes is inside:
                component.add(setter)
        if graph.entry == entry:
            graph.entry = graph.add("start")
            graph.nodes[graph.entry].exit = Jump(entry)
    graph.nodes[head].exit = Dispatch(Load(place, INT, span), tuple(targets), span)
    component.add(head)
    return head


def strong_components(graph: Graph, region: set[int]) -> Iterable[set[int]]:
    """Tarjan's algorithm on the nodes of `region`, without recursion."""
    numbers: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    components: list[set[int]] = []
    for root in sorted(region):
        if root in numbers:
            continue
        stack = [(root, iter(graph.nodes[root].successors()))]
        numbers[root] = low[root] = len(numbers)
        path.append(root)
        on_path.add(root)
        while stack:
            node, targets = stack[-1]
            for target in targets:
                if target not in region:
                    continue
                if target not in numbers:
                    numbers[target] = low[target] = len(numbers)
                    path.append(target)
                    on_path.add(target)
                    stack.append((target, iter(graph.nodes[target].successors())))
                    break
                if target in on_path:
                    low[node] = min(low[node], numbers[target])
            else:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[node])
                if low[node] == numbers[node]:
                    component: set[int] = set()
                    while not component or node not in component:
                        member = path.pop()
                        on_path.discard(member)
                        component.add(member)
                    components.append(component)
    return components
