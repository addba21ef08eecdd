"""Beautifiers: Rust AST to Rust AST, the same behaviour each time, until it reads as a person would write it.

`refine` runs them in order. `settle_bindings` stands behind what adds or drops uses: it decides `mut` from what is left.
`inline_format_args` hides names in text, so it is the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from c2rust_py.refine.array_loops import array_loops
from c2rust_py.refine.ascii_classes import ascii_classes
from c2rust_py.refine.byte_ranges import byte_ranges
from c2rust_py.refine.compound_assignments import compound_assignments
from c2rust_py.refine.conditional_values import conditional_values, name_no_result
from c2rust_py.refine.declared_types import declared_types
from c2rust_py.refine.drop_annotations import drop_annotations
from c2rust_py.refine.drop_labels import drop_labels
from c2rust_py.refine.drop_zeros import drop_zeros
from c2rust_py.refine.early_exits import early_exits
from c2rust_py.refine.early_steps import early_steps
from c2rust_py.refine.expression_types import CrateTypes, ExpressionTypes, crate_types
from c2rust_py.refine.flat_views import name_flat_views, write_flat_views
from c2rust_py.refine.flatten_blocks import flatten_blocks
from c2rust_py.refine.guard_arms import guard_arms
from c2rust_py.refine.index_ranges import index_ranges, literal_value
from c2rust_py.refine.indexed_steps import indexed_steps
from c2rust_py.refine.inline_format_args import inline_format_args
from c2rust_py.refine.joined_tests import joined_tests
from c2rust_py.refine.late_steps import late_steps
from c2rust_py.refine.leading_conditions import leading_conditions
from c2rust_py.refine.name_memory import name_memory
from c2rust_py.refine.named_pairs import named_pairs
from c2rust_py.refine.optional_references import optional_references
from c2rust_py.refine.plain_arithmetic import plain_arithmetic
from c2rust_py.refine.plain_casts import plain_casts
from c2rust_py.refine.plain_tests import plain_tests
from c2rust_py.refine.present_positions import present_positions
from c2rust_py.refine.prune_imports import prune_imports
from c2rust_py.refine.rotations import rotations
from c2rust_py.refine.settle_bindings import settle_bindings
from c2rust_py.refine.shorten_paths import shorten_paths
from c2rust_py.refine.simple_matches import simple_matches
from c2rust_py.refine.sink_declarations import sink_declarations
from c2rust_py.refine.struct_literals import struct_literals
from c2rust_py.refine.swaps import swaps
from c2rust_py.refine.tail_returns import tail_returns
from c2rust_py.refine.truth_values import truth_values
from c2rust_py.rust_ir import nodes as rs


@dataclass(frozen=True, slots=True)
class CrateData:
    """What passes know of the crate: the values of the constants that are numbers, and the types of all items. A name has
    one meaning in all of the crate."""

    values: Mapping[str, int]
    types: CrateTypes


def refine(crate: rs.Crate) -> rs.Crate:
    """The crate with every function refined."""
    crate = truth_values(crate)
    data = _data(crate)
    return drop_zeros(replace(crate, modules=tuple(_refine_module(module, data) for module in crate.modules)))


def _data(crate: rs.Crate) -> CrateData:
    values: dict[str, int] = {}
    for item in (item for module in crate.modules for item in module.items if isinstance(item, rs.ConstItem)):
        value = literal_value(item.value) if isinstance(item.value, rs.Literal) and not item.static else None
        if value is not None:
            values[item.name] = value
    return CrateData(values, crate_types(crate))


def _refine_module(module: rs.Module, data: CrateData) -> rs.Module:
    items = tuple(
        refine_function(item, data) if isinstance(item, rs.FunctionItem) else item for item in module.items
    )
    return prune_imports(shorten_paths(replace(module, items=items)))


def refine_function(item: rs.FunctionItem, data: CrateData) -> rs.FunctionItem:
    """One function through every pass."""
    types = declared_types(item)
    known = ExpressionTypes(data.types, types)
    item = plain_casts(ascii_classes(byte_ranges(item), known), known)
    item = plain_tests(rotations(replace(item, body=simple_matches(item.body))))
    item = leading_conditions(early_exits(replace(item, body=flatten_blocks(item.body))))
    item = index_ranges(name_memory(plain_arithmetic(item)), data.values)
    body = sink_declarations(item.body)
    body = conditional_values(body)
    body = struct_literals(body, data.types.structs)
    body = indexed_steps(late_steps(early_steps(swaps(body))), known)
    body = flatten_blocks(compound_assignments(body))
    body = plain_casts(byte_ranges(replace(item, body=body)), known).body
    body = swaps(body)
    body = drop_labels(body)
    body = name_no_result(tail_returns(body))
    body = write_flat_views(drop_annotations(body))
    item = settle_bindings(replace(item, body=body))
    item = replace(item, body=named_pairs(item.body))
    item = guard_arms(array_loops(item, {**data.types.constants, **types}, data.values))
    item = name_flat_views(item)
    return inline_format_args(optional_references(present_positions(joined_tests(item))))
