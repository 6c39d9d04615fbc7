"""`python -m tf1to2_reg`."""

from __future__ import annotations

from tf1to2_reg.command.cli import main

main()
