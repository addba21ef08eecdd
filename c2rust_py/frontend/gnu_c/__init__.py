"""GNU C for pycparser: `lexer` makes tokens, `parser` makes the tree, `nodes` says what the tree is made of."""
