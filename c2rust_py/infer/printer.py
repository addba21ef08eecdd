"""Facts as text, one line a fact, for dumps and pass cases."""

from __future__ import annotations

from c2rust_py.infer.effects import Effects, Needs
from c2rust_py.infer.signatures import ErasedSignature
from c2rust_py.infer.slots import FieldId, GlobalId, LocalId, ResultId, Slot, SlotRungs
from c2rust_py.infer.storage import Storage
from c2rust_py.infer.touches import Touches
from c2rust_py.ir.printer import type_text
from c2rust_py.ir.program import Program

_NEEDS = {Needs.NONE: "nothing", Needs.MEMORY: "memory", Needs.GLOBALS: "globals", Needs.CONTEXT: "context"}


def print_storage(program: Program, storage: Storage) -> str:
    """Where each variable lives, and which locals are in memory."""
    lines = []
    for symbol in program.variables:
        in_memory, constant = symbol in storage.memory_globals, symbol in storage.constants
        lines.append(f"{symbol}: {'memory' if in_memory else 'constant' if constant else 'globals'}")
    for symbol, function in program.functions.items():
        for local in function.locals:
            if (symbol, local.id) in storage.memory_locals:
                lines.append(f"{symbol}/{local.name}: memory")
    return "".join(f"{line}\n" for line in lines)


def print_effects(program: Program, effects: Effects) -> str:
    """What each function needs and touches; then the numbered functions and the dispatchers."""
    lines = []
    for symbol in program.functions:
        pure = "pure, " if symbol in effects.pure else ""
        lines.append(f"{symbol}: {pure}needs {_NEEDS[effects.needs[symbol]]}{_touches_text(effects.touches[symbol])}")
    for symbol, number in effects.function_numbers.items():
        lines.append(f"address {number}: {symbol}")
    for signature, dispatcher in effects.dispatch.items():
        targets = ", ".join(dispatcher.targets) or "nobody"
        lines.append(f"call {dispatcher.number}: {_signature_text(signature)} -> {targets}")
    return "".join(f"{line}\n" for line in lines)


def print_slots(program: Program, slots: SlotRungs) -> str:
    """The rung of each slot, then the grade of each function."""
    lines = [f"{_slot_text(program, slot)}: {rung.value}" for slot, rung in slots.rungs.items()]
    lines += [f"{symbol}(): {grade.value}" for symbol, grade in slots.grades.items()]
    return "".join(f"{line}\n" for line in lines)


def _touches_text(touches: Touches) -> str:
    memory_read = ["memory"] if touches.memory_read else []
    memory_written = ["memory"] if touches.memory_written else []
    outside_read = ["outside"] if touches.outside_read else []
    outside_written = ["outside"] if touches.outside_written else []
    reads = [*sorted(touches.globals_read), *memory_read, *outside_read]
    writes = [*sorted(touches.globals_written), *memory_written, *outside_written]
    text = f"; reads {', '.join(reads)}" if reads else ""
    text += f"; writes {', '.join(writes)}" if writes else ""
    return f"{text}; may not come back" if touches.leaves else text


def _signature_text(signature: ErasedSignature) -> str:
    params = [type_text(param) for param in signature.params]
    if signature.variadic:
        params.append("...")
    return f"{type_text(signature.result)} ({', '.join(params)})"


def _slot_text(program: Program, slot: Slot) -> str:
    match slot.declaration:
        case GlobalId(symbol):
            name = symbol
        case LocalId(function, local):
            name = f"{function}/{program.functions[function].locals[local].name}"
        case ResultId(function):
            name = f"{function}()"
        case FieldId(record, index):
            fields = program.records[record].fields
            name = f"{program.records[record].name}.{fields[index].name if fields else index}"
    return f"{name} {'*' * (slot.level + 1)}"
