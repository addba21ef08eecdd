"""The words that no item, crate or program of Rust can be called."""

from __future__ import annotations

_KEYWORD_TEXT = (
    "abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl "
    "in let loop macro match mod move mut override priv pub ref return self Self static struct super trait true try type "
    "typeof union unsafe unsized use virtual where while yield"
)
KEYWORDS = frozenset(_KEYWORD_TEXT.split())
"""Rust's keywords, strict, reserved and weak, of every edition up to 2024."""
