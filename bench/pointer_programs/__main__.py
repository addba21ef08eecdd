"""Prints the program of a seed: `python bench/pointer_programs SEED`, or `-m pointer_programs` in bench/."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pointer_programs import write_program

print(write_program(int(sys.argv[1])), end="")
