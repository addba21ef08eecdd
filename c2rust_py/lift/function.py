"""Rewrites one function (or instance) so that no lifted pointer is left in it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, TypeVar, cast

from c2rust_py.diagnostics import Span
from c2rust_py.infer.allocations import element_count
from c2rust_py.infer.cursors import referent_of
from c2rust_py.infer.demotions import ElementPointers, FieldSlot, GlobalPointers, HeldSlot, Subject
from c2rust_py.infer.pointer_uses import Flow, Lent, LibraryCall
from c2rust_py.infer.solution import STATIC, Solution, memory_instance
from c2rust_py.infer.targets import (
    HeldRoot,
    IndexStep,
    Resolver,
    ResultRoot,
    Target,
    Template,
    is_data_pointer,
    is_null,
    without_casts,
)
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AllocateVla,
    ArrayValue,
    Assign,
    Binary,
    BinaryOp,
    BlockValue,
    Call,
    Compare,
    CompareOp,
    Conditional,
    Convert,
    Declare,
    DerefPlace,
    Evaluate,
    FieldPlace,
    FunctionRef,
    IntConst,
    Load,
    LocalPlace,
    Not,
    Optional,
    Overflowing,
    Place,
    PointerDiff,
    RecordValue,
    Return,
    Statement,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import External, Function, Local, LocalKind, Program, Variable
from c2rust_py.ir.types import (
    BOOL,
    INT,
    ISIZE,
    USIZE,
    Access,
    FunctionType,
    IntType,
    OptionalType,
    PointerType,
    RecordType,
    ReferenceType,
    Type,
    VoidType,
)
from c2rust_py.ir.walk import Node, map_children
from c2rust_py.lift.calls import CallLifter, result_type
from c2rust_py.lift.declarations import cursor_names, first_position, is_zero, join_allocation
from c2rust_py.lift.drops import leave_to_scopes
from c2rust_py.lift.groups import GroupForm, make_room
from c2rust_py.lift.held_positions import HeldPositions
from c2rust_py.lift.held_types import HeldTypes
from c2rust_py.lift.leftovers import CONDITIONS, effects_of, stored_apart, truth
from c2rust_py.lift.library import LibraryLifter
from c2rust_py.lift.number_ends import EndLifter
from c2rust_py.lift.owners import OwnerLifter
from c2rust_py.lift.params import arrange_params
from c2rust_py.lift.positions import Positions, converted
from c2rust_py.lift.shapes import Shapes
from c2rust_py.lift.target_places import TargetPlaces
from c2rust_py.lift.view_pairs import ViewPairs
from c2rust_py.lift.views import ViewLifter, without_before

N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class LiftedFunction:
    """A rewritten function. `origins` has the identity of each call with a lifted callee before it was rewritten, by that of
    the new node; `numbers` the new ids of its locals, where these changed; `externals` are what it uses of the library that no C
    function is; `used_gone` the owners that it may use after it has freed them or given them away."""

    function: Function
    origins: Mapping[int, int]
    numbers: Mapping[int, int]
    externals: Mapping[str, External]
    used_gone: AbstractSet[int]


def lift_function(
    solution: Solution,
    shapes: Shapes,
    forms: Mapping[str, GroupForm],
    backward: AbstractSet[int],
    filled: AbstractSet[Subject],
    symbol: str,
) -> LiftedFunction:
    """The function with references, positions and loans (all of them shared: see `lift.mutability`). backward: its pointer locals
    whose positions may be in front of their arrays. filled: the owners that have an element wherever they are not null."""
    lifter = _Lifter(solution, shapes, forms, backward, filled, symbol, solution.program.functions[symbol])
    function, used_gone = leave_to_scopes(lifter.run())
    arranged = arrange_params(function)
    calls = lifter.calls.origins | lifter.library.origins
    origins = {arranged.moved.get(new, new): old for new, old in calls.items()}
    return LiftedFunction(arranged.function, origins, arranged.numbers, lifter.library.externals, used_gone)


def lift_initialiser(solution: Solution, shapes: Shapes, variable: Variable) -> Value | None:
    """The initial value of a variable, with views for pointers."""
    if variable.init is None:
        return None
    type = FunctionType(VoidType(), ())
    nowhere = Function(STATIC, "", type, (), (), True, False, variable.unit, variable.span, variable.span.line)
    lifter = _Lifter(solution, shapes, {}, frozenset(), frozenset(), STATIC, nowhere)
    slot = GlobalPointers(variable.symbol)
    return lifter.views.held(slot, variable.init) if solution.views.above(slot) else lifter.value(variable.init)


@dataclass(slots=True)
class _Lifter:
    solution: Solution
    shapes: Shapes
    forms: Mapping[str, GroupForm]
    backward: AbstractSet[int]
    filled: AbstractSet[Subject]
    symbol: str
    function: Function
    program: Program = field(init=False)
    resolver: Resolver = field(init=False)
    positions: Positions = field(init=False)
    library: LibraryLifter = field(init=False)
    owners: OwnerLifter = field(init=False)
    layout: Layout = field(init=False)
    form: GroupForm | None = field(init=False)
    views: ViewLifter = field(init=False)
    places: TargetPlaces = field(init=False)
    calls: CallLifter = field(init=False)
    view_pairs: ViewPairs = field(init=False)
    held: HeldPositions = field(init=False)
    added: list[Local] = field(default_factory=list)
    in_place: set[int] = field(default_factory=set)
    nested: dict[int, Value] = field(default_factory=dict)
    before: list[Statement] = field(default_factory=list)
    """What has to run before the place that is being rewritten."""

    def __post_init__(self) -> None:
        self.program = self.solution.program
        self.layout = Layout(self.program.records, self.program.enums)
        self.resolver = self.solution.resolver(self.symbol)
        uses = self.solution.uses.get(self.symbol, ())
        calls = {id(use.call): use for use in uses if isinstance(use, LibraryCall)}
        moving = {use.local if isinstance(use, Flow) else use.variable for use in uses if isinstance(use, Flow | Lent)}
        self.form = form = self.forms.get(self.symbol)
        slots = {} if form is None else form.slots
        cursors: dict[int, int | None] = {local: slots.get(local, local) for local in self.resolver.templates}
        lent = {local for local in self.resolver.referents.values() if local in cursors}
        nullable = self.resolver.nullable - self.resolver.view_locals
        self.positions = Positions(cursors, self.backward, nullable, lent, self._number, self.statements)
        types = HeldTypes(self.program, self.solution.views, self.shapes)
        self.views = ViewLifter(self.solution, self.shapes, types, self.function, self.resolver, self.positions, self)
        self.view_pairs = ViewPairs(self.views)
        self.held = HeldPositions(self.solution, self.symbol, self.resolver, self.views, self)
        self.library = LibraryLifter(
            self.resolver,
            self.positions,
            self.target_place,
            self.views.lend,
            self.value,
            calls,
            self.shapes,
            EndLifter(self.function, self.resolver, self.positions, self.statement, self.value, self._declared),
        )
        parts = self.value, self.place, self._effects, self._declared
        self.owners = OwnerLifter(self.solution, self.shapes, self.filled, self.symbol, self.resolver, self.layout, *parts)
        self.places = TargetPlaces(self.solution, self.function, self.positions, self.owners, self.views, self.number)
        known = self.solution, self.shapes, self.forms, self.function, self.resolver
        self.calls = CallLifter(*known, self.positions, self.owners, self.views, self)
        self.calls.held = self.held
        for local in self.function.locals:
            template = self.resolver.templates.get(local.id)
            if local.id in slots:
                continue
            if form is not None and local.id == form.group.array and local.id not in moving:
                cursors[local.id] = None
            elif template is None or template.cursor is None:
                pass
            elif local.kind is LocalKind.PARAM or self.views.views(local.id):
                type = self.positions.local_type(local.id)
                cursors[local.id] = self._add_local(f"{local.name}_at", type, local.span).local

    def run(self) -> Function:
        templates = self.resolver.templates
        locals: list[Local] = []
        for local in self.function.locals:
            if self.solution.referent(self.symbol, local.id) is not None:
                name, _ = cursor_names(self.function, local)
                locals.append(replace(local, name=name, type=self.views.param_type(self.symbol, local.id)))
            elif local.id not in templates:
                slot = ElementPointers(self.symbol, local.id)
                locals.append(replace(local, type=self.views.types.within(slot, local.type)))
            elif self.owners.owns(local.id):
                locals.append(replace(local, type=self.owners.type_of(local.id)))
            elif self.views.views(local.id):
                locals.append(replace(local, type=self.views.type_of(local.id)))
            elif local.kind is LocalKind.REFERENT:
                assert local.behind is not None
                _, name = cursor_names(self.function, self.function.locals[local.behind])
                position = ReferenceType(self.positions.local_type(local.id), Access.SHARED)
                locals.append(replace(local, name=name, type=position))
            elif local.kind is LocalKind.PARAM:
                locals.append(replace(local, type=self.views.param_type(self.symbol, local.id)))
            else:
                locals.append(replace(local, type=self.positions.local_type(local.id)))
        body = self.statements(self.function.body)
        starts = tuple(Declare(local.id, self._start(local), local.span) for local in self.added if local.id not in self.in_place)
        type = self.function.type
        count = len(type.params) if self.form is None else make_room(self.form, self.function, locals, self.positions)
        params, result = tuple(local.type for local in locals[:count]), self._result_type() or type.result
        return replace(
            self.function,
            type=replace(type, params=params, result=result),
            locals=(*locals, *self.added),
            body=(*starts, *body),
        )

    def _start(self, added: Local) -> Value:
        """What a new local is at first: the position of a parameter that may be missing is, if that is."""
        start = first_position(added)
        params = [p for p in self.resolver.optional & self.resolver.nullable if self.positions.cursors.get(p) == added.id]
        if not params:
            return start
        assert isinstance(added.type, OptionalType)
        there = self.views.is_param_given(params[0])
        return Conditional(there, start, Optional(None, added.type, added.span), added.type, added.span)

    def number(self, local: int) -> int:
        """The number of C's local in the lifted function."""
        return local if self.form is None else self.form.place_of(local)

    def _result_type(self) -> Type | None:
        return result_type(self.solution, self.shapes, self.symbol)

    # ---- statements

    def statements(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        made: list[Statement] = []
        for statement, after in zip_longest(map(self.owners.unguarded, body), body[1:]):
            if self.owners.is_replaced(statement, after):
                continue
            results = self.statement(statement)
            if made and results and (joined := join_allocation(made[-1], results[0])) is not None:
                made[-1] = joined
                results = results[1:]
            made.extend(results)
        return tuple(made)

    def statement(self, node: Statement) -> tuple[Statement, ...]:
        match node:
            case Declare(local, init) if init is not None and self._is_nested(local):
                self.nested[local] = init
                return ()
            case Declare(local, init, span) if local in self.resolver.templates:
                return self._declare(local, init, span)
            case Assign(LocalPlace(local), value, span) if local in self.resolver.templates:
                return self._move(local, value, span)
            case Assign(DerefPlace() as place, value, span) if (referent := self._referent(place)) is not None:
                return self._move(referent, value, span)
            case AllocateVla(local, size, span) if local in self.resolver.templates:
                array = self.function.locals[local].type
                assert isinstance(array, PointerType)
                return (self.owners.allocate(local, element_count(size, self.layout.size_of(array.target)), span),)
            case Evaluate(Call(FunctionRef("free"), (pointer,)), span) if (member := self.owners.member(pointer)) is not None:
                return self.owners.give_member(self.place(member.base), member, None, span)
            case Evaluate(Call(FunctionRef("free"), (pointer,)), span) if self._is_lifted(without_casts(pointer)):
                return self.owners.release(without_casts(pointer), span)
            case Evaluate(value, span) if self._is_lifted(value) and not isinstance(value, Call):
                return self._effects(value)
            case Assign(FieldPlace() as place, value, span) if self.owners.is_member(place):
                return self.owners.give_member(self.place(place.base), place, value, span)
            case Return(value, span) if value is not None and self.symbol in self.solution.results:
                return self._return(value, span)
            case Declare(local, ArrayValue() | ZeroValue() as init, span) if self._held_slot(LocalPlace(local, init.type, span)):
                return (Declare(local, self.views.held(ElementPointers(self.symbol, local), init), span),)
            case Declare(local, ArrayValue() | ZeroValue() as init, span) if (slot := self._positions_in(LocalPlace(local, init.type, span))):
                return (Declare(local, self.held.array(slot, init), span),)
            case Assign(place, value, span) if (slot := self._positions_in(place)) is not None:
                return (Assign(self.place(place), self.held.position(slot, value), span),)
            case Assign(place, value, span) if (slot := self._held_slot(place)) is not None:
                return (Assign(self.place(place), self.views.held(slot, value), span),)
            case Assign(place, value, span):
                written = self.place(place)
                return (Assign(written, converted(self.value(value), written.type), span),)
            case _:
                return (self._mapped(node),)

    def _held_slot(self, place: Place) -> HeldSlot | None:
        return self.solution.views.at(place, self.symbol)

    def _positions_in(self, place: Place) -> HeldSlot | None:
        return self.solution.views.position_at(place, self.symbol)

    def _is_choice(self, value: Conditional) -> bool:
        """Whether a conditional selects one of two objects: as a value it is a pointer, to one of two literals."""
        return isinstance(self.target(value).root, HeldRoot)

    def condition(self, condition: Value) -> Value:
        """A condition, which may be whether a pointer is there."""
        pointer = without_casts(condition)
        return self.is_there(pointer) if self._is_lifted(pointer) else self.value(condition)

    def _declare(self, local: int, init: Value | None, span: Span) -> tuple[Statement, ...]:
        if self.owners.owns(local):
            if init is None:
                return (Declare(local, None, span),)
            match self.owners.give(local, init, span):
                case (Assign(LocalPlace(), given),):
                    return (Declare(local, given, span),)
                case others:
                    return (Declare(local, None, span), *others)
        if self.views.views(local):
            return self._declare_view(local, init, span)
        if self.resolver.templates[local].cursor is None:
            return () if init is None else self._effects(init)
        type = self.positions.local_type(local)
        start = first_position(self.function.locals[local], type) if init is None else self._position(local, init)
        return (Declare(local, start, span),)

    def _declare_view(self, local: int, init: Value | None, span: Span) -> tuple[Statement, ...]:
        if init is None:
            return (Declare(local, None, span),)
        given = self.views.view(init, self.views.type_of(local))
        return (Declare(local, given, span), *self.views.restart(local, span))

    def _move(self, local: int, value: Value, span: Span) -> tuple[Statement, ...]:
        """A lifted pointer is given a value: its position changes; one without a position has nothing to change."""
        if self.owners.owns(local):
            return self.owners.give(local, value, span)
        if self.views.is_given(local, value):
            given = self.views.view(value, self.views.type_of(local))
            return (Assign(self.views.place_of(local, span), given, span), *self.views.restart(local, span))
        if self.resolver.templates[local].cursor is None:
            return self._effects(value)
        return (Assign(self.positions.place(local, span), self._position(local, value), span),)

    def _referent(self, place: Place) -> int | None:
        """The lifted referent that a place is."""
        referent = referent_of(place, self.resolver.referents)
        return referent if referent in self.resolver.templates else None

    def _return(self, value: Value, span: Span) -> tuple[Statement, ...]:
        """A lifted result is the index that varies, or nothing. Where null is none, it is never returned (`infer.handovers`)."""
        result = self.solution.results[self.symbol]
        if result.owned:
            return self.owners.hand_over(value, self._result_type(), span)
        if is_null(value) and not result.nullable:
            return (Return(None if result.template.cursor is None else IntConst(0, USIZE, span), span),)
        if result.template.root == ResultRoot(self.symbol):
            type = self._result_type()
            assert type is not None
            return (Return(self.views.view(value, type), span),)
        if result.template.cursor is None:
            return (*self._effects(value), Return(None, span))
        return (Return(self.index(value, result.template, USIZE, result.nullable), span),)

    def _effects(self, value: Value) -> tuple[Statement, ...]:
        """What is left of a pointer of which only the side effects are wanted."""
        return self.statements(effects_of(value))

    def _position(self, local: int, value: Value) -> Value:
        """The index by which a value differs from the local's template."""
        nullable = local in self.resolver.nullable
        return self.index(value, self.resolver.templates[local], self.positions.type_of(local), nullable)

    def index(self, value: Value, template: Template, type: IntType, nullable: bool) -> Value:
        """The index by which a value differs from a template: of `type`, or an option of it."""
        if is_null(value):
            return Optional(None, OptionalType(type), value.span)
        target = self.resolver.aligned(value, template)
        assert target is not None and template.cursor is not None, f"{value.span}: a pointer without a target was lifted"
        step = target.steps[template.cursor]
        assert isinstance(step, IndexStep)
        if nullable:
            return self._optional_position(value, step, type)
        return self.positions.position(step, type, value.span)

    def _optional_position(self, value: Value, step: IndexStep, type: IntType) -> Value:
        """An index that may be missing: with its parameter, maybe."""
        found = self.positions.optional(step, type, value.span)
        if not self.resolver.is_optional(value):
            return found
        missing = Optional(None, OptionalType(type), value.span)
        return Conditional(self.views.is_value_given(value), found, missing, found.type, value.span)

    def target(self, value: Value) -> Target:
        target = self.resolver.pointer(value)
        assert target is not None, f"{value.span}: a pointer without a target was lifted"
        return target

    # ---- values

    def value(self, value: Value) -> Value:
        lifted = self.library.lifted(value) or self.view_pairs.lifted(value)
        if lifted is not None:
            return lifted
        match value:
            case Call():
                return self.call(value)
            case Compare(op, left, right, type, span) if is_data_pointer(left.type):
                if is_null(left) or is_null(right):
                    return self._null_test(value, without_casts(right if is_null(left) else left))
                if self._is_lifted(left) and self._is_lifted(right):
                    return Compare(op, *self._pair(left, right, op in (CompareOp.EQ, CompareOp.NE)), type, span)
                return self._mapped(value)
            case PointerDiff(left, right, type, span) if self._is_lifted(left):
                first, second = (converted(index, ISIZE) for index in self._pair(left, right, may_be_null=False))
                distance = first if is_zero(second) else Binary(BinaryOp.SUB, first, second, ISIZE, span)
                return Convert(distance, type, span)
            case FunctionRef(symbol):
                return replace(value, symbol=self._pointed_instance(symbol))
            case RecordValue(fields, type):
                return replace(value, fields=tuple(self._member(type, index, member) for index, member in enumerate(fields)))
            case Load(LocalPlace(local)) if local in self.nested:
                return self.value(self.nested[local])
            case Load(place, type, span):
                outer, self.before = self.before, []
                read = self.place(place)
                before, self.before = tuple(self.before), outer
                type = read.type if self._positions_in(place) is not None else type
                loaded = value if read is place else converted(Load(read, read.type, span), type)
                return BlockValue(before, loaded, loaded.type, span) if before else loaded
            case Overflowing(result=result):
                return self._overflowing(value, result)
            case _:
                return self._mapped(value)

    def _member(self, record: RecordType, index: int, value: Value | None) -> Value | None:
        slot = FieldSlot(record.id, index)
        if value is None:
            return None
        if slot in self.solution.fields:
            return self.owners.member_value(slot, value)
        return self.views.held(slot, value) if self.solution.views.above(slot) else self.value(value)

    def _overflowing(self, value: Overflowing, result: Place) -> Value:
        """The wrapped result is of the type that C stores, which the array may not have (`infer.targets`)."""
        place = self.place(result)
        made = replace(value, left=self.value(value.left), right=self.value(value.right), result=place)
        if place.type == result.type:
            return made
        wrapped = self._add_local("wrapped", result.type, value.span)
        return stored_apart(made, wrapped, self._add_local("overflows", value.type, value.span))

    def _add_local(self, name: str, type: Type, span: Span) -> LocalPlace:
        """A new variable of the function."""
        local = len(self.function.locals) + len(self.added)
        self.added.append(Local(local, name, type, LocalKind.VARIABLE, span))
        return LocalPlace(local, type, span)

    def _declared(self, name: str, type: Type, span: Span) -> int:
        """A new variable that is declared where it is given its value."""
        local = self._add_local(name, type, span).local
        self.in_place.add(local)
        return local

    def _is_nested(self, local: int) -> bool:
        """Whether a local stands for an argument that is in memory."""
        return self.function.locals[local].kind is LocalKind.NESTED and local not in self.resolver.templates

    def _is_lifted(self, value: Value | None) -> bool:
        return value is not None and is_data_pointer(value.type) and self.resolver.pointer(value) is not None

    def _mapped(self, node: N) -> N:
        """The node with its parts rewritten. A condition on a pointer to what is known to be there is true."""
        fields = CONDITIONS.get(type(node), ())
        if isinstance(node, Convert) and node.type == BOOL:
            fields = ("operand",)
        lifted = [name for name in fields if self._is_lifted(without_casts(getattr(node, name)))]
        if not lifted:
            return map_children(node, self._node, self.statements)
        conditions = {name: self.is_there(without_casts(getattr(node, name))) for name in lifted}
        others = replace(cast(Any, node), **{name: IntConst(1, INT, self.function.span) for name in lifted})
        return cast(N, replace(map_children(others, self._node, self.statements), **conditions))

    def _node(self, node: Node) -> Node:
        if isinstance(node, Value):
            return self.value(node)
        if isinstance(node, Place):
            return self.place(node)
        return map_children(node, self._node, self.statements)

    def _null_test(self, value: Compare, pointer: Value) -> Value:
        """A comparison with null: what is lifted is never null."""
        if not self._is_lifted(pointer):
            return self._mapped(value)
        if not self.resolver.may_be_null(pointer):
            return self.value(truth(pointer, value.op is CompareOp.NE))
        present = self.is_there(pointer)
        return Convert(present, value.type, value.span) if value.op is CompareOp.NE else Not(present, value.type, value.span)

    def is_there(self, pointer: Value) -> Value:
        """Whether a lifted pointer is not null."""
        tested = self.library.truth(pointer)
        if tested is not None:
            return tested
        if not self.resolver.may_be_null(pointer):
            return self.value(truth(pointer, known=True))
        if self.resolver.is_optional(pointer):
            return self.views.is_value_given(pointer)
        owned = self.owners.has_any(pointer)
        if owned is not None:
            return owned
        before, target = without_before(self.target(pointer))
        present = self.views.is_present(target, pointer.span)
        return BlockValue(self.statements(before), present, BOOL, pointer.span) if before else present

    def _number(self, value: Value) -> Value:
        """What stands in an index: a number, or a pointer for its position."""
        if isinstance(value, Conditional) and self._is_lifted(value) and not self._is_choice(value):
            return self._chosen(value)
        return self.value(value)

    def _chosen(self, value: Conditional) -> Value:
        """The position of one of two pointers."""
        condition, then, otherwise = self.condition(value.condition), value.then, value.otherwise
        targets = [self.target(branch) for branch in (then, otherwise) if not is_null(branch)]
        joined = targets[0].template.join(targets[-1].template)
        assert joined is not None
        template = joined if joined.cursor is not None else joined.varying()
        assert template is not None
        nullable = self.resolver.may_be_null(value)
        branches = [self.index(branch, template, USIZE, nullable) for branch in (then, otherwise)]
        type = OptionalType(USIZE) if nullable else USIZE
        return Conditional(condition, branches[0], branches[1], type, value.span)

    def _pair(self, left: Value, right: Value, may_be_null: bool) -> tuple[Value, Value]:
        """The indices of two pointers into one array, in one type; of options where one of them may be null."""
        joined = self.target(left).template.join_in_rows(self.target(right).template)
        assert joined is not None
        targets = [target for value in (left, right) if (target := self.resolver.aligned(value, joined)) is not None]
        cursor = joined.cursor
        if cursor is None:
            return IntConst(0, USIZE, left.span), IntConst(0, USIZE, right.span)
        steps = [step for target in targets if isinstance(step := target.steps[cursor], IndexStep)]
        assert len(steps) == 2
        if may_be_null and (self.resolver.may_be_null(left) or self.resolver.may_be_null(right)):
            first, second = (self._optional_position(value, step, USIZE) for value, step in zip((left, right), steps, strict=True))
            return first, second
        return self.positions.pair(steps[0], steps[1], left.span)

    def _pointed_instance(self, symbol: str) -> str:
        """The instance of a function that is called through pointers."""
        if symbol not in self.program.functions or not self.solution.lifts_signature(symbol):
            return symbol
        return memory_instance(symbol)

    def call(self, call: Call) -> Call:
        return self.calls.call(call)

    # ---- places

    def target_place(self, target: Target, span: Span) -> Place:
        """The place that a target names."""
        return self.places.place(target, span)

    def place(self, place: Place) -> Place:
        match place:
            case DerefPlace(pointer, _, span):
                target = self.resolver.pointer(pointer)
                if target is not None:
                    before, target = without_before(target)
                    self.before += self.statements(before)
                    return self.target_place(target, span)
            case LocalPlace(local):
                assert local not in self.resolver.templates, f"{place.span}: a lifted pointer is used as one"
                moved, type = self.number(local), self.views.types.within(ElementPointers(self.symbol, local), place.type)
                return place if (moved, type) == (local, place.type) else replace(place, local=moved, type=type)
            case _:
                pass
        slot, made = self._held_slot(place) or self._positions_in(place), map_children(place, self._node)
        return made if slot is None else replace(cast(Any, made), type=self.views.types.within(slot, place.type))
