"""The signatures that a function can have in the place of the translation's pointers: what its C suggests, and what an answer asks for.

    int *find(int *a, int *end, int x)      fn find(a: Ptr<i32>, end: Ptr<i32>, x: i32, mem: &mut Memory) -> Ptr<i32>
                                      ->    fn find(a: &[i32], end: usize, x: i32) -> Option<usize>
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from c2rust_py.infer.bounds import find_group
from c2rust_py.infer.demotions import Demotions, PointerSlot, Subject
from c2rust_py.infer.places import root_of
from c2rust_py.infer.pointer_uses import Flow, Released, Returned, Test, Use, pointer_uses
from c2rust_py.infer.rust_signatures import RustSignature, public_functions
from c2rust_py.infer.subjects import Subjects
from c2rust_py.infer.targets import is_null, without_casts
from c2rust_py.infer.views import Views, find_views
from c2rust_py.ir.nodes import Assign, Call, DerefPlace, FunctionRef, Load, LocalPlace, PointerAdd, Value
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import FunctionType, PointerType, Type
from c2rust_py.ir.walk import walk_all
from c2rust_py.lift.lending import RESULT, Lent, Signature
from c2rust_py.repair.answers import Refused

_FORMS = re.compile(r"(Option<)?&(mut )?(\[)?(.+?)(?(3)\])(?(1)>)")
_CONTEXTS = ("Memory", "Globals", "Context")
_POSITIONS = ("usize", "isize", "Option<usize>", "Option<isize>")


def natural_signature(program: Program, symbol: str) -> Signature:
    """What the function does with its parameters, by their types, and which of them its pointers are compared with. Raises Refused
    for a result that is no position in a parameter."""
    function = program.functions[symbol]
    uses = pointer_uses(function, program)
    group = find_group(function, uses, {})
    stepped, written = _by_types(function)
    result = _result(function, uses, find_views(program, Demotions()))
    array = None if group is None else group.array
    within = {param: array for param in (group.params[1:] if group is not None else ())}
    found: list[Lent] = []
    for param, type in enumerate(function.type.params):
        if not isinstance(type, PointerType) or isinstance(type.target, FunctionType):
            continue
        if param in within:
            found.append(Lent(param, within=within[param]))
        else:
            is_array = param == array or (result is not None and result.within == param)
            missing = any(isinstance(use, Test) and _is_param(use.value, param) for use in uses)
            found.append(Lent(param, is_array or type.target in stepped, type.target in written, optional=missing and not is_array))
    return (*found, *([result] if result is not None and found else []))


def _is_param(value: Value, param: int) -> bool:
    value = without_casts(value)
    return isinstance(value, Load) and isinstance(value.place, LocalPlace) and value.place.local == param


def _by_types(function: Function) -> tuple[set[Type], set[Type]]:
    """The types that pointers are moved over, and those that are written through pointers, or may be where they are passed on."""
    nodes = list(walk_all(function.body))
    stepped = {node.type.target for node in nodes if isinstance(node, PointerAdd)}
    written = {root.type for node in nodes if isinstance(node, Assign) and isinstance(root := root_of(node.place), DerefPlace)}
    written |= {
        arg.type.target
        for node in nodes
        if isinstance(node, Call) and isinstance(node.function, FunctionRef)
        for arg in node.args
        if isinstance(arg.type, PointerType)
    }
    return stepped, written


def _result(function: Function, uses: list[Use], views: Views) -> Lent | None:
    """The position that the function returns: in the parameter that all it returns comes from, or the only one of that type."""
    type = function.type.result
    if not isinstance(type, PointerType):
        return None
    subjects = Subjects({}, {}, frozenset(), views)
    params = [p for p, other in enumerate(function.type.params) if isinstance(other, PointerType) and other.target == type.target]
    returned = [use.value for use in uses if isinstance(use, Returned)]
    optional = any(is_null(without_casts(value)) for value in returned)
    values = [value for value in returned if not is_null(without_casts(value))]
    for param in params:
        same = derived(function, uses, param, views)
        if values and all(same.intersection(subjects.of(function.symbol, value)) for value in values):
            return Lent(RESULT, within=param, optional=optional)
    if len(params) != 1:
        raise Refused("signature", "it returns a pointer to memory")
    return Lent(RESULT, within=params[0], optional=optional)


def derived(function: Function, uses: list[Use], param: int, views: Views) -> set[Subject]:
    """The parameter and the locals that hold what is derived from it."""
    subjects = Subjects({function.symbol: function}, {}, frozenset(), views)
    same: set[Subject] = {PointerSlot(function.symbol, param)}
    before = 0
    while len(same) > before:
        before = len(same)
        given = (use for use in uses if isinstance(use, Flow) and same.intersection(subjects.of(function.symbol, use.value)))
        same.update([PointerSlot(function.symbol, use.local) for use in given])
    return same


def check_lent(program: Program, symbol: str, param: int) -> None:
    """Raises Refused for a parameter that the C keeps past the call, or frees: a reference is gone when the call is over."""
    function = program.functions[symbol]
    name, uses = function.locals[param].name, pointer_uses(function, program)
    views = find_views(program, Demotions())
    subjects = Subjects(program.functions, {}, frozenset(), views)
    same = derived(function, uses, param, views)
    for use in uses:
        if isinstance(use, Released) and same.intersection(subjects.of(symbol, use.value)):
            raise Refused("signature", f"what `{name}` points to is freed ({use.span})")
    stores = (node for node in walk_all(function.body) if isinstance(node, Assign) and isinstance(node.value.type, PointerType))
    for node in stores:
        if not isinstance(root_of(node.place), LocalPlace) and same.intersection(subjects.of(symbol, node.value)):
            raise Refused("signature", f"`{name}` is kept past the call ({node.span})")


def answered_signature(ours: str, theirs: str) -> Iterator[Lent]:
    """What a header has where the translation's has pointers: references, positions in these, and a position for a result. Raises
    Refused for what there cannot be. References that the translation has already are asked for, too: another body is behind them."""
    old, new = (next(public_functions(f"pub {text.removeprefix('pub ')} {{")) for text in (ours, theirs))
    types = dict(new.params)
    slices = [
        (param, before)
        for param, name, before in _c_params(old)
        if before.startswith("Ptr<") and (form := _FORMS.fullmatch(types.get(name, ""))) is not None and form[3] and not form[1]
    ]
    for param, name, before in _c_params(old):
        after, own = types.get(name, before), _FORMS.fullmatch(before)
        element = before[4:-1] if before.startswith("Ptr<") else own[4] if own is not None else ""
        if not element or element in _CONTEXTS or (own is None and after == before):
            continue
        array = next((other for other, pointer in slices if pointer == before), None)
        if after in _POSITIONS[:2] and array is not None:
            yield Lent(param, within=array)
            continue
        form = _FORMS.fullmatch(after)
        if form is None or form[4] != element:
            forms = f"`&[{element}]`, `&mut [{element}]`, `&{element}` or `&mut {element}`, or an `Option` of these"
            raise Refused("signature", f"`{name}` is `{after}`; for `{before}` there can be {forms}")
        yield Lent(param, form[3] is not None, form[2] is not None, optional=form[1] is not None)
    if old.result.startswith("Ptr<") and new.result != old.result:
        array = next((other for other, element in slices if element == old.result), None)
        if new.result not in _POSITIONS or array is None:
            reason = f"the result is `{new.result}`; for `{old.result}` there can be `usize` or `Option<usize>`, a position in a slice"
            raise Refused("signature", reason)
        yield Lent(RESULT, within=array, optional=new.result.startswith("Option"))


def _c_params(signature: RustSignature) -> Iterator[tuple[int, str, str]]:
    """The parameters by their numbers in C: a position that goes with a slice has none of its own."""
    number, before = 0, ""
    for name, type in signature.params:
        if not (type in _POSITIONS and name == f"{before}_at"):
            yield number, name, type
            number += 1
        before = name
