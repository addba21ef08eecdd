"""The text of the generated crate: the table of functions, the glue to the Rust, and the C that calls the C."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from c2rust_py.infer.extents import Extent
from c2rust_py.ir.types import PointerType, RecordType, Type, VoidType
from c2rust_py.oracle.functions.plan import FunctionPlan, GlobalPlan, Home
from c2rust_py.oracle.functions.results import ReturnedOwner, ReturnedPlace, ReturnedValue
from c2rust_py.oracle.functions.signatures import Passing, RustParam
from c2rust_py.oracle.functions.type_table import TypeTable, has_pointers, rust_symbol

_FAR = 1 << 40
"""Bounds beyond this say nothing about the length of a buffer."""
_LONG = 4096
"""Buffers are not longer than this where nothing but a bound says how long they are."""


def c_glue(plans: Sequence[FunctionPlan], table: TypeTable) -> str:
    """A shim for each function: it loads the arguments and stores the result."""
    shims = [_shim(number, plan, table) for number, plan in enumerate(plans)]
    return "\n".join([*table.mirrors, *shims, ""])


def _shim(number: int, plan: FunctionPlan, table: TypeTable) -> str:
    type = plan.function.type
    params = [table.mirror(param) for param in type.params]
    result = table.mirror(type.result)
    loads = ", ".join(f"*({_pointer(param)})a[{i}]" for i, param in enumerate(params))
    call = f"{plan.link_name}({loads})"
    stored = f"{call};" if isinstance(type.result, VoidType) else f"*({_pointer(result)})r = {call};"
    declared = f"extern {result} {plan.link_name}({', '.join(params) or 'void'});"
    return f"{declared}\nvoid c2rs_call_{number}(void **a, void *r) {{ {stored} }}"


def _pointer(type: str) -> str:
    return f"{type}*" if type.endswith("*") else f"{type} *"


def rust_glue(plans: Sequence[FunctionPlan], table: TypeTable) -> str:
    """`src/lib.rs` of the generated crate."""
    symbols = dict.fromkeys(one.link_name for plan in plans for one in plan.globals)
    symbols |= table.used_targets
    externs = [f'    #[link_name = "{name}"]\n    fn {rust_symbol(name)}();' for name in symbols]
    externs += [f"    fn c2rs_call_{i}(args: *mut *mut u8, result: *mut u8);" for i in range(len(plans))]
    functions = [_function(number, plan, table) for number, plan in enumerate(plans)]
    glue = [_rust_call(number, plan, table) for number, plan in enumerate(plans)]
    return "\n".join(
        [
            "//! Generated: what is compared, and how each side is called.",
            "#![allow(unused_mut, unused_variables, unused_imports, clippy::all)]",
            "use c2rs_differential::{Extent, Field, Function, Global, Length, Param, Position, Ptr, RustSide, Table, Target, Type, Types, Void};",
            'extern "C" {',
            *externs,
            "}",
            f"static TYPES: &[Type] = &[{', '.join(table.rows)}];",
            f"static FUNCTIONS: &[Function] = &[{', '.join(functions)}];",
            *_fresh(plans),
            "static TABLE: Table = Table { types: Types(TYPES), functions: FUNCTIONS };",
            "#[no_mangle]",
            'pub extern "C" fn c2rs_run(sanitized: bool) {',
            "    c2rs_differential::run(&TABLE, sanitized)",
            "}",
            *glue,
            "",
        ]
    )


def _fresh(plans: Sequence[FunctionPlan]) -> list[str]:
    """The program's state before anything has run, where some function is asked whether it leaves that alone."""
    crates = [plan.rust_path.partition("::")[0].replace("-", "_") for plan in plans if plan.others]
    if not crates:
        return []
    context = f"{crates[0]}::context::Context"
    return [f"thread_local! {{ static FRESH: {context} = {context}::new(); }}"]


def _function(number: int, plan: FunctionPlan, table: TypeTable) -> str:
    function = plan.function
    params = ", ".join(_param(plan, i, table) for i in range(len(function.type.params)))
    globals = ", ".join(
        f'Global {{ name: "{one.variable.name}", of: {one.of}, c: {rust_symbol(one.link_name)} }}'
        for one in plan.globals
    )
    constants = ", ".join(map(str, plan.closure.constants))
    return (
        f'Function {{ name: "{plan.entry}", params: &[{params}], globals: &[{globals}], '
        f"result: {table.id_of(function.type.result)}, c: c2rs_call_{number}, rust: rust_{number}, "
        f"constants: &[{constants}], prints: {_bool(plan.closure.prints)}, statics: {_bool(plan.statics)}, graphs: {_bool(bool(plan.pools))} }}"
    )


def _param(plan: FunctionPlan, index: int, table: TypeTable) -> str:
    type = plan.function.type.params[index]
    name = plan.function.locals[index].name
    free = isinstance(type, PointerType) and plan.rust.params[index].passing is Passing.VALUE and index not in plan.group
    optional = plan.rust.params[index].optional
    extent = "Extent::Unknown"
    if index in plan.group:
        at = "Start" if index == plan.group[0] else f"In({plan.group[0]})"
        extent = f"Extent::Position(Position::{'Anywhere' if plan.whole and at == 'Start' else at})"
    elif isinstance(type, PointerType) and isinstance(type.target, RecordType) and type.target.id in table.pools:
        extent = "Extent::Exactly(1)"
    elif isinstance(type, PointerType):
        extent = _extent(plan, index, plan.extents[index])
    return f'Param {{ name: "{name}", of: {plan.params[index]}, extent: {extent}, free: {_bool(free)}, optional: {_bool(optional)} }}'


def _extent(plan: FunctionPlan, index: int, extent: Extent | None) -> str:
    if plan.rust.params[index].passing is Passing.OBJECT:
        return "Extent::Exactly(1)"
    if extent is None:
        return "Extent::Unknown"
    lengths = [one for one in extent.lengths if abs(one.constant) <= _LONG and one.least <= _LONG]
    if extent.empty or (not lengths and extent.hi > _LONG):
        return "Extent::Unknown"
    listed = ", ".join(
        f"Length {{ param: {one.param}, constant: {one.constant}, least: {one.least} }}" for one in lengths
    )
    hi = min(extent.hi, _FAR)
    return f"Extent::Within {{ lo: {max(extent.lo, -_LONG)}, hi: {hi}, lengths: &[{listed}] }}"


def _taken(number: int, param: RustParam) -> str:
    """What the argument is made of."""
    source = {Passing.VALUE: "value", Passing.OBJECT: "object", Passing.SLICE: "elements"}[param.passing]
    taken = f"x.{source}({number})"
    return f"x.is_there({number}).then(|| {taken})" if param.optional else taken


def _passed(variable: str, param: RustParam) -> str:
    """The argument."""
    if param.cells:
        return _as_cells(variable, param.passing)
    if param.optional:
        of_slice, of_object = ("as_deref_mut", "as_mut") if param.mutable else ("as_deref", "as_ref")
        return f"{variable}.{of_slice if param.passing is Passing.SLICE else of_object}()"
    borrow = "" if param.passing is Passing.VALUE else "&mut " if param.mutable else "&"
    return f"{borrow}{variable}"


def _put_back(number: int, param: RustParam) -> str:
    """What became of what the argument lent."""
    value = "value" if param.optional else f"a{number}"
    put = f"x.put_object({number}, {value});" if param.passing is Passing.OBJECT else f"x.put_elements({number}, &{value});"
    return f"if let Some(value) = a{number} {{ {put} }}" if param.optional else put


def _as_cells(variable: str, passing: Passing) -> str:
    """What is lent as cells: each parameter an object of its own."""
    if passing is Passing.OBJECT:
        return f"std::cell::Cell::from_mut(&mut {variable})"
    return f"std::cell::Cell::from_mut(&mut {variable}[..]).as_slice_of_cells()"


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _rust_call(number: int, plan: FunctionPlan, table: TypeTable) -> str:
    """The glue of one function: context and globals, arguments, the call, and what became of them."""
    in_memory = _uses_pointers(plan, table) or plan.rust.context is not None
    crate = plan.rust_path.partition("::")[0].replace("-", "_")
    first = len(plan.function.type.params)
    lines: list[str] = []
    if in_memory:
        lines.append(f"let mut cx = {crate}::context::Context::new();")
        lines += [f"x.insert({one.of}, &mut cx.globals.{one.field});" for one in plan.pools]
        lines.append("x.enter(&mut cx.mem);")
        lines += [f"x.fill({one.of}, &mut cx.globals.{one.field});" for one in plan.pools]
        lines += [_set_global(first + i, one, table) for i, one in enumerate(plan.globals)]
    args, after = [], []
    for i, param in enumerate(plan.rust.params):
        if i not in plan.group[1:]:
            lines.append(f"let mut a{i} = {_taken(i, param)};")
            args.append(_passed(f"a{i}", param))
        if i in plan.group[1:] or (plan.whole and i == plan.group[0]):
            lines.append(f"let at{i} = x.position({i});")
            args.append(f"at{i} as _")
        after += [_put_back(i, param)] if param.mutable else []
    match plan.rust.context:
        case "memory":
            args.append("&mut cx.mem")
        case "globals":
            args.append("&mut cx.globals")
        case "context":
            args.append("&mut cx")
        case _:
            pass
    path = plan.rust_path.partition("::")[2]
    lines += ["x.start();", f"let result = {crate}::{path}({', '.join(args)});", "x.stop();"]
    lines += after
    lines += _put_result(plan)
    if in_memory:
        lines += [_take_global(first + i, one) for i, one in enumerate(plan.globals)]
        lines += _look_at_others(plan)
        lines += [f"x.take_back({one.of}, std::mem::take(&mut cx.globals.{one.field}));" for one in plan.pools]
        lines.append("x.leave(cx.mem);")
    body = "\n".join(f"    {line}" for line in lines)
    return f"fn rust_{number}(x: &mut RustSide<'_>) {{\n{body}\n}}"


def _put_result(plan: FunctionPlan) -> list[str]:
    match plan.result:
        case ReturnedPlace(number, start, stride, position):
            return [f"x.put_position({number}, {start}, {stride}, {position});"]
        case ReturnedOwner(elements):
            return [f"x.put_owned({elements});"]
        case ReturnedValue():
            return [] if isinstance(plan.function.type.result, VoidType) else ["x.put_result(result);"]
        case _:
            assert_never(plan.result)


def _look_at_others(plan: FunctionPlan) -> list[str]:
    """Now and then, the variables that the C does not name."""
    if not plan.others:
        return []
    looks = []
    for one in plan.others:
        match one.home:
            case Home.FIELD:
                now, before = (f"&[{cx}.globals.{one.rust}]" for cx in ("cx", "fresh"))
            case Home.VECTOR:
                now, before = (f"&{cx}.globals.{one.rust}" for cx in ("cx", "fresh"))
            case Home.MEMORY:
                now, before = (f"{cx}.mem.tail(Ptr::<Void>::global({one.rust}))" for cx in ("cx", "fresh"))
        looks.append(f'x.untouched("{one.variable.name}", {now}, {before});')
    return ["if x.is_thorough() {", "FRESH.with(|fresh| {", *looks, "});", "}"]


def _uses_pointers(plan: FunctionPlan, table: TypeTable) -> bool:
    """Whether any pointer of the C is one in the Rust."""

    def kept(type: Type, passing: Passing) -> bool:
        match type:
            case PointerType(target) if passing is not Passing.VALUE:
                return has_pointers(table.program, target)
            case _:
                return has_pointers(table.program, type)

    passed = enumerate(zip(plan.function.type.params, plan.rust.params, strict=True))
    return any(kept(type, param.passing) for i, (type, param) in passed if i not in plan.group[1:])


def _set_global(number: int, one: GlobalPlan, table: TypeTable) -> str:
    match one.home:
        case Home.FIELD:
            return f"cx.globals.{one.rust} = x.value({number});"
        case Home.VECTOR:
            return f"cx.globals.{one.rust} = x.values({number});"
        case Home.MEMORY:
            return f"x.put_in_memory({number}, {one.rust}, &mut cx.mem);"


def _take_global(number: int, one: GlobalPlan) -> str:
    match one.home:
        case Home.FIELD:
            return f"x.put_value({number}, cx.globals.{one.rust});"
        case Home.VECTOR:
            return f"x.put_values({number}, &cx.globals.{one.rust});"
        case Home.MEMORY:
            return f"x.take_from_memory({number}, {one.rust}, &cx.mem);"
