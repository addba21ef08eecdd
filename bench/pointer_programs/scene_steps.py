"""Scenes whose last function does steps in any order: which of them, and what nobody calls then is left out."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random


def steps_of(random: Random, steps: Sequence[str], wild: Sequence[str] = ()) -> str:
    """Some steps of a part of those that there are, as what stands in the body of a function; `n` changes between them. The `wild`
    ones, which keep much in memory, are among them in one program of three."""
    if random.random() < 0.33:
        steps = (*steps, *wild)
    part = random.sample(steps, random.choice((2, 3, 4, 6, len(steps) // 2, len(steps))))
    chosen = random.choices(part, k=random.randint(5, 12))
    return "\n".join(f"    {step}\n    n = n * 5 + 3;" for step in chosen)


def without_unused(text: str, functions: Sequence[str]) -> str:
    """The text without those of the functions that nobody calls; callers stand in front of what they call."""
    for name in functions:
        if text.count(f"{name}(") == 1:
            parts = text.split("\n\n")
            text = "\n\n".join(part for part in parts if f"{name}(" not in part.split("\n{", 1)[0])
    return text
