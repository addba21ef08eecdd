"""Value ranges of integers, and where pointer parameters are dereferenced: an abstract interpretation of the IR.

Read `infer` first; `state` has the domain, `evaluate`, `branches` and `analyse` follow values, conditions and
statements.
"""

from c2rust_py.infer.ranges.facts import EMPTY, Interval, Ranges
from c2rust_py.infer.ranges.infer import infer_ranges

__all__ = ["EMPTY", "Interval", "Ranges", "infer_ranges"]
