"""Rules that other packages bring, by the symbol of the called function; `tf1to2_reg.extensions` fills the table."""

from __future__ import annotations

from tf1to2_reg.editing.rule import Rule

RULES: dict[str, Rule] = {}
