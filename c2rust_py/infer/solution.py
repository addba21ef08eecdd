"""What the slot solver finds: the rung of every pointer, and what it becomes there (see `infer.solver`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from c2rust_py.infer.bounds import Group
from c2rust_py.infer.cursors import referents
from c2rust_py.infer.demotions import (
    Demotions,
    HeldSlot,
    MemoryCall,
    PointerSlot,
    Subject,
)
from c2rust_py.infer.field_slots import FieldRungs
from c2rust_py.infer.instance_names import CELL_SUFFIX as CELL_SUFFIX
from c2rust_py.infer.instance_names import MEMORY_SUFFIX as MEMORY_SUFFIX
from c2rust_py.infer.instance_names import first_instance as first_instance
from c2rust_py.infer.instance_names import memory_instance as memory_instance
from c2rust_py.infer.library_calls import library_result
from c2rust_py.infer.pointer_uses import Use
from c2rust_py.infer.targets import (
    OwnedRoot,
    Resolver,
    Result,
    Template,
)
from c2rust_py.infer.views import Views
from c2rust_py.ir.nodes import (
    Call,
)
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import (
    PointerType,
)

STATIC = ""
"""What stands for the symbol of a function where static initialisers are meant."""


@dataclass(frozen=True, slots=True)
class Solution:
    """program: with the second instances that some call needs, under their own symbols. templates: of the lifted pointer
    locals, by function and local; nullable: those of them that may be null. results: of the functions whose result is
    lifted. groups: of the functions with parameters that are positions in one array. fields: the members of structs that own.
    views: what other objects hold. present: the reads of pointer locals that are not null. uses: of pointers, in each function.
    demotions: everything in memory, with its reason. optional: the parameters that callers may give null.
    held: what the positions in arrays are of. emptied: the owners of each function that may have nothing; asked: those of which
    somebody asks whether they are null. wrapped: what calls of `malloc` are in C, by identity (`lift.wrapped_allocations`)."""

    program: Program
    templates: Mapping[str, Mapping[int, Template]]
    nullable: Mapping[str, AbstractSet[int]]
    results: Mapping[str, Result]
    demotions: Demotions
    views: Views
    fields: FieldRungs = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    present: Mapping[str, AbstractSet[int]] = field(default_factory=dict)
    uses: Mapping[str, Sequence[Use]] = field(default_factory=dict)
    optional: AbstractSet[PointerSlot] = frozenset()
    held: Mapping[HeldSlot, Template] = field(default_factory=dict)
    emptied: Mapping[str, AbstractSet[int]] = field(default_factory=dict)
    asked: Mapping[Subject, None] = field(default_factory=dict)
    wrapped: Mapping[int, Call] = field(default_factory=dict)

    def resolver(self, symbol: str) -> Resolver:
        """Finds the targets of the lifted pointers of a function."""
        templates, nullable = self.templates.get(symbol, {}), self.nullable.get(symbol, frozenset())
        function = self.program.functions.get(symbol)
        known = {} if function is None else referents(function)
        return Resolver(
            self.program,
            symbol,
            templates,
            nullable,
            self.results,
            library_result,
            self.demotions,
            self.views,
            known,
            self.fields,
            self.present.get(symbol, frozenset()),
            self.optional_params(symbol),
            self.held,
            self.emptied.get(symbol, frozenset()),
            self.asked,
        )

    def optional_params(self, symbol: str) -> frozenset[int]:
        """The parameters of a function that are references or nothing."""
        return frozenset(slot.local for slot in self.optional if slot.function == symbol and slot not in self.demotions)

    def owns(self, symbol: str, local: int) -> bool:
        """Whether a local owns what it points to."""
        template = self.templates[symbol].get(local)
        return template is not None and template.root == OwnedRoot(local)

    def is_lifted(self, symbol: str, param: int) -> bool:
        """Whether parameter number `param` of a function of the program is a reference."""
        return param in self.templates[symbol] or self.referent(symbol, param) is not None

    def pointed_by(self, symbol: str, param: int) -> PointerType:
        """The type of a pointer to the object, or the elements, that a lifted parameter or an owner stands for."""
        type = self.program.functions[symbol].locals[param].type
        assert isinstance(type, PointerType)
        if self.referent(symbol, param) is not None:
            assert isinstance(type.target, PointerType)
            return type.target
        return type

    def referent(self, symbol: str, param: int) -> int | None:
        """What a lifted parameter leads to, where it became an array and a position in it."""
        referent = referents(self.program.functions[symbol]).get(param)
        return referent if referent in self.templates[symbol] else None

    def lifts_signature(self, symbol: str) -> bool:
        """Whether some parameter of the function is a reference, or its result a position."""
        params = range(len(self.program.functions[symbol].type.params))
        return symbol in self.results or any(self.is_lifted(symbol, param) for param in params)

    def callee(self, symbol: str, call: Call, callee: str) -> str:
        """The instance that a direct call goes to."""
        on_memory = MemoryCall(symbol, id(call)) in self.demotions and self.lifts_signature(callee)
        return memory_instance(callee) if on_memory else callee
