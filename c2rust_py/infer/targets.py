"""What the pointer values of a function point to, as paths (`infer.paths`): how each is found."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from c2rust_py.infer.constants import constant_of
from c2rust_py.infer.cursors import lent_variable, referent_of
from c2rust_py.infer.demotions import (
    Demotions,
    FieldSlot,
    GlobalObject,
    HeldSlot,
    LocalObject,
    MemoryCall,
    PointerSlot,
    Subject,
)
from c2rust_py.infer.ends import finds_tokens
from c2rust_py.infer.flat_rows import aligned, flat_start, in_rows
from c2rust_py.infer.paths import (
    FieldStep,
    GlobalRoot,
    HandedRoot,
    HeldRoot,
    IndexStep,
    LiteralRoot,
    LocalRoot,
    ObjectRoot,
    OwnedRoot,
    ParamRoot,
    Result,
    ResultRoot,
    Root,
    Target,
    Template,
    Term,
    ViewRoot,
)
from c2rust_py.infer.places import root_of
from c2rust_py.ir.nodes import (
    AddressOf,
    BlockValue,
    Call,
    Conditional,
    Convert,
    Decay,
    DerefPlace,
    Evaluate,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    IndexPlace,
    IntConst,
    Load,
    LocalPlace,
    Place,
    PointerAdd,
    Statement,
    StringPlace,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import (
    ArrayType,
    FunctionType,
    IdType,
    IntType,
    PointerType,
    RecordType,
    Type,
    VoidType,
    same_representation,
)
from c2rust_py.ir.walk import walk

if TYPE_CHECKING:
    from c2rust_py.infer.views import Views

__all__ = [
    "FieldStep",
    "GlobalRoot",
    "HandedRoot",
    "HeldRoot",
    "IndexStep",
    "LiteralRoot",
    "LocalRoot",
    "ObjectRoot",
    "OwnedRoot",
    "ParamRoot",
    "Resolver",
    "Result",
    "ResultRoot",
    "Root",
    "Target",
    "Template",
    "Term",
    "ViewRoot",
    "is_data_pointer",
    "is_null",
    "without_casts",
]


def is_data_pointer(type: Type) -> bool:
    """Whether it is a pointer to an object, or to void."""
    return isinstance(type, PointerType) and not isinstance(type.target, FunctionType)


def is_null(value: Value) -> bool:
    """Whether a pointer value is the null pointer constant."""
    match value:
        case ZeroValue(type) | IntConst(0, type):
            return isinstance(type, PointerType)
        case Convert(operand, PointerType()):
            return is_null(operand) or (isinstance(operand, IntConst) and operand.value == 0)
        case _:
            return False


def without_casts(value: Value) -> Value:
    """A pointer before it was converted to other pointer types: null stays null."""
    while isinstance(value, Convert) and is_data_pointer(value.type) and is_data_pointer(value.operand.type):
        value = value.operand
    return value


@dataclass(frozen=True, slots=True)
class Resolver:
    """Finds the targets of the pointer values of one function.

    templates: of its pointer locals; one without has no target that is known. nullable: those of them that may be null.
    results: what the program's functions return. library: what a direct call of the library gives a pointer into, if it is one.
    referents: of its parameters (`infer.cursors`). fields: the members that own what they point to: to a path they are arrays.
    views: what other objects hold. present: the reads of locals that are not null (`infer.presence`). Pointers to objects among the demotions are of the memory rung.
    optional: the parameters that callers may give null. held: what the positions in arrays are of (`infer.held_positions`).
    emptied: owners that may have nothing; asked: those of which somebody asks whether they are null (`infer.vacancies`).
    """

    program: Program
    function: str
    templates: Mapping[int, Template]
    nullable: AbstractSet[int]
    results: Mapping[str, Result]
    library: Callable[[Resolver, Call], Result | None]
    demotions: Demotions
    views: Views

    referents: Mapping[int, int] = field(default_factory=dict)
    fields: Container[FieldSlot] = frozenset()
    present: Container[int] = frozenset()
    optional: AbstractSet[int] = frozenset()
    held: Mapping[HeldSlot, Template] = field(default_factory=dict)
    emptied: AbstractSet[int] = frozenset()
    asked: Container[Subject] = frozenset()

    @property
    def view_locals(self) -> AbstractSet[int]:
        """The locals that hold views."""
        return {local for local, template in self.templates.items() if template.root == ViewRoot(local)}

    def pointer(self, value: Value) -> Target | None:
        """The target of a pointer value, where it is not null; None where it is not known, or on the memory rung."""
        match value:
            case Load(FieldPlace(base, index) as place) if self._owns(base.type, index):
                target = self.place(place)
                return None if target is None else _first(target)
            case Load(LocalPlace(local)):
                template = self.templates.get(local)
                return None if template is None else template.at(IndexStep(local))
            case Load(DerefPlace() as place) if (referent := referent_of(place, self.referents)) is not None:
                template = self.templates.get(referent)
                return None if template is None else template.at(IndexStep(referent))
            case Load(place) if (slot := self.views.position_at(place, self.function)) is not None:
                template = self.held.get(slot)
                at = IndexStep(terms=(Term(value, negative=False),))
                return None if template is None or self.place(place) is None else template.at(at)
            case Load(place):
                held = self.place(place) is not None and self.views.at(place, self.function) is not None
                return Target(HeldRoot(value), (IndexStep(),)) if held else None
            case PointerAdd(pointer, offset, negative):
                return self._moved(self.pointer(pointer), offset, negative)
            case AddressOf(IndexPlace(IndexPlace()) as place):
                target = self.place(place)
                return None if target is None else flat_start(self.program, self.function, self._in_all_rows(value, target))
            case AddressOf(place):
                return self.place(place)
            case Decay(place):
                target = self.place(place)
                return None if target is None else self._in_all_rows(value, _first(target))
            case Convert(operand, PointerType(to)) if isinstance(operand.type, PointerType):
                element = self._element(operand, operand.type)
                if isinstance(element, ArrayType) and same_representation(element.element, to):
                    return self._first_of_row(self.pointer(operand))
                return self.pointer(operand) if same_representation(element, to) else None
            case BlockValue(body, tail) if tail is not None and not self.is_optional(tail):
                return self._behind(body, self.pointer(tail))
            case Call():
                return self._called(value)
            case Conditional(_, then, otherwise):
                return self._chosen(value, then, otherwise)
            case _:
                return None

    def _in_all_rows(self, value: Value, target: Target) -> Target:
        """The target of a value, which may be one that goes from row to row."""
        flat = in_rows(self.program, self.function, target) if id(value) in self.demotions.flat else None
        return flat or target

    def _first_of_row(self, row: Target | None) -> Target | None:
        """A pointer to a row, converted to one to its elements."""
        if row is None:
            return None
        first = _first(row)
        return (in_rows(self.program, self.function, first) or first) if _is_element(row) else first

    def aligned(self, value: Value, template: Template) -> Target | None:
        """The target of a pointer value as an instance of a template that it is joined in."""
        return aligned(self.program, self.function, self.pointer(value), template)

    def comparable(self, left: Value, right: Value) -> bool:
        """Whether the order of two pointers is that of one index."""
        targets = self.pointer(left), self.pointer(right)
        if targets[0] is None or targets[1] is None:
            return False
        joined = targets[0].template.join_in_rows(targets[1].template)
        return joined is not None and all(self.aligned(value, joined) is not None for value in (left, right))

    def keeps(self, place: Place) -> bool:
        """Whether a pointer that is stored at a place is above memory there."""
        match place:
            case LocalPlace(local):
                return local in self.templates
            case DerefPlace() if (referent := referent_of(place, self.referents)) is not None:
                return referent in self.templates
            case _:
                return self.place(place) is not None and self._is_held(place)

    def _is_held(self, place: Place) -> bool:
        return (self.views.at(place, self.function) or self.views.position_at(place, self.function)) is not None

    def _owns(self, record: Type, index: int) -> bool:
        """Whether a member of a struct owns what it points to."""
        return isinstance(record, RecordType) and FieldSlot(record.id, index) in self.fields

    def _element(self, pointer: Value, type: PointerType) -> Type:
        """The type of what a pointer points to: `void` of the library is what it was given."""
        while isinstance(pointer, Call) and isinstance(type.target, VoidType):
            result = self.result_of(pointer)
            if result is None or not isinstance(result.template.root, ParamRoot):
                break
            pointer = without_casts(pointer.args[result.template.root.local])
            assert isinstance(pointer.type, PointerType)
            type = pointer.type
        return type.target

    def may_be_null(self, value: Value) -> bool:
        """Whether a pointer value with a target may be null all the same."""
        match value:
            case Load(LocalPlace(local)) if local in self.emptied:
                return PointerSlot(self.function, local) in self.asked and id(value) not in self.present
            case Load(LocalPlace(local)):
                return (local in self.nullable or local in self.optional) and id(value) not in self.present
            case Load(FieldPlace(base, index)) if self._owns(base.type, index):
                assert isinstance(base.type, RecordType)
                return FieldSlot(base.type.id, index) in self.asked
            case Load(place):
                slot = self.views.at(place, self.function) or self.views.position_at(place, self.function)
                return slot in self.views.nullable
            case Convert(operand, PointerType()):
                return is_null(value) or self.may_be_null(operand)
            case BlockValue(_, tail) if tail is not None:
                return self.may_be_null(tail)
            case Call():
                result = self.result_of(value)
                return result is not None and result.nullable
            case Conditional(_, then, otherwise):
                return self.may_be_null(then) or self.may_be_null(otherwise)
            case _:
                return is_null(value)

    def is_optional(self, value: Value) -> bool:
        """Whether a value is a parameter that may be missing, which is not known to be there."""
        value = without_casts(value)
        if not isinstance(value, Load) or not isinstance(value.place, LocalPlace) or value.place.local in self.nullable:
            return False
        return value.place.local in self.optional and self.may_be_null(value)

    def has_nothing(self, value: Value) -> bool:
        """Whether a value is what an owner has, which may be nothing."""
        value = without_casts(value)
        own = isinstance(value, Load) and isinstance(value.place, LocalPlace) and value.place.local in self.emptied
        return own and id(value) not in self.present

    def result_of(self, call: Call) -> Result | None:
        """What a direct call of the program's first instance of a function returns."""
        if not isinstance(call.function, FunctionRef) or MemoryCall(self.function, id(call)) in self.demotions:
            return None
        return self.results.get(call.function.symbol) or self.library(self, call)

    def handed(self, value: Value) -> Result | None:
        """What the caller becomes the owner of by a call; None where a value is no such call."""
        call = without_casts(value)
        result = self.result_of(call) if isinstance(call, Call) else None
        if result is None or not result.owned:
            return None
        assert isinstance(call.type, PointerType) and isinstance(value.type, PointerType)
        return result if same_representation(call.type.target, value.type.target) else None

    def _called(self, call: Call) -> Target | None:
        """What the callee's result points to, seen from its caller: what is handed over is what a local makes of it."""
        result = self.result_of(call)
        if result is None or result.owned:
            return None
        template = result.template
        if isinstance(template.root, ResultRoot):
            return Target(HeldRoot(call), (IndexStep(),))
        if template.cursor is None:
            return self._behind((Evaluate(call, call.span),), self._given(call, template.at(IndexStep())))
        return self._given(call, template.at(IndexStep(terms=(Term(call, negative=False),))), result.in_array)

    def _given(self, call: Call, target: Target, in_array: bool = False) -> Target | None:
        """The target of a callee with its parameter replaced by what the call passes for it."""
        if not isinstance(target.root, ParamRoot):
            return target
        position = target.root.local
        if position >= len(call.args):
            return None
        by_program = isinstance(call.function, FunctionRef) and call.function.symbol in self.results
        tokens = finds_tokens(call)
        variable = lent_variable(call.args[position], self.referents) if by_program or tokens else None
        if variable is not None and variable in self.templates:
            given: Target | None = self.templates[variable].at(IndexStep())  # The whole array is passed with the position.
        else:
            given = self.pointer(call.args[position] if by_program else without_casts(call.args[position]))
        if given is None:
            return None
        first, *rest = target.steps
        if not isinstance(first, IndexStep):
            return None
        last = given.steps[-1] if given.steps else None
        if not isinstance(last, IndexStep):
            still = first.fixed == 0 and all(isinstance(s, FieldStep) or s.fixed is not None for s in given.steps)
            return Target(given.root, (*given.steps, *rest)) if still and not in_array else None
        if in_array:
            last = IndexStep()
        elif last.cursor is None and not last.terms:
            last = replace(last, before=())  # The call has run it.
        if last.fixed is None and not _is_stable(last, call.args):
            return None
        if isinstance(given.root, HeldRoot) and not self._keeps(given.root, call):
            return None
        if any(isinstance(s, IndexStep) and s.fixed is None for s in given.steps[:-1]):
            return None
        moved = replace(last, terms=(*last.terms, *first.terms), constant=last.constant + first.constant)
        return Target(given.root, (*given.steps[:-1], moved, *rest))

    def _keeps(self, root: HeldRoot, call: Call) -> bool:
        """Whether an object holds the same before a call and behind it: nobody can write it who is given numbers and text."""
        if not isinstance(root.value, Load):
            return False
        match root_of(root.value.place):
            case GlobalPlace(symbol) if not self.program.variables[symbol].const:
                return False
            case _:
                given = (arg.type.target for arg in call.args if isinstance(arg.type, PointerType))
                return all(isinstance(target, IntType) for target in given)

    def _chosen(self, value: Conditional, then: Value, otherwise: Value) -> Target | None:
        """One of two targets, either of which may be null."""
        targets = [self.pointer(branch) for branch in (then, otherwise) if not is_null(branch)]
        if not targets or targets[0] is None or targets[-1] is None:
            return None
        template = targets[0].template.join(targets[-1].template)
        if template is None or isinstance(template.root, HeldRoot):
            return Target(HeldRoot(value), (IndexStep(),))
        if any(not is_null(branch) and self.aligned(branch, template) is None for branch in (then, otherwise)):
            return None
        varying = template if template.cursor is not None else template.varying()
        if varying is None or (self.may_be_null(value) and varying.varying() is None):
            return None
        return varying.at(IndexStep(terms=(Term(value, negative=False),)))

    def _moved(self, target: Target | None, offset: Value, negative: bool) -> Target | None:
        if target is None or not target.steps or not isinstance(target.steps[-1], IndexStep):
            return None
        last = target.steps[-1]
        number = constant_of(offset)
        if number is not None:
            moved = replace(last, constant=last.constant + (-number if negative else number))
        else:
            moved = replace(last, terms=(*last.terms, Term(offset, negative)))
        return replace(target, steps=(*target.steps[:-1], moved))

    def _behind(self, body: tuple[Statement, ...], target: Target | None) -> Target | None:
        """The target once `body` has run: only its last index may depend on that."""
        if target is None or not target.steps or not isinstance(target.steps[-1], IndexStep):
            return None
        if any(isinstance(s, IndexStep) and s.fixed is None for s in target.steps[:-1]):
            return None
        last = target.steps[-1]
        return replace(target, steps=(*target.steps[:-1], replace(last, before=(*body, *last.before))))

    def place(self, place: Place) -> Target | None:
        """A place as a target; None where it lies in memory or in a union."""
        match place:
            case LocalPlace(local):
                demoted = LocalObject(self.function, local) in self.demotions
                return None if demoted else Target(LocalRoot(local), ())
            case GlobalPlace(symbol):
                known = symbol in self.program.variables and GlobalObject(symbol) not in self.demotions
                return Target(GlobalRoot(symbol), ()) if known else None
            case StringPlace(data, type) if len(data) == type.length:
                return Target(LiteralRoot(data, type), ())
            case DerefPlace(pointer):
                return self.pointer(pointer)
            case FieldPlace(base, index):
                record = base.type
                assert isinstance(record, RecordType)
                target = None if self.program.records[record.id].is_union else self.place(base)
                return None if target is None else replace(target, steps=(*target.steps, FieldStep(index)))
            case IndexPlace(GlobalPlace(symbol), id, RecordType() as record) if isinstance(id.type, IdType):
                return None if GlobalObject(symbol) in self.demotions else Target(ObjectRoot(symbol, record, id), ())
            case IndexPlace(base, index):
                target = self.place(base)
                return None if target is None else self._moved(_first(target), index, negative=False)
            case _:
                return None


def _first(target: Target) -> Target:
    return replace(target, steps=(*target.steps, IndexStep()))


def _is_element(target: Target) -> bool:
    """Whether a target is an element of an array."""
    return bool(target.steps) and isinstance(target.steps[-1], IndexStep)


def _is_stable(step: IndexStep, args: tuple[Value, ...]) -> bool:
    """Whether an index has the same value before a call with these arguments and behind it."""
    if step.before or any(isinstance(node, BlockValue | Call) for arg in args for node in walk(arg)):
        return False
    lent = {
        root.local
        for arg in args
        for node in walk(arg)
        if isinstance(node, AddressOf | Decay) and isinstance(root := root_of(node.place), LocalPlace)
    }
    for term in step.terms:
        for node in walk(term.value):
            if isinstance(node, DerefPlace | GlobalPlace) or (isinstance(node, LocalPlace) and node.local in lent):
                return False
    return True
