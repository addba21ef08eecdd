"""How functions are given positions in one array for a group of their parameters (`infer.bounds`).

    find(a + i, a + n)    ->    find(a, i, n)          find(a, a + n)    ->    find(a, n), if all calls start at the array's start
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from c2rust_py.infer.bounds import Group, given_positions
from c2rust_py.infer.pointer_uses import Argument, Flow
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import IndexStep
from c2rust_py.ir.nodes import Value
from c2rust_py.ir.program import Function, Local
from c2rust_py.ir.types import ISIZE, USIZE, IntType
from c2rust_py.lift.positions import Positions, backward_cursors


@dataclass(frozen=True, slots=True)
class GroupForm:
    """A group as a function's signature has it. params: how many C has; the local behind them is free for one more
    (`normalise.reserve_positions`). from_start: the position of the first parameter is 0 at first, and not
    passed. backward: the parameters whose positions are of type `isize`, since they may be in front of the array."""

    group: Group
    params: int
    from_start: bool
    backward: AbstractSet[int]

    def place_of(self, local: int) -> int:
        """The number of C's local in the lifted function: parameters behind the array make room for its position."""
        last = self.params - 1
        return local + 1 if not self.from_start and self.group.array < local <= last else local

    @property
    def slots(self) -> Mapping[int, int]:
        """The local that has the position of each parameter which is passed one."""
        slots = {param: self.place_of(param) for param in self.group.params[1:]}
        return slots if self.from_start else {self.group.array: self.group.array + 1} | slots


    def c_local(self, place: int) -> int:
        """The number in C of a local of the lifted function: the inverse of `place_of`."""
        return place - 1 if not self.from_start and self.group.array < place <= self.params else place

    def type_of(self, param: int) -> IntType:
        """The type of the position of a parameter."""
        return ISIZE if param in self.backward else USIZE

    def moved(self, args: Sequence[Value]) -> dict[int, Value]:
        """C's arguments by their places in the lifted call."""
        return {self.place_of(i) if i < self.params else i + (not self.from_start): arg for i, arg in enumerate(args)}


def make_room(form: GroupForm, function: Function, locals: list[Local], positions: Positions) -> int:
    """Moves the parameters among a function's locals, and adds those that are positions; how many there are then."""
    for param in reversed(range(form.params)):
        place = form.place_of(param)
        locals[place] = replace(locals[param], id=place)
    for param, slot in form.slots.items():
        given = function.locals[param]
        name = f"{given.name}_at" if param == form.group.array else given.name
        locals[slot] = replace(given, id=slot, name=name, type=positions.type_of(param))
    return form.params if form.from_start else form.params + 1


def infer_group_forms(solution: Solution, backward: Mapping[str, AbstractSet[int]]) -> dict[str, GroupForm]:
    """The form of each group, by the function's symbol. backward: the pointer locals whose positions may be in front of the array."""
    inside = {
        callee
        for _, callee, param, step in _passed(solution)
        if param == solution.groups[callee].array and step.fixed != 0
    }
    forms: dict[str, GroupForm] = {}
    for symbol, group in solution.groups.items():
        count = len(solution.program.functions[symbol].type.params)
        forms[symbol] = GroupForm(group, count, symbol not in inside, backward[symbol] & frozenset(group.params))
    return forms


def may_stand_in_front(solution: Solution, known: Mapping[str, AbstractSet[int]]) -> dict[str, AbstractSet[int]]:
    """The parameters in groups that some call passes a position which may be in front of the array (`a + n - 1` for an empty
    one): the least fixpoint over the calls. known: other locals whose positions may be there."""
    found: dict[str, AbstractSet[int]] = {}
    passed = list(_passed(solution))
    flows = {
        symbol: [use for use in solution.uses[symbol] if isinstance(use, Flow)]
        for symbol in {symbol for symbol, *_ in passed}
    }
    changed = True
    while changed:
        changed = False
        for symbol, callee, param, step in passed:
            of_callee = found.get(callee, frozenset())
            if param in of_callee:
                continue
            back = step.constant < 0 or any(term.negative for term in step.terms)
            if not back and step.cursor is not None:
                given = frozenset((*found.get(symbol, ()), *known.get(symbol, ())))
                back = step.cursor in backward_cursors(solution.resolver(symbol), flows[symbol], given)
            if back:
                found[callee] = of_callee | {param}
                changed = True
    return found


def _passed(solution: Solution) -> Iterator[tuple[str, str, int, IndexStep]]:
    """The positions that calls pass for parameters in groups: by whom, to whom, for which, and what."""
    if not solution.groups:
        return
    for symbol, uses in solution.uses.items():
        resolver = solution.resolver(symbol)
        for use in uses:
            if not isinstance(use, Argument):
                continue
            callee = solution.callee(symbol, use.call, use.callee)
            group = solution.groups.get(callee)
            given = None if group is None or use.param not in group.params else given_positions(resolver, use.call, group)
            if group is not None and given is not None:
                step = given[group.params.index(use.param)].steps[-1]
                assert isinstance(step, IndexStep), "a group is given positions"
                yield symbol, callee, use.param, step
