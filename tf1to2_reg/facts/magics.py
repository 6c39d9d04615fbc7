"""What lines of IPython do that are no Python: magics, by whether the program around them can tell.

Source: IPython 8 and 9, `IPython/core/magics/`, and the extensions named here. A magic that is not listed may do
anything.
"""

from __future__ import annotations

SILENT = frozenset(
    {
        "autoreload", "autosave", "config", "load_ext", "lsmagic", "matplotlib", "pdoc", "pfile", "pinfo", "pinfo2",
        "psource", "quickref", "reload_ext", "tensorboard", "unload_ext", "watermark",
    }
)  # fmt: skip
"""Line magics that neither read nor change a name of the program, its files or its environment."""

OUTSIDE = frozenset(
    {
        "bookmark", "cat", "cd", "conda", "cp", "env", "less", "ls", "mamba", "man", "micromamba", "mkdir", "more",
        "mv", "notebook", "pip", "pwd", "rm", "rmdir", "set_env", "sx", "sc", "system", "tensorflow_version", "uv",
    }
)  # fmt: skip
"""Line magics that change what is outside the program: files, packages, the environment.

`%tensorflow_version` of Colab is one: TensorFlow 1 is no longer there to be chosen.
"""

BEFORE_A_STATEMENT = frozenset({"time"})
"""Line magics that run the statement behind them, once, in the program's own names."""

AROUND_A_CELL = frozenset({"capture", "time"})
"""Cell magics that run the cell, once, in the program's own names."""

QUIET_CELL = frozenset({"capture"})
"""Those of them after which the value of the last expression is not shown."""

OTHER_LANGUAGES = frozenset(
    {
        "HTML", "SVG", "bash", "cmd", "html", "javascript", "js", "latex", "markdown", "perl", "ruby", "script", "sh",
        "svg", "sx", "system", "writefile", "file",
    }
)  # fmt: skip
"""Cell magics whose cell is no Python of this program."""

HISTORY = frozenset({"In", "Out", "_", "__", "___", "_dh", "_i", "_ih", "_ii", "_iii", "_oh"})
"""Names under which IPython keeps what was run and shown; so do `_7` and `_i7`."""
