"""The commands and their options, and no more: what they do is in `commands`, imported when one is run."""

from __future__ import annotations

import errno
import inspect
import os
import signal
import sys
import textwrap
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tf1to2_reg import __version__
from tf1to2_reg.diagnostics.exit_codes import EXIT_CODES, ExitCode
from tf1to2_reg.options import Color, Format, Options, TargetChoice, Verbosity, Verification
from tf1to2_reg.verify.command import verify_command

Paths = Annotated[list[Path], typer.Argument(metavar="PATH", help="Files and folders, or - for standard input.")]
Include = Annotated[
    list[str] | None, typer.Option(metavar="GLOB", help="Files to take from folders [default: *.py, *.ipynb].")
]
Exclude = Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Files and folders to leave out.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes that share the work [default: all cores].")
]
Report = Annotated[Path | None, typer.Option(metavar="FILE", help="Write a JSON report; - is --format json.")]
ColorOption = Annotated[Color | None, typer.Option("--color", help="When to colour [default: auto].")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what failed.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Explain the notes too.")]
Verify = Annotated[
    str | None,
    typer.Option(
        metavar='"SCRIPT ARGS"',
        help="Run the program before and after, on copies, and write only if the numbers agree. Executes its code.",
    ),
]
Steps = Annotated[int | None, typer.Option(metavar="N", min=1, help="With --verify: end after N training steps.")]
Timeout = Annotated[
    float, typer.Option(metavar="SECONDS", min=1.0, help="With --verify: seconds that each program may take.")
]
Target = Annotated[
    TargetChoice | None,
    typer.Option(
        "--target",
        help="tf2: models and steps, no Session. graph: Keras layers in the program's own graph. auto: tf2 where that "
        "is exact, else graph [default: auto].",
    ),
]
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="Form of standard output: for people or for machines [default: text].")
]
Html = Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write what was found as a page to look at.")]
Statistics = Annotated[bool, typer.Option("--statistics", help="Rank the reasons by how many programs they keep back.")]
StdinFilename = Annotated[
    Path | None, typer.Option(metavar="FILE", help="With - as PATH: the name of the file that standard input is.")
]
Select = Annotated[list[str] | None, typer.Option(metavar="CODE", help="Tell only of these pitfalls (TFR3xx).")]
Ignore = Annotated[list[str] | None, typer.Option(metavar="CODE", help="Do not tell of these pitfalls (TFR3xx).")]
Partial = Annotated[
    bool | None,
    typer.Option("--partial", help="To graph: leave names that TensorFlow has lost in their places, migrate the rest."),
]
AllowDirty = Annotated[bool | None, typer.Option("--allow-dirty", help="Rewrite files with uncommitted changes too.")]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _epilog() -> str:
    rows = (
        textwrap.fill(f"{int(code)}  {command + ':':<13}{meaning}", 78, initial_indent="  ", subsequent_indent=" " * 18)
        for code, command, meaning in EXIT_CODES
    )
    return "\b\nExit codes:\n" + "\n".join(rows)


app = typer.Typer(
    name="tf1to2-reg",
    help="Migrate TensorFlow 1 programs with regularized tf.layers to TensorFlow 2, exactly or not at all.",
    epilog=_epilog(),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tf1to2-reg {__version__}{_installed_extensions()}")
        raise typer.Exit


def _installed_extensions() -> str:
    from tf1to2_reg.facts.extension_points import found  # noqa: PLC0415

    names = [f"{point.name} ({point.dist.name} {point.dist.version})" for point in found() if point.dist is not None]
    return f" with {', '.join(names)}" if names else ""


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options of the command itself."""


def _shared_options(
    paths: Paths,
    target: Target = None,
    partial: Partial = None,
    include: Include = None,
    exclude: Exclude = None,
    select: Select = None,
    ignore: Ignore = None,
    stdin_filename: StdinFilename = None,
    jobs: Jobs = None,
    report: Report = None,
    format: FormatOption = None,
    html: Html = None,
    statistics: Statistics = False,
    color: ColorOption = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> Options:
    """What `diff`, `rewrite` and `check` all take."""
    return Options(
        paths=paths,
        include=include or (),
        exclude=exclude or (),
        jobs=jobs,
        report=report,
        color=color,
        verbosity=_verbosity(quiet, verbose),
        target=target,
        partial=partial,
        format=format,
        html=html,
        statistics=statistics,
        stdin_filename=stdin_filename,
        select=select or (),
        ignore=ignore or (),
    )


def _with_shared_options(command: Callable[..., ExitCode]) -> Callable[..., None]:
    """A function with the options of `command` and the shared ones in its signature, which is where Typer finds them.

    `command` gets the shared ones together, as its first argument.
    """
    shared = inspect.signature(_shared_options, eval_str=True).parameters
    _, *own = inspect.signature(command, eval_str=True).parameters.values()
    parameters = [*shared.values(), *own]

    def run(**values: object) -> None:
        options = _shared_options(**{name: values.pop(name) for name in shared})  # type: ignore[arg-type]
        _run(lambda: command(options, **values))

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__dict__["__signature__"] = inspect.Signature(parameters)
    return run


@app.command(epilog=_epilog(), short_help="Print what rewrite would change.")
@_with_shared_options
def diff(options: Options) -> ExitCode:
    """Print what rewrite would change, as a unified diff that git apply takes."""
    from tf1to2_reg.command import commands  # noqa: PLC0415

    return commands.diff(options)


@app.command(epilog=_epilog(), short_help="Migrate programs in place.")
@_with_shared_options
def rewrite(
    options: Options,
    verify: Verify = None,
    steps: Steps = None,
    timeout: Timeout = 300.0,
    allow_dirty: AllowDirty = None,
) -> ExitCode:
    """Migrate programs in place: all files of a program are written, or none.

    With - as the path, standard input is migrated to standard output. --verify "train.py --epochs 1" names the script
    relative to PATH, or to the folder of PATH where that is a file.
    """
    from tf1to2_reg.command import commands  # noqa: PLC0415

    verification = None if verify is None else Verification(verify, steps, timeout)
    return commands.rewrite(replace(options, allow_dirty=allow_dirty), verification)


@app.command(short_help="Put back what the last rewrite replaced.")
def undo(
    path: Annotated[
        Path, typer.Argument(metavar="[PATH]", help="A path that was given to rewrite, or one below it.")
    ] = Path(),
    list_: Annotated[bool, typer.Option("--list", help="Put nothing back; list the rewrites that are kept.")] = False,
) -> None:
    """Put back what the last rewrite replaced, and remove the files it made; again for the one before.

    Nothing is put back where a file was changed since. The last twenty rewrites are kept.
    """
    from tf1to2_reg.command import commands  # noqa: PLC0415

    _run(lambda: (commands.kept_runs if list_ else commands.undo)(path))


@app.command(epilog=_epilog(), short_help="List the programs found.")
@_with_shared_options
def check(options: Options) -> ExitCode:
    """List the programs found: builders, layers, regularizers, reads, driver, and what would become of them."""
    from tf1to2_reg.command import commands  # noqa: PLC0415

    return commands.check(options)


@app.command(short_help="Explain a diagnostic.")
def explain(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="Such as TFR201; all codes if left out.")] = None,
    color: ColorOption = None,
) -> None:
    """Print the page of a diagnostic, or the list of all."""
    from tf1to2_reg.command import commands  # noqa: PLC0415

    _run(lambda: commands.explain(code, color or Color.AUTO))


@app.command(short_help="Talk to an editor.")
def server() -> None:
    """Talk the language server protocol on standard input and output: messages, and an action to migrate a program."""
    try:
        from tf1to2_reg.command.language_server import made  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        raise _failed(f"server needs pygls: pip install 'tf1to2-reg[editor]' (no module {error.name})") from None
    made().start_io()


app.command(name="verify", epilog=_epilog(), short_help="Run two programs and compare what they train.")(verify_command)


def main() -> None:
    """The entry point of the command."""
    if sys.stdout is None:  # closed by the caller
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()


def _verbosity(quiet: bool, verbose: bool) -> Verbosity | None:
    if quiet and verbose:
        raise _failed("--quiet and --verbose exclude each other")
    if quiet:
        return Verbosity.QUIET
    return Verbosity.VERBOSE if verbose else None


def _run(command: Callable[[], ExitCode]) -> None:
    from tf1to2_reg.command.commands import UsageError  # noqa: PLC0415
    from tf1to2_reg.facts.extension_points import ExtensionError  # noqa: PLC0415
    from tf1to2_reg.files.journal import StateInUse  # noqa: PLC0415

    try:
        code = command()
    except UsageError as error:
        raise _failed(str(error)) from None
    except ExtensionError as error:
        raise _failed(f"an installed package cannot be used: {error}") from None
    except StateInUse as error:
        raise _failed(f"TFR913 another run writes here: {error}") from None
    except KeyboardInterrupt as error:
        typer.echo("tf1to2-reg: stopped; no program is half written", err=True)
        raise typer.Exit(128 + getattr(error, "number", signal.SIGINT)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise _defect() from None
        raise _failed(f"the output cannot be written: {error.strerror}") from None
    except Exception:
        raise _defect() from None
    raise typer.Exit(code)


def _defect() -> typer.Exit:
    traceback.print_exc()
    return _failed("this is a defect of tf1to2-reg; please report it with the lines above")


def _failed(message: str) -> typer.Exit:
    typer.echo(f"tf1to2-reg: {message}", err=True)
    return typer.Exit(ExitCode.UNUSABLE)
