"""A `setjmp` anywhere in a function: the catch holds a copy of the function that goes on behind the call.

    while (x) {                         while (x) {
        if (setjmp(env)) a();               arm: catch 'setjmp jumped = (env) {
        b();                                    goto resume;
    }                                           while (x) {
    c();                          ->                break 'setjmp;
                                                    resume: if (jumped) a();
                                                    b();
                                                }
                                                c();
                                                return;
                                            }
                                            goto arm;
                                        }
                                        c();

In the copy, the place of the call leaves the catch, so that it is armed anew from outside; the stack does not grow with the
rounds of the loop. Where there are several calls, a catch in a catch leaves both, and `again` tells to which call to go.
`remove_goto` then drops from each copy what is not reached. Locals are declared before the first catch, since their
values outlive a jump. This ends: each copy has one call less to replace; `MOST_CALLS` bounds the copies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from c2rust_py.diagnostics import Span
from c2rust_py.ir.nodes import (
    AllocateVla,
    Assign,
    Break,
    Call,
    CatchJump,
    Compare,
    CompareOp,
    Continue,
    Declare,
    DoWhile,
    For,
    Goto,
    If,
    IntConst,
    Label,
    Labelled,
    Load,
    LocalPlace,
    Loop,
    Match,
    Statement,
    While,
)
from c2rust_py.ir.types import INT
from c2rust_py.ir.walk import walk, walk_all
from c2rust_py.normalise.find_setjmp import calls_setjmp, first_setjmp, is_setjmp, own_values, replace_call
from c2rust_py.normalise.fresh import Fresh
from c2rust_py.normalise.statement_lists import Statements, has_block, map_lists, map_nearest_lists

MOST_CALLS = 3
"""Calls in one function that are lowered in this way: `n` calls make up to `n!` copies and more."""


class UnsupportedSetjmp(Exception):
    """A use of `setjmp` that has no translation: what, and where."""

    def __init__(self, what: str, span: Span) -> None:
        super().__init__(what)
        self.reason = f"{what} is not translated"
        self.span = span


@dataclass(frozen=True, slots=True)
class _Site:
    """A call: the statement that holds it, and the local for its result."""

    number: int
    statement: Statement
    call: Call
    result: int


def resume_setjmp(body: Statements, fresh: Fresh, close: Callable[[Statements], Statements]) -> Statements:
    """The rest of a function, `body`, with catches; `close` puts a return behind a list of statements."""
    return _Resumption(body, fresh, close).run()


@dataclass(slots=True)
class _Resumption:
    body: Statements
    fresh: Fresh
    close: Callable[[Statements], Statements]
    declared: dict[int, Statement] = field(default_factory=dict)
    sites: list[_Site] = field(default_factory=list)
    again: int = -1
    """The local that has the number of the call to go to; only where there are several."""

    def run(self) -> Statements:
        span = self.body[0].span
        self.body = map_lists(self.body, self.hoist)
        self.find_sites()
        if len(self.sites) > 1:
            self.again = self.fresh.local("again", INT, span)
        results = [site.result for site in self.sites]
        for local in (self.again, *results) if len(self.sites) > 1 else results:
            self.declared[local] = Declare(local, None, span)
        return (*self.declared.values(), *self.copy((), "", ""))

    def hoist(self, body: Statements) -> Statements:
        """Declarations in lists move to the front of all; an initialiser stays as an assignment."""
        result: list[Statement] = []
        for statement in body:
            if isinstance(statement, AllocateVla):
                raise UnsupportedSetjmp("setjmp in a block of a function with a variable-length array", statement.span)
            if not isinstance(statement, Declare):
                result.append(statement)
                continue
            self.declared[statement.local] = Declare(statement.local, None, statement.span)
            if statement.init is not None:
                place = LocalPlace(statement.local, self.fresh.locals[statement.local].type, statement.span)
                result.append(Assign(place, statement.init, statement.span))
        return tuple(result)

    def find_sites(self) -> None:
        """Numbers the statements with a call. Each must be in a list of statements that is in no value."""
        for node in walk_all(self.body):
            if isinstance(node, Statement) and any(map(calls_setjmp, own_values(node))):
                call = first_setjmp(node)
                calls = sum(is_setjmp(inner) for value in own_values(node) for inner in walk(value))
                if call is None or calls > 1 or any(map(has_block, call.args)):
                    raise UnsupportedSetjmp("setjmp in the middle of an expression", node.span)
                if all(call is not site.call for site in self.sites):
                    result = self.fresh.local("jumped", INT, call.span)
                    self.sites.append(_Site(len(self.sites) + 1, node, call, result))
        if len(self.sites) > MOST_CALLS:
            raise UnsupportedSetjmp("a function with so many calls of setjmp", self.sites[0].call.span)

    def copy(self, active: tuple[_Site, ...], catch: str, resume: str) -> Statements:
        """The whole body in the catches of `active`, the last one the innermost, labelled `catch`; the place behind its
        call is labelled `resume`."""
        copy = _Copy(self, active, catch, resume)
        return copy.list(self.body)

    def load(self, local: int, span: Span) -> Load:
        return Load(LocalPlace(local, INT, span), INT, span)


@dataclass(slots=True)
class _Copy:
    """One copy of the function, with labels of its own."""

    whole: _Resumption
    active: tuple[_Site, ...]
    catch: str
    resume: str
    names: dict[str, str] = field(default_factory=dict)

    def list(self, body: Statements) -> Statements:
        return tuple([new for statement in body for new in self.statement(statement)])

    def statement(self, statement: Statement) -> Statements:
        site = next((site for site in self.whole.sites if site.statement is statement), None)
        return (self.node(statement),) if site is None else self.site(site)

    def site(self, site: _Site) -> Statements:
        span = site.call.span
        result = self.whole.load(site.result, span)
        if site not in self.active:
            return self.arm(site)
        leave: Statements = (Break(self.catch, span),)
        if len(self.whole.sites) > 1:
            place = LocalPlace(self.whole.again, INT, span)
            leave = (Assign(place, IntConst(site.number, INT, span), span), *leave)
        # Another call may stand inside of this statement, so that it is resumed in the middle.
        behind = self.node(replace_call(site.statement, site.call, result))
        if site is not self.active[-1]:
            return (*leave, behind)
        return (*leave, Label(self.resume, span), behind)

    def arm(self, site: _Site) -> Statements:
        span = site.call.span
        fresh = self.whole.fresh
        arm, resume, catch = fresh.label("arm"), fresh.label("resume"), fresh.label("setjmp")
        inner = self.whole.copy((*self.active, site), catch, resume)
        body = self.whole.close((Goto(resume, span), *inner))
        caught = CatchJump(catch, site.call.args[0], site.result, body, span)
        # A goto may lead into the statement, past its call: what it leads to stands behind, and nothing falls into it.
        jumped_to = any(isinstance(inner, Label) for inner in walk(site.statement))
        behind = (self.node(replace_call(site.statement, site.call, self.whole.load(site.result, span))),) if jumped_to else ()
        if not self.active:
            return (Label(arm, span), caught, Goto(arm, span), *behind)
        same = Compare(
            CompareOp.EQ, self.whole.load(self.whole.again, span), IntConst(site.number, INT, span), INT, span
        )
        return (Label(arm, span), caught, If(same, (Goto(arm, span),), (), span), Break(self.catch, span), *behind)

    def node(self, node: Statement) -> Statement:
        """A statement with its labels renamed, and the calls in its lists lowered."""
        return map_nearest_lists(self.renamed(node), self.list)

    def name(self, label: str) -> str:
        if label not in self.names:
            self.names[label] = self.whole.fresh.label(label) if self.active else label
        return self.names[label]

    def renamed(self, node: Statement) -> Statement:
        match node:
            case While() | DoWhile() | For() | Loop() | Labelled() | Match() | Break() | Continue() | Goto():
                return replace(node, label=self.name(node.label))
            case Label(name):
                return replace(node, name=self.name(name))
            case _:
                return node
