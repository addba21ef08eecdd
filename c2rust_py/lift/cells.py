"""Calls in place: what may be the same object is lent as cells, to an instance of the callee that takes cells.

    add(a, a, b);            ->      let cells = Cell::from_mut(&mut a[..]).as_slice_of_cells(); add_in_cells(cells, cells, &b);
    swap(&a[i], &a[j]);      ->      let cells = ...; swap_in_cells(&cells[i], &cells[j]);

Parameters of the instance that some such call lends parts of one object are cells, and so is what it passes on of them (the least
fixpoint). A function whose every call is of that kind has no other instance. A function stays as it is where it does with such a
parameter what has no form for cells, or where it has a second instance already. Calls that are left are for `lift.conflicts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from c2rust_py.infer.demotions import Demotions, MemoryCall, PointerSlot
from c2rust_py.infer.effects import Effects, Needs
from c2rust_py.infer.linear import Forms, definitions_of
from c2rust_py.infer.places import cell_of, is_borrowed, root_of
from c2rust_py.infer.ranges import Ranges
from c2rust_py.infer.solution import CELL_SUFFIX, Solution, first_instance, memory_instance
from c2rust_py.infer.storage import Storage
from c2rust_py.ir.nodes import (
    Assign,
    Borrow,
    Call,
    Declare,
    FunctionRef,
    GlobalPlace,
    IndexPlace,
    Load,
    LocalPlace,
    Place,
    ReferentPlace,
    Statement,
    UnsupportedStatement,
)
from c2rust_py.ir.program import External, Function, Program
from c2rust_py.ir.types import (
    Access,
    ArrayType,
    EnumType,
    FloatKind,
    FloatType,
    FunctionType,
    IntType,
    PointerType,
    RecordType,
    ReferenceType,
    Type,
)
from c2rust_py.ir.walk import is_stable, walk_all
from c2rust_py.lift.before_calls import CallRewriter
from c2rust_py.lift.library_cells import with_cells
from c2rust_py.lift.loans import common_array, conflicts, is_of_cells, is_same_place, may_overlap, steps_of

Params = Mapping[str, frozenset[int]]
"""The parameters that are cells, of each function that has an instance for them."""


@dataclass(frozen=True, slots=True)
class CellFacts:
    """What is known of a lifted program whose loans are marked. closed_world: nobody outside calls its functions. to_write: the
    parameters, by function, that have to be lent to write for some call to be given cells of them; what is found is added.
    renumbered: the functions whose parameters are not those of C one by one."""

    solution: Solution
    storage: Storage
    effects: Effects
    ranges: Ranges
    demotions: Demotions
    closed_world: bool
    to_write: set[tuple[str, int]]
    renumbered: AbstractSet[str]


def lend_cells(program: Program, facts: CellFacts) -> tuple[Program, Solution, dict[int, int]]:
    """The program with its calls in place, the solution with the new instances in it, and the identity of each rewritten call
    before, by that of its node now."""
    params = _Planner(program, facts).plan()
    if not params:
        return program, facts.solution, {}
    symbols = {symbol: symbol + CELL_SUFFIX for symbol in params}
    versions = _versions(program, facts, params, symbols, {}, {})
    symbols |= {symbol: symbol for symbol in _only_in_place(program, versions, symbols, facts.closed_world)}
    came_from: dict[int, int] = {}
    externals = dict(program.externals)
    versions = _versions(program, facts, params, symbols, came_from, externals)
    units = tuple(
        replace(unit, functions=tuple(dict.fromkeys(s for name in unit.functions for s in (name, symbols.get(name, name)))))
        for unit in program.units
    )
    functions = {symbol: versions[symbol] for unit in units for symbol in unit.functions}
    made = replace(program, functions=functions, units=units, externals=externals)
    return made, _with_instances(facts.solution, made), came_from


def _versions(
    program: Program,
    facts: CellFacts,
    params: Params,
    symbols: Mapping[str, str],
    came_from: dict[int, int],
    externals: dict[str, External],
) -> dict[str, Function]:
    """Every function with its calls in place, and the instances for cells under their symbols; what of the library these need goes
    into `externals`."""
    versions: dict[str, Function] = {}
    for symbol, function in program.functions.items():
        versions[symbol] = _Lender(program, function, came_from, facts, params, symbols).rewritten()
    for symbol, instance in symbols.items():
        function = program.functions[symbol]
        if instance != symbol:
            function = replace(function, symbol=instance, name=f"{function.name}_in_cells")
        cells = _with_cells(function, params[symbol])
        lender = _Lender(program, cells, came_from, facts, params, symbols)
        versions[instance] = lender.rewritten()
        externals |= lender.externals
    return versions


def _with_cells(function: Function, cells: AbstractSet[int]) -> Function:
    """The function with cells as parameters; its body does not know of them yet."""
    types = tuple(
        replace(type, access=Access.CELL) if at in cells and isinstance(type, ReferenceType) else type
        for at, type in enumerate(function.type.params)
    )
    locals = tuple(replace(one, type=types[one.id]) if one.id < len(types) else one for one in function.locals)
    return replace(function, type=replace(function.type, params=types), locals=locals)


def _only_in_place(
    program: Program, versions: Mapping[str, Function], symbols: Mapping[str, str], closed_world: bool
) -> Iterator[str]:
    """The functions whose every call is of the instance for cells: that is the function then."""
    called: dict[str, set[str]] = {}
    for caller, function in versions.items():
        for node in walk_all(function.body):
            if isinstance(node, FunctionRef):
                called.setdefault(node.symbol, set()).add(caller)
    for symbol, instance in symbols.items():
        hidden = closed_world or program.functions[symbol].static
        if hidden and not called.get(symbol, set()) - {symbol} and called.get(instance, set()) - {instance}:
            yield symbol


def _with_instances(solution: Solution, program: Program) -> Solution:
    """The solution with what it has of a function for the function's instance, too."""
    functions = dict(solution.program.functions)
    templates, nullable, uses = dict(solution.templates), dict(solution.nullable), dict(solution.uses)
    for symbol in program.functions:
        if symbol.endswith(CELL_SUFFIX):
            base = symbol.removesuffix(CELL_SUFFIX)
            functions[symbol] = replace(functions[base], symbol=symbol)
            templates[symbol], nullable[symbol], uses[symbol] = templates[base], nullable[base], uses[base]
    whole = replace(solution.program, functions=functions)
    return replace(solution, program=whole, templates=templates, nullable=nullable, uses=uses)


@dataclass(slots=True)
class _Planner:
    """Finds the parameters that have to be cells. refused: the functions that cannot have an instance for cells."""

    program: Program
    facts: CellFacts
    refused: set[str] = field(default_factory=set)

    def plan(self) -> Params:
        for subject in self.facts.demotions.reasons:
            if isinstance(subject, PointerSlot | MemoryCall) and subject.function.endswith(CELL_SUFFIX):
                self.refused.add(subject.function.removesuffix(CELL_SUFFIX))
        while True:
            params = self._params()
            unfit = {symbol for symbol, cells in params.items() if self._is_unfit(symbol, cells, params)}
            if not unfit:
                return params
            self.refused |= unfit

    def _params(self) -> Params:
        params: dict[str, frozenset[int]] = {}
        changed = True
        while changed:
            changed = False
            for symbol, function in self.program.functions.items():
                for call in _calls(function):
                    callee = _callee(call)
                    wanted = self._wanted(call, params.get(symbol, frozenset()))
                    known = params.get(callee, frozenset())
                    if wanted <= known or not self._may_have_cells(callee, wanted):
                        continue
                    params[callee] = known | wanted
                    changed = True
        return params

    def _wanted(self, call: Call, cells: AbstractSet[int]) -> set[int]:
        """The arguments that may be the same object, and those that are cells already where these parameters are."""
        inside = {at for at, arg in enumerate(call.args) if isinstance(arg, Borrow) and _is_param(arg.place, cells)}
        return inside | set(conflicts(self.program, call))

    def _may_have_cells(self, symbol: str, params: AbstractSet[int]) -> bool:
        function = self.program.functions.get(symbol)
        if function is None or symbol in self.refused or symbol in self.facts.renumbered or memory_instance(symbol) in self.program.functions:
            return False
        if any(isinstance(node, UnsupportedStatement) and node.lent for node in function.body):
            return False  # Its body is written elsewhere, for references.
        types = (function.type.params[at] for at in params if at < len(function.type.params))
        return all(isinstance(type, ReferenceType) and not type.optional and self._is_plain(_element(type)) for type in types)

    def _is_plain(self, type: Type) -> bool:
        """Whether a value of the type can be taken out of a cell and be put back as a whole."""
        match type:
            case IntType() | EnumType() | PointerType():
                return True
            case FloatType(kind):
                return kind is not FloatKind.LONG_DOUBLE
            case RecordType(id):
                record = self.program.records[id]
                fields = record.fields or ()
                return not record.is_union and bool(fields) and all(
                    one.width is None and self._is_plain(one.type.element if isinstance(one.type, ArrayType) else one.type)
                    for one in fields
                )
            case _:
                return False

    def _is_unfit(self, symbol: str, cells: AbstractSet[int], params: Params) -> bool:
        """Whether a function does with these parameters what has no form for cells."""
        function = self.program.functions[symbol]
        typed = _with_cells(function, cells)
        lender = _Lender(self.program, typed, {}, self.facts, params, {name: name for name in params})
        allowed: set[int] = set()
        for node in walk_all(function.body):
            match node:
                case Load(place):
                    allowed.add(id(_base(place)))
                case Assign(place) if not _is_param(place, cells) or not _steps_in_cell(typed, place):
                    allowed.add(id(_base(place)))
                case Call():
                    wanted = self._wanted(node, cells)
                    if not wanted:
                        continue
                    if lender.library_call(node, wanted) is not None:
                        allowed |= {id(_base(_loan(node, at).place)) for at in wanted}
                        continue
                    if not wanted <= params.get(_callee(node), frozenset()) or not lender.is_lendable(node):
                        return True
                    allowed |= {id(_base(arg.place)) for arg in node.args if isinstance(arg, Borrow)}
                case _:
                    pass
        named = (node for node in walk_all(function.body) if isinstance(node, ReferentPlace) and _is_param(node, cells))
        return any(id(node) not in allowed for node in named)


class _Lender(CallRewriter):
    """Rewrites one function, or its instance for cells: `symbols` has the instances of the functions that have one."""

    def __init__(
        self,
        program: Program,
        function: Function,
        came_from: dict[int, int],
        facts: CellFacts,
        params: Params,
        symbols: Mapping[str, str],
    ) -> None:
        super().__init__(program, function, came_from)
        self.facts = facts
        self.params = params
        self.symbols = symbols
        self.externals: dict[str, External] = {}
        self.forms = Forms(facts.ranges, definitions_of(function), first_instance(function.symbol) not in facts.renumbered)

    def place(self, place: Place) -> Place:
        match place:
            case ReferentPlace(LocalPlace(local) as base) if base.type != self.function.locals[local].type:
                return replace(place, base=replace(base, type=self.function.locals[local].type))
            case _:
                return place

    def rewrite(self, before: Call, call: Call) -> tuple[Sequence[Statement], Call]:
        """A call with cells: those that are made for it stand in front."""
        inside = any(isinstance(arg, Borrow) and is_of_cells(arg) for arg in call.args)
        if not inside and not conflicts(self.program, call):
            return (), call
        if inside and _callee(call) not in self.program.functions:
            made = self.library_call(call, {at for at, arg in enumerate(call.args) if isinstance(arg, Borrow) and is_of_cells(arg)})
            return (), made or call
        if self._groups(call) == []:
            return (), self._of_instance(call)
        statements, settled = self.settled(call)
        groups = self._groups(settled)
        if groups is None:
            return (), call
        call = settled
        for positions in groups:
            root = root_of(_loan(call, positions[0]).place)
            bound, args = self.bound(call, root, positions)
            declared, lent = self._cells(call, positions)
            for at, loan in lent.items():
                args[at] = loan
            statements += [*bound, declared]
            call = replace(call, args=tuple(args))
        return statements, self._of_instance(call)

    def library_call(self, call: Call, cells: AbstractSet[int]) -> Call | None:
        """A call of the library that is lent cells; None where it has no form for that."""
        made = with_cells(call, cells)
        if made is None or not all(isinstance(_loan(call, at).place, ReferentPlace) for at in cells):
            return None
        assert isinstance(made.function, FunctionRef) and isinstance(made.function.type.target, FunctionType)
        symbol = made.function.symbol
        self.externals.setdefault(symbol, External(symbol, made.function.type.target, True, call.span))
        return made

    def is_lendable(self, call: Call) -> bool:
        """Whether a call of a function that has an instance for cells can be given them."""
        mapped = self._mapped(call)
        assert isinstance(mapped, Call)
        return self._groups(mapped) == [] or self._groups(self.settled(mapped)[1]) is not None

    def _of_instance(self, call: Call) -> Call:
        """The call of the instance, whose arguments are cells."""
        callee = _callee(call)
        type = _with_cells(self.program.functions[callee], self.params[callee]).type
        args = tuple(
            replace(arg, type=replace(arg.type, access=Access.CELL)) if at in self.params[callee] and isinstance(arg, Borrow) else arg
            for at, arg in enumerate(call.args)
        )
        function = FunctionRef(self.symbols[callee], PointerType(type), call.function.span)
        return replace(call, args=args, function=function)

    # ---- which objects become cells

    def _groups(self, call: Call) -> list[list[int]] | None:
        """The arguments that are to be cells and are none yet, those of one object together; None where that cannot be. They are
        made in front of the call, so nothing in it may have effects."""
        cells = self.params.get(_callee(call))
        if cells is None:
            return None
        loans = {at: arg for at, arg in enumerate(call.args) if isinstance(arg, Borrow)}
        if not cells <= loans.keys():
            return None
        groups: dict[object, list[int]] = {}
        for at, loan in loans.items():
            if is_of_cells(loan):
                if at not in cells or not self._is_whole(loan):
                    return None
            elif at in cells:
                groups.setdefault(_root_key(loan.place), []).append(at)
        found = list(groups.values())
        if found and not all(map(is_stable, call.args)):
            return None
        others = [loan for at, loan in loans.items() if at not in cells]
        return found if all(self._can_be_cells(call, group, others) for group in found) else None

    def _is_whole(self, loan: Borrow) -> bool:
        """Whether a loan is of whole cells."""
        cell = cell_of(loan.place)
        return cell is None or cell is loan.place

    def _can_be_cells(self, call: Call, positions: Sequence[int], others: Sequence[Borrow]) -> bool:
        loans = [_loan(call, at) for at in positions]
        written = [replace(loan, type=replace(loan.type, access=Access.MUTABLE)) for loan in loans]
        if any(may_overlap(loan, other) for loan in written for other in others):
            return False
        match root_of(loans[0].place):
            case LocalPlace(local, ReferenceType(_, access)) if is_borrowed(loans[0].place):
                free = access is Access.MUTABLE
                if not free:
                    self.facts.to_write.add((first_instance(self.function.symbol), local))
            case LocalPlace():
                free = True
            case GlobalPlace(symbol):
                own = self.facts.effects.needs[_callee(call)] & Needs.GLOBALS
                free = symbol not in self.facts.storage.constants and not own
            case _:
                free = False
        return free and self._object(loans) is not None

    def _object(self, loans: Sequence[Borrow]) -> Place | None:
        """The array, or the one object, that all these loans are of elements of."""
        array = common_array(self.forms, loans)
        if array is not None:
            depth = len(steps_of(array))
            return array if all(len(steps_of(loan.place)) <= depth + 1 for loan in loans) else None
        first = loans[0]
        same = all(is_same_place(self.forms, first.place, loan.place) and not loan.type.is_slice for loan in loans)
        return first.place if same else None

    def _cells(self, call: Call, positions: Sequence[int]) -> tuple[Statement, dict[int, Borrow]]:
        """The declaration of the cells of one object, and the loans of them."""
        loans = {at: _loan(call, at) for at in positions}
        whole = self._object(list(loans.values()))
        assert whole is not None
        is_array = common_array(self.forms, list(loans.values())) is not None
        target = whole.type
        if is_array:
            assert isinstance(whole.type, ArrayType)
            target = ArrayType(whole.type.element, None)
        type = ReferenceType(target, Access.CELL)
        local = self.new_local("cells" if is_array else "cell", type, call)
        base = ReferentPlace(LocalPlace(local.id, type, call.span), target, call.span)
        declared = Declare(local.id, Borrow(whole, None, type, call.span), call.span)
        depth = len(steps_of(whole))
        return declared, {at: _moved(loan, base, steps_of(loan.place)[depth:]) for at, loan in loans.items()}


def _moved(loan: Borrow, base: ReferentPlace, rest: Sequence[Place]) -> Borrow:
    """A loan as one of cells."""
    place: Place = base
    for step in rest:
        assert isinstance(step, IndexPlace)
        place = replace(step, base=place)
    return replace(loan, place=place, type=replace(loan.type, access=Access.CELL))


def _calls(function: Function) -> Iterator[Call]:
    return (node for node in walk_all(function.body) if isinstance(node, Call) and isinstance(node.function, FunctionRef))


def _callee(call: Call) -> str:
    return call.function.symbol if isinstance(call.function, FunctionRef) else ""


def _loan(call: Call, at: int) -> Borrow:
    loan = call.args[at]
    assert isinstance(loan, Borrow)
    return loan


def _base(place: Place) -> Place:
    """What the fields and elements of a place are of."""
    steps = steps_of(place)
    return steps[0].base if steps else place


def _is_param(place: Place, params: AbstractSet[int]) -> bool:
    """Whether a place lies behind one of these parameters."""
    match _base(place):
        case ReferentPlace(LocalPlace(local)):
            return local in params
        case _:
            return False


def _steps_in_cell(function: Function, place: Place) -> bool:
    """Whether a place behind a parameter that is cells is but a part of one."""
    match _base(place):
        case ReferentPlace(LocalPlace(local)):
            type = function.locals[local].type
            return len(steps_of(place)) > (1 if isinstance(type, ReferenceType) and type.is_slice else 0)
        case _:
            return True


def _element(type: ReferenceType) -> Type:
    return type.target.element if isinstance(type.target, ArrayType) and type.is_slice else type.target


def _root_key(place: Place) -> object:
    match root_of(place):
        case LocalPlace(local):
            return local
        case GlobalPlace(symbol):
            return symbol
        case other:
            return id(other)
