"""`python -m tf1to2_reg`."""

from __future__ import annotations

from tf1to2_reg.cli import main

main()
