"""The table of all names that TensorFlow lost, for docs/: what becomes of each at `graph`."""

from __future__ import annotations

from collections.abc import Iterable

from tf1to2_reg.facts import contrib, estimator
from tf1to2_reg.facts.compat_v1 import look_up, lost
from tf1to2_reg.facts.lost import BATCHES, LITERALS, MODULES, RENAMED, piece, plain
from tf1to2_reg.facts.ways_out import WAYS_OUT, way_out

_HEAD = """# Names that TensorFlow lost

`tensorflow.compat.v1` of TensorFlow 2.21 with Keras 3 lacks {count} of the public names of TensorFlow 1.15.5
(`tf.contrib` counted once). What becomes of each at `--target graph`:

- *renamed*: the same thing has another name now, which takes its place.
- *written*: `graph_layers.py` has a function or class of the same parameters and meaning, compared with genuine
  TensorFlow 1.15.5 ([layers](graph-layers.md), [contrib's layers and cells](graph-contrib.md), all others by
  `tests/test_graph_lost.py` and `tests/test_graph_estimator.py`).
- *refused*: there is no exact form; the program stays as it is (TFR401, TFR405) unless `--partial` is given.
  What to do by hand is in the last column.

Numbers are those of TensorFlow 1.15.5 but for the rounding of kernels, with two exceptions: `shuffle_and_repeat` of
`tf.data.experimental` draws another order from the same seed than TensorFlow 1.15.5, and the weights of
`AdamWOptimizer` and `MomentumWOptimizer` shrink before or after the loss reads them, which TensorFlow 1.15.5 leaves
open too.
"""
_COLUMNS = "| TensorFlow 1 | | becomes, or what to do |\n| --- | --- | --- |\n"


def lost_names_markdown(generated: str) -> str:
    """The page, with a line at its top that says who made it."""
    text = _HEAD.format(count=len(lost()))
    known = {*contrib.PIECES, *RENAMED, *BATCHES, *LITERALS, *estimator.PIECES}
    beside = sorted(name for name in known if name.startswith(("tf.contrib.", "tf.examples.")))
    return (
        f"{generated}{text}\n## Public names\n\n{_rows(sorted(lost()))}"
        f"\n## Names of contrib and of the tutorials that have a form\n\n{_rows(beside)}"
        f"\n## Everything else\n\nThe longest prefix counts.\n\n| below | what to do |\n| --- | --- |\n{_ways_out()}"
    )


def _rows(symbols: Iterable[str]) -> str:
    return _COLUMNS + "".join(f"| `{symbol}` | {_kind(symbol)} | {_form(symbol)} |\n" for symbol in symbols)


def _kind(symbol: str) -> str:
    if symbol in LITERALS or (plain(symbol) != symbol and not look_up(plain(symbol)).missing):
        return "renamed"
    if symbol in BATCHES or piece(plain(symbol)):
        return "written"
    return "module" if _is_module(symbol) else "refused"


def _is_module(symbol: str) -> bool:
    return symbol in MODULES or any(name.startswith(symbol + ".") for name in lost())


def _form(symbol: str) -> str:
    match _kind(symbol):
        case "renamed":
            return f"`{LITERALS.get(symbol, plain(symbol))}`"
        case "written":
            name = f"Dataset.{BATCHES[symbol]}" if symbol in BATCHES else piece(plain(symbol))
            return f"`{name}`"
        case "module":
            return "each of its names by itself"
    return way_out(symbol)


def _ways_out() -> str:
    return "".join(f"| `{prefix}` | {text} |\n" for prefix, text in sorted(WAYS_OUT))
