"""The frontend: from C files to typed IR.

units.py finds the files and flags, preprocess.py runs gcc -E, macros.py keeps macro names, gnu_c/ parses, comments.py
reads what documents a declaration, cache.py remembers trees, parse.py puts these together; elaborate/ gives types.
"""
