"""`tf1to2-reg verify`: the command, its messages and exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tf1to2_reg.diagnostics.exit_codes import ExitCode

INSTALL = "verify needs TensorFlow: pip install 'tf1to2-reg[verify]'"


def verify_command(  # noqa: PLR0913, PLR0917 - one parameter per option
    before: Annotated[
        Path, typer.Argument(metavar="BEFORE", help="The TF1 program: a script, or a folder with --entry.")
    ],
    after: Annotated[
        Path, typer.Argument(metavar="AFTER", help="The migrated program: a script, or a folder with --entry.")
    ],
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="-- ARGS", help="Arguments of both programs, after --.")
    ] = None,
    entry: Annotated[
        str | None, typer.Option(metavar="SCRIPT", help="The script to run, where BEFORE and AFTER are folders.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="End both programs after so many training steps.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1.0, help="Seconds that each program may take.")
    ] = 300.0,
    tf1_python: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A Python with TensorFlow 1 for BEFORE, in place of the stand-in."),
    ] = None,
    json: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Write the report as JSON.")] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write the report as a page with charts.")
    ] = None,
    rtol: Annotated[float | None, typer.Option(metavar="X", help="Relative tolerance at the first step: 1e-6.")] = None,
    atol: Annotated[
        float | None, typer.Option(metavar="X", help="Absolute tolerance at the first step: 1e-5, or 0 (graph).")
    ] = None,
    trained: Annotated[
        float | None, typer.Option(metavar="X", help="Relative tolerance after training: 1e-4, or 1e-5 (graph).")
    ] = None,
) -> None:
    """Run two programs and compare what they train.

    Both programs are executed, on temporary copies of their folders and with the same initial values: losses,
    penalties, first gradients, trained weights and printed numbers are compared. Of a program that is still a graph
    program also the names of variables, the collections, and what sessions return.
    """
    try:
        from tf1to2_reg.verify.request import Request, execute  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        typer.echo(f"tf1to2-reg: {INSTALL} (no module {error.name})", err=True)
        raise typer.Exit(ExitCode.UNUSABLE) from None
    request = Request(
        before, after, entry, tuple(arguments or ()), steps, timeout, tf1_python, json, html, rtol, atol, trained
    )
    raise typer.Exit(execute(request))
