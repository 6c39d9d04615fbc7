"""`tf1to2-reg` as a process of its own with the toy engine: python toy_main.py ARGUMENTS."""

import toy_engine

from tf1to2_reg import pipeline
from tf1to2_reg.command import cli

if __name__ == "__main__":
    pipeline.migrate_with_libcst = toy_engine.migrate
    cli.main()
