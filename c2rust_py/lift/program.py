"""Lifts a whole program: solve, rewrite, look for what Rust would refuse, and again until nothing is left to take down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cache, partial
from types import MappingProxyType

from c2rust_py.infer.arenas import infer_arenas
from c2rust_py.infer.cursors import name_referents
from c2rust_py.infer.demotions import Demotions, PointerSlot, Reason
from c2rust_py.infer.effects import Effects, infer_effects
from c2rust_py.infer.extents import infer_extents
from c2rust_py.infer.held_positions import hold_positions
from c2rust_py.infer.library import LibraryFunction
from c2rust_py.infer.nested_positions import name_nested_positions
from c2rust_py.infer.ranges import infer_ranges
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.solver import solve
from c2rust_py.infer.storage import Storage, infer_storage
from c2rust_py.infer.token_states import name_token_states
from c2rust_py.infer.view_pairs import measures_params, reaching
from c2rust_py.ir.nodes import Call
from c2rust_py.ir.program import Function, Program
from c2rust_py.lift.arenas import ArenaRewriter, pool_symbol, use_arenas
from c2rust_py.lift.cells import CellFacts, lend_cells
from c2rust_py.lift.conflicts import find_conflicts
from c2rust_py.lift.exchanges import inline_exchanges
from c2rust_py.lift.freed_members import find_freed_members
from c2rust_py.lift.function import LiftedFunction, lift_function, lift_initialiser
from c2rust_py.lift.global_copies import lend_copies
from c2rust_py.lift.groups import GroupForm, infer_group_forms
from c2rust_py.lift.held_types import HeldTypes
from c2rust_py.lift.held_writes import find_held_writes
from c2rust_py.lift.instances import keep_reached, point_to_instances
from c2rust_py.lift.interiors import find_backward_interiors
from c2rust_py.lift.memory_holders import find_memory_holders
from c2rust_py.lift.mutability import mark_mutable
from c2rust_py.lift.nulls import find_backward_nulls
from c2rust_py.lift.outlived import find_outlived
from c2rust_py.lift.owned_fields import find_members_in_memory, find_stale_members, with_owned_members
from c2rust_py.lift.resizes import find_resizes, owned_resizes, resize_in_place
from c2rust_py.lift.rows import find_flat_walks
from c2rust_py.lift.shapes import infer_shapes
from c2rust_py.lift.shared_positions import infer_backward
from c2rust_py.lift.splits import SplitFacts, split_loans
from c2rust_py.lift.unlike_positions import find_unlike_positions
from c2rust_py.lift.vacancies import find_missing_objects, infer_filled
from c2rust_py.lift.view_writes import find_view_writes
from c2rust_py.lift.wrapped_allocations import unwrap_allocations

FindConflicts = Callable[[Program, Storage, Effects, Mapping[int, int], Demotions], bool]
"""Demotes what Rust would refuse of a lifted program; whether there was anything."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """The program above the memory rung as far as it goes, with what was inferred of it.

    solution: None where all pointers are left in memory. origins: the identity of each call with a lifted callee before it was
    rewritten, by that of its node now. forms: of the functions with parameters that are positions in one array. numbers: by
    function, the ids that locals have now, where others than these parameters moved.
    """

    program: Program
    storage: Storage
    effects: Effects
    solution: Solution | None
    origins: Mapping[int, int] = field(default_factory=dict)
    forms: Mapping[str, GroupForm] = field(default_factory=dict)
    numbers: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    def local(self, symbol: str, c_local: int) -> int | None:
        """The number that C's local has in the lifted function; None where it is gone."""
        place = self.forms[symbol].place_of(c_local) if symbol in self.forms else c_local
        numbers = self.numbers.get(symbol)
        return numbers.get(place) if numbers else place

    def c_local(self, symbol: str, local: int) -> int:
        """The number that a local of the lifted function has in C."""
        return c_local(self.forms, self.numbers, symbol, local)


def c_local(forms: Mapping[str, GroupForm], numbers: Mapping[str, Mapping[int, int]], symbol: str, local: int) -> int:
    """The number that a local of a lifted function has in C."""
    place = next((old for old, new in numbers.get(symbol, {}).items() if new == local), local)
    return forms[symbol].c_local(place) if symbol in forms else place


def leave_in_memory(program: Program, library: Mapping[str, LibraryFunction]) -> Lifted:
    """The program as it is, with what is inferred of it: every pointer is on the memory rung."""
    storage = infer_storage(program)
    return Lifted(program, storage, infer_effects(program, storage, library), None)


def lift_program(
    program: Program,
    library: Mapping[str, LibraryFunction],
    demotions: Demotions,
    find_conflicts: FindConflicts = find_conflicts,
    originals: Mapping[str, Function] = MappingProxyType({}),
) -> Lifted:
    """Puts linked structs into arenas, apart from those that have something on the memory rung point into them, resizes in place,
    apart from what is not owned, and lifts the rest. `originals`: see `solve`."""
    arenas = infer_arenas(program)
    records, resizes = arenas.records, find_resizes(program)
    while True:
        pooled = use_arenas(resize_in_place(program, resizes), records, arenas.allocators)
        as_pooled = ArenaRewriter(program, frozenset(records), arenas.allocators).functions(originals)
        direct, wrapped = unwrap_allocations(pooled, arenas.allocators)
        lifted = _lift_pooled(direct, library, demotions, find_conflicts, as_pooled, wrapped)
        in_memory = lifted.storage.memory_globals
        left = tuple(id for id in records if pool_symbol(id) not in in_memory)
        owned = owned_resizes(resizes, lifted.solution) if lifted.solution is not None else resizes
        if (left, owned) == (records, resizes):
            return lifted
        records, resizes = left, owned
        demotions.restart()


def _lift_pooled(
    program: Program,
    library: Mapping[str, LibraryFunction],
    demotions: Demotions,
    find_conflicts: FindConflicts,
    originals: Mapping[str, Function],
    wrapped: Mapping[int, Call],
) -> Lifted:
    """Each round takes down at least one subject more, so it ends. Signed overflow may wrap here: an index that it makes negative is
    no slice's."""
    program = name_referents(name_nested_positions(name_token_states(program)))
    closed_world = any(f.name == "main" and not f.static for f in program.functions.values())
    ranges = infer_ranges(program, library, signed_wraps=True, closed_world=closed_world)
    extents = cache(lambda: infer_extents(program, ranges))
    to_write: set[tuple[str, int]] = set()
    while True:
        solution = replace(solve(program, demotions, originals), wrapped=wrapped)
        if hold_positions(program, demotions):
            demotions.restart()
            continue
        if find_backward_interiors(solution, ranges) or find_backward_nulls(solution) or find_flat_walks(solution, ranges, extents):
            continue
        if find_unlike_positions(solution):
            continue
        if find_stale_members(solution) or find_freed_members(solution):
            continue
        rewritten = _rewrite(solution, to_write)
        if rewritten is None:
            continue
        whole, origins, forms, numbers = rewritten
        whole = inline_exchanges(whole, closed_world)
        renumbered = forms.keys() | numbers.keys()
        if find_view_writes(whole, origins, solution):
            if hold_positions(program, demotions):
                demotions.restart()
            continue
        if find_held_writes(whole, partial(c_local, forms, numbers), solution):
            continue
        storage = infer_storage(whole)
        if find_members_in_memory(solution, whole, storage):
            continue
        if find_memory_holders(solution, whole, storage) or find_outlived(solution, whole, storage):
            continue
        effects = infer_effects(whole, storage, library)
        facts = SplitFacts(ranges, extents, effects, solution, origins, renumbered, _measured(solution))
        lifted, came_from = split_loans(whole, facts)
        origins |= {now: origins[before] for now, before in came_from.items() if before in origins}
        known = len(to_write)
        cells = CellFacts(solution, storage, effects, ranges, demotions, closed_world, to_write, renumbered)
        lifted, solution, came_from = lend_cells(lifted, cells)
        if len(to_write) > known:
            continue
        if came_from:
            origins |= {now: origins[before] for now, before in came_from.items() if before in origins}
            storage = infer_storage(lifted)
            effects = infer_effects(lifted, storage, library)
        lifted, came_from = lend_copies(lifted, storage, effects)
        origins |= {now: origins[before] for now, before in came_from.items() if before in origins}
        if not find_conflicts(lifted, storage, effects, origins, demotions):
            return Lifted(lifted, storage, effects, solution, origins, forms, numbers)


def _measured(solution: Solution) -> AbstractSet[str]:
    """The functions in which, or in what they call, it matters that a parameter's slice reaches to the end of its array."""
    goals = (symbol for symbol, uses in solution.uses.items() if measures_params(solution.resolver(symbol), uses))
    return reaching(solution.program.functions, tuple(goals))


_Rewritten = tuple[Program, dict[int, int], dict[str, GroupForm], dict[str, Mapping[int, int]]]


def _rewrite(solution: Solution, to_write: AbstractSet[tuple[str, int]]) -> _Rewritten | None:
    """The lifted program, the identity of each call before it was rewritten by that of its node now, the forms of groups, and the
    ids that locals have now. None where owners had to be demoted, since they may be used after they are freed or given away, or may be missing.
    to_write: parameters that are lent to write in any case."""
    backward = infer_backward(solution)
    shapes, forms = infer_shapes(solution), infer_group_forms(solution, backward)
    if find_missing_objects(solution, shapes):
        return None
    filled = infer_filled(solution)
    lifted: dict[str, LiftedFunction] = {
        symbol: lift_function(solution, shapes, forms, backward[symbol], filled, symbol) for symbol in solution.program.functions
    }
    freed = [(symbol, local) for symbol, one in lifted.items() for local in sorted(one.used_gone)]
    for symbol, local in freed:
        span = solution.program.functions[symbol].locals[local].span
        solution.demotions.add(PointerSlot(symbol, local), Reason("it may be used after it is freed or given away", span))
    if freed:
        return None
    functions: dict[str, Function] = {symbol: one.function for symbol, one in lifted.items()}
    externals = dict(solution.program.externals)
    for one in lifted.values():
        externals |= one.externals
    types = HeldTypes(solution.program, solution.views, shapes)
    held = replace(
        solution.program,
        functions=functions,
        externals=externals,
        records={id: types.record(record) for id, record in solution.program.records.items()},
        variables={
            symbol: replace(types.variable(variable), init=lift_initialiser(solution, shapes, variable))
            for symbol, variable in solution.program.variables.items()
        },
    )
    program = point_to_instances(held, solution)
    marked, moved = mark_mutable(keep_reached(with_owned_members(solution, program)), to_write)
    origins = {moved.get(new, new): old for one in lifted.values() for new, old in one.origins.items()}
    return marked, origins, forms, {symbol: one.numbers for symbol, one in lifted.items() if one.numbers}
