"""Random C programs about pointers, each fully determined by its seed, and defined: no access out of bounds, no
overflow of a signed type, no order of evaluation that matters.

Read `program.py` first. What is known of each pointer while a program is made (`scope.py`) is which array it points
into and between which elements, so that every access, call and loop is in bounds by construction.
"""

from pointer_programs.program import write_program

__all__ = ["write_program"]
