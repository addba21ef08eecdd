"""The typed intermediate representation of a C program.

`types` has C's types, `nodes` places, values, statements and the program, `walk` the traversals, `printer` the text form
that dumps and pass cases show, `verify` the invariants that hold between stages.
"""
