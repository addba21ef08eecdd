"""What the pointer locals of one function point to: the least fixpoint of the joins over the values that they are given."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.allocations import allocation_of
from c2rust_py.infer.bounds import Group
from c2rust_py.infer.demotions import Demotions, ElementPointers, FieldSlot, HeldSlot, PointerSlot, Subject
from c2rust_py.infer.flat_rows import in_rows
from c2rust_py.infer.handovers import handed_result
from c2rust_py.infer.held_templates import HeldCall, held_template
from c2rust_py.infer.library_calls import library_result
from c2rust_py.infer.owners import Owners
from c2rust_py.infer.pointer_uses import AllocatesVla, Flow, Returned
from c2rust_py.infer.scopes import Scopes
from c2rust_py.infer.targets import (
    HeldRoot,
    LocalRoot,
    ObjectRoot,
    OwnedRoot,
    ParamRoot,
    Resolver,
    Result,
    ResultRoot,
    Target,
    Template,
    ViewRoot,
    is_null,
)
from c2rust_py.infer.views import HeldFlow, Views
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Load, LocalPlace, Value
from c2rust_py.ir.program import Program


@dataclass(slots=True)
class FunctionTemplates:
    """templates: of the pointer locals above memory. nullable: those that may be null. emptied: owners that are given null.
    apart: locals whose values have no template in common, and where that shows. views: locals that hold views. held: of the
    positions in arrays; held_apart: those that have none in common."""

    templates: dict[int, Template] = field(default_factory=dict)
    nullable: set[int] = field(default_factory=set)
    emptied: set[int] = field(default_factory=set)
    apart: dict[int, Span] = field(default_factory=dict)
    views: set[int] = field(default_factory=set)
    held: dict[HeldSlot, Template] = field(default_factory=dict)
    held_apart: dict[HeldSlot, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TemplateFinder:
    """Finds templates in one function of the program under what is known of the others. asked: the owners of which somebody asks
    whether they are null. given_nothing: the parameters that are given what may be null for their own."""

    program: Program
    symbol: str
    results: Mapping[str, Result]
    demotions: Demotions
    owners: Owners
    layout: Layout
    views: Views
    scopes: Scopes
    param_count: int
    referents: Mapping[int, int]
    fields: Container[FieldSlot]
    present: Container[int] = frozenset()
    optional: AbstractSet[int] = frozenset()
    asked: Container[Subject] = frozenset()
    given_nothing: AbstractSet[int] = frozenset()

    def resolver(self, found: FunctionTemplates) -> Resolver:
        templates, nullable = found.templates, found.nullable
        return Resolver(
            self.program,
            self.symbol,
            templates,
            nullable,
            self.results,
            library_result,
            self.demotions,
            self.views,
            self.referents,
            self.fields,
            self.present,
            self.optional,
            found.held,
            found.emptied,
            self.asked,
        )

    def locals(
        self,
        params: Iterable[int],
        flows: Sequence[Flow],
        arrays: Sequence[AllocatesVla],
        lent: Mapping[int, Span],
        group: Group | None = None,
        held: Sequence[HeldFlow | HeldCall] = (),
    ) -> FunctionTemplates:
        """The templates of the parameters and the other locals that are above memory, which the uses give values. lent: the
        variables that others move, and where. group: the parameters that are positions in one array. held: what gives arrays
        positions."""
        roots: dict[int, Template] = {}
        for param in params:
            referent = self.referents.get(param)
            if referent is None or PointerSlot(self.symbol, referent) in self.demotions:
                root = OwnedRoot(param) if param in self.owners.taken else ParamRoot(param)
                roots[param] = Template(root, (0,))
            else:
                roots[referent] = Template(ParamRoot(param), (None,))
        if group is not None:
            roots.update({local: Template(ParamRoot(group.array), (None,)) for local in group.params})
        for array in arrays:
            if array.local in self.owners.allocations:
                roots[array.local] = Template(OwnedRoot(array.local), (0,))
        found = FunctionTemplates(dict(roots), emptied=set(self.given_nothing))
        changed = True
        while changed:
            changed = False
            resolver = self.resolver(found)
            for flow in flows:
                if flow.local in found.apart:
                    continue
                if flow.local not in lent and self._must_view(resolver, found, flow):
                    found = FunctionTemplates(dict(roots), emptied=set(self.given_nothing), views=found.views | {flow.local})
                    changed = True
                    break
                changed |= self._join(resolver, found, flow)
            for variable, span in lent.items():
                changed |= _let_vary(found, variable, span)
            changed |= self._hold(found, held)
        return found

    def _hold(self, found: FunctionTemplates, flows: Sequence[HeldFlow | HeldCall]) -> bool:
        """What arrays are given positions of; whether that is new."""
        changed = False
        for flow in flows:
            if flow.slot in found.held_apart:
                continue
            given = held_template(self.resolver(found), flow)
            if given is None:
                continue
            known = found.held.get(flow.slot)
            joined = (given if known is None else given.join(known)) if self._can_hold(flow.slot, given) else None
            if joined is None:
                found.held_apart[flow.slot] = flow.span
                found.held.pop(flow.slot, None)
                changed = True
            elif joined != known:
                found.held[flow.slot] = joined
                changed = True
        return changed

    def _can_hold(self, slot: HeldSlot, template: Template) -> bool:
        """Whether an array can have positions of a template: last indices in an object that is there as long as the array is."""
        if template.cursor is None or template.cursor != len(template.steps) - 1:
            return False
        match slot, template.root:
            case _, ParamRoot(param):
                return param not in self.optional
            case ElementPointers(_, array), LocalRoot(local):
                return self.scopes.contains(local, array)
            case ElementPointers(_, array), OwnedRoot(local):
                return self.scopes.outlives(local, array)
            case _:
                return False

    def _must_view(self, resolver: Resolver, found: FunctionTemplates, flow: Flow) -> bool:
        """Whether a local that is given the value can be no position, but can hold a view."""
        if flow.local in found.views or self.is_param(flow.local) or self.allocates(resolver, flow.local, flow.value):
            return False
        target = None if is_null(flow.value) else resolver.pointer(flow.value)
        known = found.templates.get(flow.local)
        if target is None or (known is not None and isinstance(known.root, OwnedRoot)):
            return False
        match target.root:
            case HeldRoot():
                return True
            case ViewRoot(local) if local != flow.local and not self.scopes.outlives(local, flow.local):
                return True
            case _:
                given = self._in_rows(flow.local, target)
                return known is not None and self._joined(found, flow, known, given.template) is None

    def _both(self, local: int, one: Template, other: Template) -> Template | None:
        """What is an instance of both for a local."""
        flat = PointerSlot(self.symbol, local) in self.demotions.flat
        return one.join_in_rows(other) if flat else one.join(other)

    def _in_rows(self, local: int, target: Target) -> Target:
        """What a local is given, which may be one that goes from row to row."""
        flat = PointerSlot(self.symbol, local) in self.demotions.flat
        return (in_rows(self.program, self.symbol, target) if flat else None) or target

    def is_param(self, local: int) -> bool:
        return local < self.param_count or local in self.referents.values()

    def _joined(self, found: FunctionTemplates, flow: Flow, known: Template, template: Template) -> Template | None:
        joined = self._both(flow.local, known, template)
        return joined.varying() if joined is not None and flow.local in found.nullable else joined

    def _join(self, resolver: Resolver, found: FunctionTemplates, flow: Flow) -> bool:
        """Adds what one flow says; whether that is new."""
        changed = False
        owns = flow.local in self.owners.allocations and flow.local not in found.views
        if owns and (is_null(flow.value) or self.allocates(resolver, flow.local, flow.value)):
            if resolver.may_be_null(flow.value) and flow.local not in found.emptied:
                found.emptied.add(flow.local)
                changed = True
            if is_null(flow.value):
                return changed
        elif resolver.may_be_null(flow.value) and flow.local not in found.nullable:
            found.nullable.add(flow.local)
            changed = True
        template = self._template(resolver, found, flow)
        if template is not None and isinstance(template.root, ObjectRoot):
            found.apart[flow.local] = flow.span
            found.templates.pop(flow.local, None)
            return True
        known = found.templates.get(flow.local)
        if template is not None:
            known = template if known is None else self._both(flow.local, known, template)
        elif known is None:
            return changed
        if known is not None and flow.local in found.nullable and flow.local not in found.views:
            known = known.varying()
        if known is None:
            found.apart[flow.local] = flow.span
            found.templates.pop(flow.local, None)
            return True
        changed |= known != found.templates.get(flow.local)
        found.templates[flow.local] = known
        return changed

    def allocates(self, resolver: Resolver, local: int, value: Value) -> bool:
        """Whether a local is given what it can own: something new, or what it has in another size."""
        if local in self.owners.allocations and resolver.handed(value) is not None:
            return True
        found = allocation_of(value, self.layout) if local in self.owners.allocations else None
        if found is None or found.old is None or is_null(found.old):
            return found is not None
        return isinstance(found.old, Load) and isinstance(found.old.place, LocalPlace) and found.old.place.local == local

    def _template(self, resolver: Resolver, found: FunctionTemplates, flow: Flow) -> Template | None:
        """That of the value which the local is given, as far as that is known."""
        if is_null(flow.value):
            return None
        if self.allocates(resolver, flow.local, flow.value):
            return Template(OwnedRoot(flow.local), (0,))
        target = resolver.pointer(flow.value)
        if target is not None and flow.local in found.views and target.root != ViewRoot(flow.local):
            return Template(ViewRoot(flow.local), (0,))
        return None if target is None else self._in_rows(flow.local, target).template

    def result(
        self,
        resolver: Resolver,
        returns: Sequence[Returned],
        arrays: AbstractSet[int],
        group: Group | None = None,
    ) -> tuple[Result | None, str | None]:
        """What the function returns, as far as that is known now; and why there can be no such thing. arrays: the arrays of
        variable length, which end with the function."""
        values = [use.value for use in returns if not is_null(use.value)]
        results = [found for value in values if (found := self._returned(resolver, value, arrays)) is not None]
        if group is not None:
            array = ParamRoot(group.array)
            results = [replace(result, in_array=result.template.root == array) for result in results]
        if not results:
            return None, None
        nullable = any(resolver.may_be_null(use.value) or resolver.has_nothing(use.value) for use in returns)
        roots = [result.template.root for result in results]
        if any(isinstance(root, OwnedRoot) for root in roots):
            return None, "it points into what ends with the function"
        if any(isinstance(root, ObjectRoot) for root in roots):
            return None, "it points into an object of an arena"
        if any(isinstance(root, LocalRoot) for root in roots):
            return None, "it points to a variable of the function"
        joined: Result | None = replace(results[0], nullable=False)
        for result in results:
            joined = None if joined is None else joined.join(result)
        if any(result.owned for result in results):
            return (None, "it points into more than one object") if joined is None else (replace(joined, nullable=nullable), None)
        if joined is not None and nullable:
            joined = joined.join(replace(joined, nullable=True))
        if joined is None or any(isinstance(root, HeldRoot | ViewRoot) for root in roots):
            return view_result(self.symbol, nullable), None
        return joined, None

    def _returned(self, resolver: Resolver, value: Value, arrays: AbstractSet[int]) -> Result | None:
        """What one return says of the result."""
        handed = handed_result(resolver, value, self.layout, arrays)
        if handed is not None:
            return handed
        target = resolver.pointer(value)
        return None if target is None else Result(target.template, resolver.may_be_null(value))


def _let_vary(found: FunctionTemplates, variable: int, span: Span) -> bool:
    """A variable is moved by others in its array; whether that is new."""
    known = found.templates.get(variable)
    varying = None if known is None else known.varying()
    if known is None or varying == known:
        return False
    if varying is None:
        found.apart[variable] = span
        del found.templates[variable]
    else:
        found.templates[variable] = varying
    return True


def view_result(symbol: str, nullable: bool) -> Result:
    """The result of a function that returns views."""
    return Result(Template(ResultRoot(symbol), (0,)), nullable)
