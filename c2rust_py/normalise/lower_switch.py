"""Switches become matches.

    switch 's (x) {                match 's (x) {
    case 1:                            1 | 2 => { a(); }
    case 2: a(); break 's;      ->     _ => { b(); }
    default: b();                  }
    }

Where one case falls through into the next, the arms of that chain become blocks in each other, and a match in the middle
breaks out to where its case begins:

    match 's (x) {
        0 => { c(); }
        1 | 2 => {                                    # case 1: a();  case 2: b();
            block 'case_2 {
                match 'entry (x) { 2 => break 'case_2; _ => {} }
                a();
            }
            b();
        }
    }

Where cases stand inside of other statements (Duff's device), the match holds gotos, the cases become labels, and
`remove_goto` does the rest. This ends since each switch is rewritten once, inner ones first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from c2rust_py.diagnostics import Span
from c2rust_py.ir.nodes import (
    Arm,
    Assign,
    Block,
    Break,
    Case,
    Convert,
    Declare,
    Default,
    Goto,
    Label,
    Labelled,
    Load,
    LocalPlace,
    Match,
    Pattern,
    Statement,
    Switch,
    Value,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import walk, walk_all
from c2rust_py.normalise.fresh import Fresh
from c2rust_py.normalise.statement_lists import Statements, has_entry, map_lists, rewrite_jumps, runs_off


def lower_switch(function: Function, noreturn: frozenset[str]) -> Function:
    """`function` without `Switch`, `Case` and `Default`; it may have new gotos. `noreturn` has the functions behind whose
    calls no case falls through."""
    if not any(isinstance(node, Switch) for node in walk_all(function.body)):
        return function
    fresh = Fresh.of(function)

    def rewrite(body: Statements) -> Statements:
        result: list[Statement] = []
        for statement in body:
            if isinstance(statement, Switch):
                result.extend(_Lowering(statement, fresh, noreturn).lower())
            else:
                result.append(statement)
        return tuple(result)

    return fresh.finish(function, map_lists(function.body, rewrite))


@dataclass(slots=True)
class _Group:
    """The statements from one run of case labels to the next."""

    patterns: list[Pattern] = field(default_factory=list)
    default: bool = False
    body: list[Statement] = field(default_factory=list)
    label: str = ""

    @property
    def name(self) -> str:
        if not self.patterns:
            return "default"
        first = self.patterns[0]
        return f"case_{first.name or str(first.low).replace('-', 'minus_')}"


@dataclass(slots=True)
class _Lowering:
    """The rewrite of one switch."""

    switch: Switch
    fresh: Fresh
    noreturn: frozenset[str]
    groups: list[_Group] = field(default_factory=list)
    ahead: list[Statement] = field(default_factory=list)
    """Declarations that must stand before the match."""

    @property
    def span(self) -> Span:
        return self.switch.span

    def lower(self) -> Statements:
        if not self.split():
            return (self.dispatch_by_goto(),)
        self.hoist_declarations()
        self.groups = [group for group in self.groups if group.patterns or group.default or group.body]
        chains = self.chains()
        if not self.groups:
            return self.in_scope((Match(self.switch.label, self.switch.value, (), self.span),))
        if len(chains) == 1 and len(chains[0]) > 1:
            body = self.single_chain(chains[0])
        else:
            body = self.arms(chains)
        return self.in_scope(body)

    def in_scope(self, body: Statements) -> Statements:
        return (Block((*self.ahead, *body), self.span),) if self.ahead else body

    # ---- the cases

    def marks_case(self, statement: Statement) -> bool:
        return isinstance(statement, (Case, Default)) and statement.switch == self.switch.label

    def split(self) -> bool:
        """Fills `groups`; False where a case stands deeper than in the body's own list, or code before the first case
        can be reached by other jumps."""
        group: _Group | None = None
        for statement in self.switch.body:
            if self.marks_case(statement):
                if group is None or group.body:
                    group = _Group()
                    self.groups.append(group)
                if isinstance(statement, Case):
                    group.patterns.append(Pattern(statement.low, statement.high, statement.name))
                else:
                    group.default = True
            elif any(self.marks_case(node) for node in walk(statement) if isinstance(node, (Case, Default))):
                return False
            elif group is not None:
                group.body.append(statement)
            elif isinstance(statement, Declare):
                self.ahead.append(Declare(statement.local, None, statement.span))
            elif has_entry(statement):
                return False
        return True

    def hoist_declarations(self) -> None:
        """A declaration in one case is in scope in those behind it. Where those use it, it moves before the match, and
        its initialiser becomes an assignment."""
        if len(self.groups) < 2:
            return
        uses = [_locals_in(group.body) for group in self.groups]
        total: Counter[int] = sum(uses, Counter())
        for group, used in zip(self.groups, uses, strict=True):
            for position, statement in enumerate(group.body):
                if isinstance(statement, Declare) and used[statement.local] < total[statement.local]:
                    self.ahead.append(Declare(statement.local, None, statement.span))
                    group.body[position : position + 1] = self.assign(statement)

    def assign(self, declare: Declare) -> Statements:
        if declare.init is None:
            return (Block((), declare.span),)
        place = LocalPlace(declare.local, self.fresh.locals[declare.local].type, declare.span)
        return (Assign(place, declare.init, declare.span),)

    def chains(self) -> list[list[_Group]]:
        """The groups, those together of which each falls through into the next."""
        chains: list[list[_Group]] = []
        falls = False
        for group in self.groups:
            if falls:
                chains[-1].append(group)
            else:
                chains.append([group])
            falls = runs_off(tuple(group.body), self.noreturn)
        return chains

    # ---- the three forms

    def arms(self, chains: list[list[_Group]]) -> Statements:
        """One match, with an arm for each chain."""
        value = self.switch.value
        if any(len(chain) > 1 for chain in chains) and not _is_cheap(value):
            selector = self.fresh.local("selector", value.type, self.span)
            self.ahead.append(Declare(selector, value, self.span))
            value = Load(LocalPlace(selector, value.type, self.span), value.type, self.span)
        arms: list[Arm] = []
        default: Arm | None = None
        for chain in chains:
            body = self.chain_body(chain, value) if len(chain) > 1 else tuple(chain[0].body)
            if any(group.default for group in chain):
                default = Arm((), body)
            else:
                arms.append(Arm(tuple(pattern for group in chain for pattern in group.patterns), body))
        if default is not None:
            arms.append(default)
        return (Match(self.switch.label, value, tuple(arms), self.span),)

    def chain_body(self, chain: list[_Group], value: Value) -> Statements:
        """The arm of a chain: an inner match finds the case to begin with, the first one by default."""
        rest = next((group for group in chain if group.default), chain[0])
        return self.nest(chain, self.entries(chain, rest, value))

    def single_chain(self, chain: list[_Group]) -> Statements:
        """A switch that is one chain needs one match only."""
        rest = next((group for group in chain if group.default), None)
        body = self.nest(chain, self.entries(chain, rest, self.switch.value))
        return (Labelled(self.switch.label, body, self.span),)

    def entries(self, chain: list[_Group], rest: _Group | None, value: Value) -> Statements:
        """The match that breaks to the case to begin with. `rest` takes the values of no case; none leaves the switch."""
        for group in chain[1:]:
            group.label = self.fresh.label(group.name)
        arms = [Arm(tuple(group.patterns), self.enter(group)) for group in chain if group is not rest]
        leave: Statements = (Break(self.switch.label, self.span),)
        arms.append(Arm((), leave if rest is None else self.enter(rest)))
        return (Match(self.fresh.label("entry"), value, tuple(arms), self.span),)

    def enter(self, group: _Group) -> Statements:
        return (Break(group.label, self.span),) if group.label else ()

    def nest(self, chain: list[_Group], entries: Statements) -> Statements:
        body: Statements = (*entries, *chain[0].body)
        for group in chain[1:]:
            body = (Labelled(group.label, body, self.span), *group.body)
        return body

    def dispatch_by_goto(self) -> Statement:
        """Cases anywhere: they become labels."""
        arms: list[Arm] = []
        leave: Statements = (Break(self.switch.label, self.span),)
        default = Arm((), leave)

        def label(statement: Statement) -> Statements | None:
            nonlocal default
            if isinstance(statement, Case) and self.marks_case(statement):
                pattern = Pattern(statement.low, statement.high, statement.name)
                name = self.fresh.label(_Group([pattern]).name)
                arms.append(Arm((pattern,), (Goto(name, statement.span),)))
                return (Label(name, statement.span),)
            if isinstance(statement, Default) and self.marks_case(statement):
                name = self.fresh.label("default")
                default = Arm((), (Goto(name, statement.span),))
                return (Label(name, statement.span),)
            return None

        body = rewrite_jumps(Block(self.switch.body, self.span), label)
        dispatch = Match(self.fresh.label("dispatch"), self.switch.value, (*arms, default), self.span)
        return Labelled(self.switch.label, (dispatch, body), self.span)


def _locals_in(body: list[Statement]) -> Counter[int]:
    """How often each local is named."""
    found: Counter[int] = Counter()
    for node in walk_all(tuple(body)):
        local = getattr(node, "local", None)
        if isinstance(local, int):
            found[local] += 1
    return found


def _is_cheap(value: Value) -> bool:
    """Whether a value may be computed twice: a local, converted perhaps."""
    while isinstance(value, Convert):
        value = value.operand
    return isinstance(value, Load) and isinstance(value.place, LocalPlace)
