"""What a pointer value is derived from: that is what goes to memory with it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from c2rust_py.infer.cursors import referent_of, referents
from c2rust_py.infer.demotions import FieldSlot, GlobalObject, LocalObject, MemoryCall, PointerSlot, ResultSlot, Subject
from c2rust_py.infer.library_calls import forms_of
from c2rust_py.infer.places import root_of
from c2rust_py.infer.targets import GlobalRoot, HandedRoot, ParamRoot, Result, is_data_pointer
from c2rust_py.infer.views import Views, held_slot
from c2rust_py.ir.nodes import (
    AddressOf,
    BlockValue,
    Call,
    Conditional,
    Convert,
    Decay,
    DerefPlace,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    Load,
    LocalPlace,
    Place,
    PointerAdd,
    Value,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import RecordType


@dataclass(frozen=True, slots=True)
class Subjects:
    """functions: of the program, second instances included; results: of those whose result is lifted. fields: the members that
    own. All of them change while the solver runs. views: what other objects hold."""

    functions: Mapping[str, Function]
    results: Mapping[str, Result]
    fields: Container[FieldSlot]
    views: Views

    def of(self, symbol: str, value: Value) -> list[Subject]:
        """The locals and objects that a pointer value is derived from."""
        match value:
            case Load(LocalPlace(local, type)) if is_data_pointer(type):
                return [PointerSlot(symbol, local)]
            case Load(DerefPlace() as place) if (referent := self._referent(symbol, place)) is not None:
                return [PointerSlot(symbol, referent)]
            case Load(FieldPlace(base, index)) if isinstance(base.type, RecordType) and FieldSlot(base.type.id, index) in self.fields:
                return [FieldSlot(base.type.id, index)]
            case Load(place) if is_data_pointer(value.type):
                slot = held_slot(place, symbol, self.views.program)
                return [slot] if slot is not None and slot in self.views.pointees else []
            case PointerAdd(pointer) | Convert(pointer) if is_data_pointer(pointer.type):
                return self.of(symbol, pointer)
            case Conditional(_, then, otherwise):
                return [*self.of(symbol, then), *self.of(symbol, otherwise)]
            case BlockValue(_, tail) if tail is not None:
                return self.of(symbol, tail)
            case AddressOf(place) | Decay(place):
                return self.of_object(symbol, place)
            case Call(FunctionRef(callee)) if callee in self.functions:
                return self._result_subjects(symbol, value, callee)
            case Call(FunctionRef(callee)) if forms_of(callee):
                return [MemoryCall(symbol, id(value))]
            case _:
                return []

    def _referent(self, symbol: str, place: DerefPlace) -> int | None:
        return referent_of(place, referents(self.functions[symbol])) if symbol in self.functions else None

    def _result_subjects(self, symbol: str, call: Call, callee: str) -> list[Subject]:
        """What goes to memory with the result of a call: the call's arguments, or what the function returns in every call. An
        allocation is made in memory for this call alone where that takes no argument along."""
        result = self.results.get(callee)
        if result is None:
            return [ResultSlot(callee)]
        match result.template.root:
            case ParamRoot():
                return [MemoryCall(symbol, id(call))]
            case HandedRoot() if not any(map(is_data_pointer, self.functions[callee].type.params)):
                return [MemoryCall(symbol, id(call))]
            case GlobalRoot(name):
                return [GlobalObject(name), ResultSlot(callee)]
            case _:
                return [ResultSlot(callee)]

    def of_object(self, symbol: str | None, place: Place) -> list[Subject]:
        match root_of(place):
            case LocalPlace(local) if symbol is not None:
                return [LocalObject(symbol, local)]
            case GlobalPlace(name):
                return [GlobalObject(name)]
            case DerefPlace(pointer) if symbol is not None:
                return self.of(symbol, pointer)
            case _:
                return []
