"""What a call of a TensorFlow function does to the graph."""

from __future__ import annotations

from collections.abc import Callable

from tf1to2_reg.facts import symbol_codes, tensors
from tf1to2_reg.facts.held import CLASSES
from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.schedules import SCHEDULES
from tf1to2_reg.program import known
from tf1to2_reg.program.calls import collections as collection_calls
from tf1to2_reg.program.calls import layers as layer_calls
from tf1to2_reg.program.calls import libraries
from tf1to2_reg.program.calls import objects as object_calls
from tf1to2_reg.program.calls import placeholders as placeholder_calls
from tf1to2_reg.program.calls import regularizers as regularizer_calls
from tf1to2_reg.program.calls import savers as saver_calls
from tf1to2_reg.program.calls import scopes as scope_calls
from tf1to2_reg.program.calls import sessions as session_calls
from tf1to2_reg.program.calls import states as state_calls
from tf1to2_reg.program.calls import summaries as summary_calls
from tf1to2_reg.program.calls import training as training_calls
from tf1to2_reg.program.calls import weights as weight_calls
from tf1to2_reg.program.definitions import Function
from tf1to2_reg.program.joining import element_of
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import DecayEvent, LookupEvent
from tf1to2_reg.program.values import (
    UNKNOWN_TENSOR,
    Graph,
    Initializer,
    InitOp,
    Placeholder,
    Python,
    Scope,
    Series,
    Symbol,
    Tensor,
    Value,
    Variable,
    constant_of,
    derived,
    facts_of,
    python,
)

_Handler = Callable[[Run, CallSite], Value]
_FamilyHandler = Callable[[Run, str, CallSite], Value]
_SCALAR = TensorFacts(0, "float32")

_ASSIGNMENTS = frozenset(f"tf.{name}" for name in state_calls.ASSIGNMENTS)
_REGULARIZERS = ("l1_regularizer", "l2_regularizer", "l1_l2_regularizer", "sum_regularizer")
_KERAS_REGULARIZERS = frozenset({"l1", "l2", "l1_l2", "L1", "L2", "L1L2"})
_INITIALIZATION = frozenset({
    "tf.global_variables_initializer", "tf.initialize_all_variables", "tf.local_variables_initializer",
    "tf.initialize_local_variables", "tf.variables_initializer", "tf.initializers.global_variables",
    "tf.initializers.local_variables", "tf.tables_initializer",
})  # fmt: skip
_SETTINGS = frozenset({
    "tf.disable_v2_behavior", "tf.disable_eager_execution", "tf.disable_v2_tensorshape", "tf.disable_control_flow_v2",
    "tf.disable_resource_variables", "tf.enable_resource_variables", "tf.logging.set_verbosity",
})  # fmt: skip
_LOOKUPS = frozenset({
    "tf.batch_gather", "tf.boolean_mask", "tf.gather", "tf.nn.embedding_lookup", "tf.nn.embedding_lookup_sparse",
    "tf.nn.nce_loss", "tf.nn.sampled_softmax_loss", "tf.nn.safe_embedding_lookup_sparse",
})  # fmt: skip
_TAKING_VARIABLES = frozenset({
    "tf.add_n", "tf.clip_by_global_norm", "tf.concat", "tf.global_norm", "tf.nn.embedding_lookup",
})  # fmt: skip
"""Measured with Keras 3.15.1: `tf.stack` and others ask a variable in a list for a dtype that it lacks."""
_PYTHON_PREFIXES = (
    "tf.ConfigProto", "tf.GPUOptions", "tf.OptimizerOptions", "tf.RunOptions", "tf.gfile.", "tf.io.gfile.", "tf.app.",
    "tf.flags.", "tf.logging.", "tf.TensorShape", "tf.Dimension", "tf.as_dtype", "tf.dtypes.as_dtype", "tf.errors.",
    "tf.test.", "tf.set_random_seed", "tf.random.set_random_seed", "tf.get_logger", "tf.keras.utils.",
    "tf.keras.datasets.", "tf.train.checkpoint_exists", "tf.train.get_checkpoint_state", "tf.train.latest_checkpoint",
)  # fmt: skip


def call(run: Run, symbol: str, site: CallSite) -> Value:
    """The result of calling a TensorFlow symbol."""
    handler = _HANDLERS.get(symbol)
    if handler is not None:
        return handler(run, site)
    for belongs, family in _FAMILIES:
        if belongs(symbol):
            return family(run, symbol, site)
    if libraries.is_definition(symbol):
        libraries.define_flag(run.machine.flags, symbol, site)
    made = _object(symbol)
    if made is not None:
        return made
    code = known.refusal_code(symbol)
    if code is not None:
        return run.machine.obstacle(code, symbol_codes.message(symbol), site.frame, site.node)
    if symbol not in _TAKING_VARIABLES and any(map(_is_list_of_variables, site.values())):
        message = f"a list of variables is given to {symbol}, which takes none of Keras"
        return run.machine.obstacle("TFR218", message, site.frame, site.node)
    if symbol in _LOOKUPS and not isinstance(next(iter(site.values()), None), Placeholder):
        run.machine.event(LookupEvent(*run.machine.at(site)))
    if symbol == "tf.nn.l2_loss" and any(isinstance(value, Variable) for value in site.values()):
        run.machine.event(DecayEvent(*run.machine.at(site)))
    return _operation(symbol, site)


def _is_list_of_variables(value: Value) -> bool:
    given = (value.items or (value.element,)) if isinstance(value, Series) else ()
    return any(isinstance(item, Variable) for item in given)


def _object(symbol: str) -> Value | None:
    """What a call makes whatever its arguments are, None where they matter."""
    if symbol in _OBJECTS:
        return _OBJECTS[symbol]()
    for belongs, kind in _OBJECT_FAMILIES:
        if belongs(symbol):
            return kind()
    return None


def _is_optimizer(symbol: str) -> bool:
    return symbol.startswith("tf.train.") and symbol.endswith("Optimizer")


def _is_data_loss(symbol: str) -> bool:
    return symbol.startswith("tf.losses.") and not symbol.startswith("tf.losses.get_")


def _is_python(symbol: str) -> bool:
    return symbol.startswith(_PYTHON_PREFIXES)


def is_regularizer(symbol: str) -> bool:
    """True for the functions and classes that make a regularizer."""
    head, _, name = symbol.rpartition(".")
    if head == "tf.keras.regularizers":
        return name in _KERAS_REGULARIZERS
    return name in _REGULARIZERS and head.startswith("tf.contrib.")


def _operation(symbol: str, site: CallSite) -> Value:
    """An ordinary op: its rank and dtype come from the table of ops."""
    values = site.values()
    if symbol == "tf.clip_by_global_norm":
        return Series((Series(None, Tensor(backward=True)), Tensor(_SCALAR, backward=True)), Python(), "tuple")
    positional = [_fact(value) for value, _ in site.positional]
    keywords = {name: _fact(value) for name, (value, _) in site.keywords.items()}
    facts = tensors.result(symbol, positional, keywords)
    if symbol in ("tf.split", "tf.unstack", "tf.meshgrid"):
        return Series(None, derived(facts, *values))
    if symbol in ("tf.nn.moments", "tf.nn.top_k", "tf.math.top_k"):
        return Series(tuple(derived(UNKNOWN_TENSOR, *values) for _ in range(2)), Python(), "tuple")
    return derived(facts, *values)


def _fact(value: Value) -> tensors.Value:
    if isinstance(value, Symbol):
        return Constant(tensors.DTYPES.get(value.name, value.name))
    if isinstance(value, Series) and value.graph:
        if value.items is not None:
            return tuple(_fact(item) for item in value.items)
        return (facts_of(element_of(value)),)
    return facts_of(value) or constant_of(value)


def _nothing() -> Value:
    return python(None)


def _app_run(run: Run, site: CallSite) -> Value:
    """`tf.app.run(main)` calls `main`, by default that of the program's own module, with the command line."""
    given = site.argument(0, "main")
    main = given[0] if given is not None else site.frame.env.root().lookup("main")
    if isinstance(main, Function):
        run.call(main, CallSite(site.node, site.frame, [(Python(), site.node)], {}))
    return Python()


_HANDLERS: dict[str, _Handler] = {
    "tf.app.run": _app_run,
    "tf.compat.v1.app.run": _app_run,
    "tf.placeholder": placeholder_calls.placeholder,
    "tf.placeholder_with_default": placeholder_calls.placeholder_with_default,
    "tf.Session": session_calls.session,
    "tf.InteractiveSession": session_calls.session,
    "tf.reset_default_graph": session_calls.reset_graph,
    "tf.losses.get_regularization_loss": collection_calls.regularization_loss,
    "tf.losses.get_regularization_losses": collection_calls.regularization_losses,
    "tf.losses.get_total_loss": collection_calls.total_loss,
    "tf.get_collection": collection_calls.collection,
    "tf.trainable_variables": collection_calls.all_variables,
    "tf.gradients": training_calls.gradients,
    "tf.device": scope_calls.device,
    "tf.group": training_calls.group,
    "tf.summary.FileWriter": summary_calls.writer,
    "tf.summary.merge": summary_calls.merge,
    "tf.summary.merge_all": summary_calls.merge_all,
    "tf.train.Saver": saver_calls.saver,
    "tf.control_dependencies": training_calls.control_dependencies,
    "tf.Variable": state_calls.variable,
    "tf.train.global_step": session_calls.count,
    "tf.train.get_or_create_global_step": state_calls.global_step,
    "tf.train.create_global_step": state_calls.global_step,
    "tf.get_variable": weight_calls.get_variable,
    "tf.variable_scope": scope_calls.variable_scope,
    "tf.get_variable_scope": lambda run, _: scope_calls.current_scope(run),
}
_FAMILIES: tuple[tuple[Callable[[str], bool], _FamilyHandler], ...] = (
    (LAYERS.__contains__, layer_calls.call),
    (CLASSES.__contains__, object_calls.construct),
    (_is_optimizer, training_calls.optimizer),
    (SCHEDULES.__contains__, state_calls.schedule),
    (_ASSIGNMENTS.__contains__, state_calls.assign),
    (_is_data_loss, collection_calls.data_loss),
    (is_regularizer, regularizer_calls.regularizer),
    (summary_calls.KINDS.__contains__, summary_calls.summary),
)
_OBJECTS: dict[str, Callable[[], Value]] = {
    "tf.Graph": Graph,
    "tf.get_default_graph": Graph,
    "tf.name_scope": Scope,
    **dict.fromkeys(_INITIALIZATION, InitOp),
    **dict.fromkeys(_SETTINGS, _nothing),
}
_OBJECT_FAMILIES: tuple[tuple[Callable[[str], bool], Callable[[], Value]], ...] = (
    (known.is_initializer, Initializer),
    (_is_python, Python),
)
