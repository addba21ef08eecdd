"""What the positions in arrays are positions of (`infer.held_positions`), from what the arrays are given."""

from __future__ import annotations

from dataclasses import dataclass, replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.demotions import HeldSlot
from c2rust_py.infer.targets import IndexStep, ParamRoot, Resolver, Template, is_null
from c2rust_py.infer.views import HeldFlow
from c2rust_py.ir.nodes import Call


@dataclass(frozen=True, slots=True)
class HeldCall:
    """A call whose callee gives an array positions of what `template` is there."""

    slot: HeldSlot
    call: Call
    template: Template
    span: Span


NOWHERE = Template(ParamRoot(-1), ())
"""What nothing is an instance of."""


def held_template(resolver: Resolver, flow: HeldFlow | HeldCall) -> Template | None:
    """What an array is given positions of; None where that is not known yet, or nothing."""
    if isinstance(flow, HeldFlow):
        target = None if flow.value is None or is_null(flow.value) else resolver.pointer(flow.value)
        return None if target is None else target.template.varying() or NOWHERE
    assert isinstance(flow.template.root, ParamRoot)
    param = flow.template.root.local
    target = resolver.pointer(flow.call.args[param]) if param < len(flow.call.args) else None
    if target is None:
        return None
    *steps, last = target.template.steps or (None,)
    if not isinstance(target.steps[-1] if target.steps else None, IndexStep) or last != 0 or None in steps:
        return NOWHERE
    if len(flow.template.steps) != 1:
        return NOWHERE
    return replace(target.template, steps=(*steps, None))
