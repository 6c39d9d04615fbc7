"""What a call of a TensorFlow function does to the graph."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from tf1to2_reg.facts import tensors
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.program import known, layer_calls
from tf1to2_reg.program.machine import CallSite, combine_reuse
from tf1to2_reg.program.trace import (
    ConstructorEvent,
    DataLossEvent,
    GradientEvent,
    PlaceholderEvent,
    ReadEvent,
    RunEvent,
    SessionEvent,
    TrainEvent,
    UpdateOpsEvent,
    VariablesEvent,
)
from tf1to2_reg.program.values import (
    GlobalStep,
    GradientPairs,
    Graph,
    Initializer,
    InitOp,
    Mapping,
    Optimizer,
    Penalties,
    Placeholder,
    Python,
    Regularizer,
    Scope,
    Series,
    Session,
    Symbol,
    Tensor,
    TrainOp,
    UpdateControl,
    UpdateOps,
    Value,
    Variables,
    VariableScope,
    constant_of,
    element_of,
    facts_of,
    is_none,
    leaves,
    python,
)
from tf1to2_reg.rewriting import Constant, TensorFacts

if TYPE_CHECKING:
    from tf1to2_reg.program.expressions import Expressions

_Handler = Callable[["Expressions", CallSite], Value]
_SCALAR = TensorFacts(0, "float32")

_REGULARIZERS = ("l1_regularizer", "l2_regularizer", "l1_l2_regularizer", "sum_regularizer")
_KERAS_REGULARIZERS = frozenset({"l1", "l2", "l1_l2", "L1", "L2", "L1L2"})
_INITIALIZATION = frozenset({
    "tf.global_variables_initializer", "tf.initialize_all_variables", "tf.local_variables_initializer",
    "tf.initialize_local_variables", "tf.variables_initializer", "tf.initializers.global_variables",
    "tf.initializers.local_variables", "tf.tables_initializer",
})  # fmt: skip
_DISABLE = frozenset({
    "tf.disable_v2_behavior", "tf.disable_eager_execution", "tf.disable_v2_tensorshape", "tf.disable_control_flow_v2",
    "tf.disable_resource_variables", "tf.enable_resource_variables", "tf.reset_default_graph",
    "tf.logging.set_verbosity",
})  # fmt: skip
_PYTHON_PREFIXES = (
    "tf.ConfigProto", "tf.GPUOptions", "tf.OptimizerOptions", "tf.RunOptions", "tf.gfile.", "tf.io.gfile.", "tf.app.", "tf.flags.",
    "tf.logging.", "tf.TensorShape", "tf.Dimension", "tf.as_dtype", "tf.dtypes.as_dtype", "tf.errors.", "tf.test.",
    "tf.set_random_seed", "tf.random.set_random_seed", "tf.get_logger", "tf.keras.utils.", "tf.keras.datasets.",
)  # fmt: skip


def call(run: Expressions, symbol: str, site: CallSite) -> Value:
    """The result of calling a TensorFlow symbol."""
    handler = _HANDLERS.get(symbol)
    if handler is not None:
        return handler(run, site)
    if symbol in LAYERS:
        return layer_calls.call(run, symbol, site)
    if symbol in _INITIALIZATION:
        return InitOp()
    if symbol.startswith("tf.train.") and symbol.endswith("Optimizer"):
        return _optimizer(run, symbol, site)
    if symbol.startswith("tf.losses.") and not symbol.startswith("tf.losses.get_"):
        return _data_loss(run, symbol, site)
    if is_regularizer(symbol):
        return _regularizer(site)
    if known.is_initializer(symbol):
        return Initializer()
    if symbol.startswith(_PYTHON_PREFIXES):
        return Python()
    code = known.refusal_code(symbol)
    if code is not None:
        run.machine.obstacle(code, f"{symbol} has no exact TF2 form here", site.frame, site.node)
    return _operation(symbol, site)


def is_regularizer(symbol: str) -> bool:
    """True for the functions and classes that make a regularizer."""
    head, _, name = symbol.rpartition(".")
    if head == "tf.keras.regularizers":
        return name in _KERAS_REGULARIZERS
    return name in _REGULARIZERS and head.startswith("tf.contrib.")


def _operation(symbol: str, site: CallSite) -> Value:
    """An ordinary op: its rank and dtype come from the table of ops."""
    values = site.values()
    backward = any(_leaf_backward(value) for value in values)
    if symbol == "tf.clip_by_global_norm":
        return Series((Series(None, Tensor(backward=True)), Tensor(_SCALAR, True)), Python(), "tuple")
    positional = [_fact(value) for value, _ in site.positional]
    keywords = {name: _fact(value) for name, (value, _) in site.keywords.items()}
    facts = tensors.result(symbol, positional, keywords)
    if symbol in ("tf.split", "tf.unstack", "tf.meshgrid"):
        return Series(None, Tensor(facts, backward))
    if symbol in ("tf.nn.moments", "tf.nn.top_k", "tf.math.top_k"):
        return Series((Tensor(backward=backward), Tensor(backward=backward)), Python(), "tuple")
    return Tensor(facts, backward)


def _leaf_backward(value: Value) -> bool:
    return any(isinstance(leaf, Tensor) and leaf.backward for leaf in leaves(value))


def _fact(value: Value) -> tensors.Value:
    if isinstance(value, Symbol):
        return Constant(tensors.DTYPES.get(value.name, value.name))
    if isinstance(value, Series) and value.graph:
        if value.items is not None:
            return tuple(_fact(item) for item in value.items)
        return (facts_of(element_of(value)),)
    return facts_of(value) or constant_of(value)


# Inputs


def _placeholder(run: Expressions, site: CallSite) -> Value:
    dtype, shape = site.argument(0, "dtype"), site.argument(1, "shape")
    facts = TensorFacts(_rank(shape[0]) if shape else None, _dtype(dtype[0]) if dtype else None)
    made = Placeholder(facts, call=site.node, dtype=dtype[1] if dtype else None, shape=shape[1] if shape else None)
    run.machine.event(PlaceholderEvent(run.machine.order(), site.node, site.frame, site.frame.loops, made))
    if site.frame.loops:
        run.machine.obstacle("TFR231", "a placeholder is made in a loop", site.frame, site.node)
    return made


def _placeholder_with_default(run: Expressions, site: CallSite) -> Value:
    default, shape = site.argument(0, "input"), site.argument(1, "shape")
    rank = _rank(shape[0]) if shape else None
    constant = constant_of(default[0]) if default else None
    dtype = {bool: "bool", int: "int32", float: "float32"}.get(type(constant.value)) if constant else None
    made = Placeholder(
        TensorFacts(rank, dtype),
        call=site.node,
        shape=shape[1] if shape else None,
        default=default[1] if default else None,
    )
    run.machine.event(PlaceholderEvent(run.machine.order(), site.node, site.frame, site.frame.loops, made))
    return made


def _rank(shape: Value) -> int | None:
    if isinstance(shape, Series) and shape.items is not None:
        return len(shape.items)
    constant = constant_of(shape)
    if constant is not None and isinstance(constant.value, int) and not isinstance(constant.value, bool):
        return 1
    return None


def _dtype(value: Value) -> str | None:
    if isinstance(value, Symbol):
        return value.name.rpartition(".")[2]
    constant = constant_of(value)
    return constant.value if constant is not None and isinstance(constant.value, str) else None


# The session


def _session(run: Expressions, site: CallSite) -> Value:
    run.machine.event(SessionEvent(run.machine.order(), site.node, site.frame, site.frame.loops))
    return Session()


def call_session(run: Expressions, name: str, site: CallSite) -> Value | None:
    """A method of a session."""
    if name == "run":
        return _run(run, site, site.argument(0, "fetches"), site.argument(1, "feed_dict"))
    if name == "as_default":
        return Session()
    if name in ("close", "__exit__", "__enter__"):
        return python(None)
    run.machine.obstacle("TFR216", f"the method {name} of a session is not understood", site.frame, site.node)
    return Python()


def call_run(run: Expressions, base: Value, name: str, site: CallSite) -> Value | None:
    """`op.run(feed_dict)` and `tensor.eval(feed_dict)`."""
    if name not in ("run", "eval"):
        return None
    assert isinstance(site.node.func, ast.Attribute)
    return _run(run, site, (base, site.node.func.value), site.argument(0, "feed_dict"))


def _run(
    run: Expressions, site: CallSite, fetches: tuple[Value, ast.expr] | None, feeds: tuple[Value, ast.expr] | None
) -> Value:
    if fetches is None:
        run.machine.obstacle("TFR216", "a session runs without fetches", site.frame, site.node)
        return Python()
    for extra in ("options", "run_metadata"):
        if extra in site.keywords:
            run.machine.obstacle("TFR216", f"Session.run with {extra}= is not understood", site.frame, site.node)
    feed_value, feed_node = feeds if feeds is not None and not is_none(feeds[0]) else (None, None)
    order = run.machine.order()
    run.machine.event(
        RunEvent(order, site.node, site.frame, site.frame.loops, fetches[0], fetches[1], feed_value, feed_node)
    )
    value = fetches[0]
    if isinstance(value, Series) and value.items is not None:
        return Series(tuple(Python() for _ in value.items), Python(), value.kind)
    return Python()


def _graph(run: Expressions, site: CallSite) -> Value:
    return Graph()


def call_graph(run: Expressions, name: str, site: CallSite) -> Value | None:
    """A method of a graph."""
    if name == "as_default":
        if run.machine.trace.of_layers():
            run.machine.obstacle("TFR211", "a second graph is built by one program", site.frame, site.node)
        return Graph()
    if name == "finalize":
        return python(None)
    run.machine.obstacle("TFR216", f"the method {name} of a graph is not understood", site.frame, site.node)
    return Tensor()


def _reset_graph(run: Expressions, site: CallSite) -> Value:
    if run.machine.trace.of_layers() or site.frame.loops:
        run.machine.obstacle("TFR211", "a second graph is built by one program", site.frame, site.node)
    return python(None)


# Collections


def _penalty_scope(run: Expressions, site: CallSite, position: int) -> None:
    scope = site.argument(position, "scope")
    if scope is not None and not is_none(scope[0]):
        run.machine.obstacle("TFR224", "only the penalties of one scope are read", site.frame, site.node)


def _regularization_loss(run: Expressions, site: CallSite) -> Value:
    _penalty_scope(run, site, 0)
    run.machine.event(ReadEvent(run.machine.order(), site.node, site.frame, site.frame.loops, scalar=True))
    return Tensor(_SCALAR)


def _regularization_losses(run: Expressions, site: CallSite) -> Value:
    _penalty_scope(run, site, 0)
    run.machine.event(ReadEvent(run.machine.order(), site.node, site.frame, site.frame.loops, scalar=False))
    return Penalties()


def _total_loss(run: Expressions, site: CallSite) -> Value:
    _penalty_scope(run, site, 2)
    event = ReadEvent(run.machine.order(), site.node, site.frame, site.frame.loops, scalar=True, total=True)
    run.machine.event(event)
    return Tensor(_SCALAR)


def _collection(run: Expressions, site: CallSite) -> Value:
    key = site.argument(0, "key")
    name = collection_name(key[0]) if key else None
    _penalty_scope(run, site, 1)
    if name == "regularization_losses":
        run.machine.event(ReadEvent(run.machine.order(), site.node, site.frame, site.frame.loops, scalar=False))
        return Penalties()
    if name == "update_ops":
        run.machine.event(UpdateOpsEvent(run.machine.order(), site.node, site.frame, site.frame.loops))
        return UpdateOps()
    if name == "trainable_variables":
        return _variables(run, site)
    run.machine.obstacle("TFR203", f"the collection {name or 'named here'} is not understood", site.frame, site.node)
    return Tensor()


def collection_name(value: Value) -> str | None:
    """The key of a collection, given as a constant of `tf.GraphKeys` or as a string."""
    if isinstance(value, Symbol) and value.name.startswith("tf.GraphKeys."):
        return value.name.rpartition(".")[2].lower()
    constant = constant_of(value)
    return constant.value if constant is not None and isinstance(constant.value, str) else None


def _variables(run: Expressions, site: CallSite) -> Value:
    if site.positional or any(not is_none(value) for value, _ in site.keywords.values()):
        only_key = len(site.positional) == 1 and collection_name(site.positional[0][0]) == "trainable_variables"
        if not only_key:
            run.machine.obstacle("TFR218", "only the variables of one scope are listed", site.frame, site.node)
    run.machine.event(VariablesEvent(run.machine.order(), site.node, site.frame, site.frame.loops))
    return Variables()


def _data_loss(run: Expressions, symbol: str, site: CallSite) -> Value:
    if not known.is_data_loss(symbol):
        run.machine.obstacle("TFR229", f"{symbol} is not supported", site.frame, site.node)
    value = Tensor(_SCALAR)
    if "loss_collection" not in site.keywords or not is_none(site.keywords["loss_collection"][0]):
        event = DataLossEvent(run.machine.order(), site.node, site.frame, site.frame.loops, value)
        run.machine.event(event)
    return value


# Training


def _optimizer(run: Expressions, symbol: str, site: CallSite) -> Value:
    if not known.is_optimizer(symbol):
        run.machine.obstacle("TFR202", f"{symbol} is not supported", site.frame, site.node)
    rate = site.argument(0, "learning_rate")
    if rate is not None and rate[0].graph:
        run.machine.obstacle("TFR202", "the learning rate is a tensor", site.frame, site.node)
    event = ConstructorEvent(run.machine.order(), site.node, site.frame, site.frame.loops, symbol)
    run.machine.event(event)
    return Optimizer(event)


def call_optimizer(run: Expressions, base: Optimizer, name: str, site: CallSite) -> Value | None:
    """A method of an optimizer."""
    if name == "minimize":
        loss = site.argument(0, "loss")
        _check_train_arguments(run, site, ("loss", "global_step", "name"), 1)
        return _train(run, base, name, site, loss[0] if loss else None)
    if name == "apply_gradients":
        _check_train_arguments(run, site, ("grads_and_vars", "global_step", "name"), 1)
        return _train(run, base, name, site, None)
    if name == "compute_gradients":
        loss = site.argument(0, "loss")
        variables = site.argument(1, "var_list")
        if variables is not None and not isinstance(variables[0], Variables) and not is_none(variables[0]):
            run.machine.obstacle("TFR202", "gradients for some of the variables only", site.frame, site.node)
        run.machine.event(
            GradientEvent(run.machine.order(), site.node, site.frame, site.frame.loops, loss[0] if loss else Python())
        )
        return GradientPairs()
    run.machine.obstacle("TFR202", f"the method {name} of an optimizer is not understood", site.frame, site.node)
    return Tensor()


def _check_train_arguments(run: Expressions, site: CallSite, allowed: tuple[str, ...], positional: int) -> None:
    step = site.argument(1, "global_step")
    if step is not None and not is_none(step[0]) and not isinstance(step[0], GlobalStep):
        run.machine.obstacle("TFR202", "the global step is not understood", site.frame, site.node)
    if len(site.positional) > positional + 1:
        run.machine.obstacle("TFR202", "gradients for some of the variables only", site.frame, site.node)
    for name, (value, _) in site.keywords.items():
        if name == "var_list" and isinstance(value, Variables):
            continue
        if name not in allowed and not is_none(value):
            run.machine.obstacle(
                "TFR202", f"the argument {name} of a train op is not understood", site.frame, site.node
            )


def _train(run: Expressions, base: Optimizer, method: str, site: CallSite, loss: Value | None) -> Value:
    if not site.positional and not {"loss", "grads_and_vars"} & site.keywords.keys():
        run.machine.obstacle("TFR202", f"{method} is called without what it minimizes", site.frame, site.node)
    controlled = run.machine.controlled > 0
    event = TrainEvent(
        run.machine.order(), site.node, site.frame, site.frame.loops, base.event, method, loss, controlled
    )
    run.machine.event(event)
    return TrainOp(event)


def _gradients(run: Expressions, site: CallSite) -> Value:
    loss, variables = site.argument(0, "ys"), site.argument(1, "xs")
    if variables is None or not isinstance(variables[0], Variables):
        run.machine.obstacle(
            "TFR212", "gradients with respect to something else than the variables", site.frame, site.node
        )
    for name, (value, _) in site.keywords.items():
        if name not in ("ys", "xs", "name", "aggregation_method", "colocate_gradients_with_ops") and not is_none(value):
            run.machine.obstacle("TFR235", f"the argument {name} of tf.gradients", site.frame, site.node)
    run.machine.event(
        GradientEvent(run.machine.order(), site.node, site.frame, site.frame.loops, loss[0] if loss else Python())
    )
    return Series(None, Tensor(backward=True))


def _group(run: Expressions, site: CallSite) -> Value:
    found = [leaf for value, _ in site.positional for leaf in leaves(value)]
    trains = [leaf for leaf in found if isinstance(leaf, TrainOp)]
    if len(trains) == 1 and all(isinstance(leaf, UpdateOps | TrainOp) for leaf in found):
        return TrainOp(trains[0].event, updates=trains[0].updates or len(found) > 1)
    if found and all(isinstance(leaf, InitOp) for leaf in found):
        return InitOp()
    run.machine.obstacle("TFR202", "tf.group of these ops is not understood", site.frame, site.node)
    return Tensor()


def _control_dependencies(run: Expressions, site: CallSite) -> Value:
    given = site.argument(0, "control_inputs")
    if given is not None and isinstance(given[0], UpdateOps):
        return UpdateControl()
    if given is not None and isinstance(given[0], Series) and given[0].items == ():
        return Scope()
    run.machine.obstacle("TFR207", "control dependencies on other than the update ops", site.frame, site.node)
    return Scope()


def _global_step(run: Expressions, site: CallSite) -> Value:
    return GlobalStep(TensorFacts(0, "int64"))


def _variable(run: Expressions, site: CallSite) -> Value:
    initial, trainable = site.argument(0, "initial_value"), site.argument(1, "trainable")
    starts_at_zero = initial is not None and constant_of(initial[0]) == Constant(0)
    if starts_at_zero and trainable is not None and constant_of(trainable[0]) == Constant(False):
        return GlobalStep(TensorFacts(0, "int32"))
    return _hand_made(run, site)


def _hand_made(run: Expressions, site: CallSite) -> Value:
    run.machine.obstacle("TFR218", "a variable is made by hand", site.frame, site.node)
    return Tensor()


# Scopes and the rest


def _variable_scope(run: Expressions, site: CallSite) -> Value:
    name, default = site.argument(0, "name_or_scope"), site.argument(1, "default_name")
    for option, (value, _) in site.keywords.items():
        if option not in ("name_or_scope", "default_name", "values", "reuse", "auxiliary_name_scope") and not is_none(
            value
        ):
            run.machine.obstacle("TFR226", f"variable_scope with {option}=", site.frame, site.node)
    if len(site.positional) > 3:
        run.machine.obstacle("TFR226", "variable_scope with positional options", site.frame, site.node)
    reuse = site.keywords.get("reuse")
    mode = combine_reuse(run.machine.scope.reuse, reuse_mode(reuse[0]) if reuse else None)
    if name is not None and isinstance(name[0], Scope) and name[0].variables is not None:
        return Scope(VariableScope(name[0].variables.path, mode))
    token: object = object()
    constant = constant_of(name[0]) if name else None
    if constant is not None and isinstance(constant.value, str):
        token = constant.value
    elif name is not None and constant is None:
        token = ("computed", name[1])
    elif default is None:
        run.machine.obstacle("TFR213", "the name of a variable scope is not understood", site.frame, site.node)
    return Scope(VariableScope((*run.machine.scope.path, token), mode))


def reuse_mode(value: Value) -> object:
    """The reuse mode that an argument asks for: None, True, "auto" or "unknown"."""
    if isinstance(value, Symbol) and value.name == "tf.AUTO_REUSE":
        return "auto"
    constant = constant_of(value)
    if constant is None:
        return "unknown"
    return True if constant.value else None


def _get_variable_scope(run: Expressions, site: CallSite) -> Value:
    return Scope(VariableScope(run.machine.scope.path, run.machine.scope.reuse))


def call_scope(run: Expressions, name: str, site: CallSite) -> Value | None:
    """A method of a variable scope."""
    if name == "reuse_variables":
        run.machine.scope.reuse = True
        return python(None)
    run.machine.obstacle("TFR226", f"the method {name} of a variable scope", site.frame, site.node)
    return Python()


def _name_scope(run: Expressions, site: CallSite) -> Value:
    return Scope()


def _regularizer(site: CallSite) -> Value:
    return Regularizer()


def _nothing(run: Expressions, site: CallSite) -> Value:
    return python(None)


_HANDLERS: dict[str, _Handler] = {
    "tf.placeholder": _placeholder,
    "tf.placeholder_with_default": _placeholder_with_default,
    "tf.Session": _session,
    "tf.InteractiveSession": _session,
    "tf.Graph": _graph,
    "tf.get_default_graph": _graph,
    "tf.reset_default_graph": _reset_graph,
    "tf.losses.get_regularization_loss": _regularization_loss,
    "tf.losses.get_regularization_losses": _regularization_losses,
    "tf.losses.get_total_loss": _total_loss,
    "tf.get_collection": _collection,
    "tf.trainable_variables": _variables,
    "tf.gradients": _gradients,
    "tf.group": _group,
    "tf.control_dependencies": _control_dependencies,
    "tf.train.get_or_create_global_step": _global_step,
    "tf.train.create_global_step": _global_step,
    "tf.Variable": _variable,
    "tf.get_variable": _hand_made,
    "tf.variable_scope": _variable_scope,
    "tf.get_variable_scope": _get_variable_scope,
    "tf.name_scope": _name_scope,
    **dict.fromkeys(_DISABLE - {"tf.reset_default_graph"}, _nothing),
}

__all__ = [
    "Mapping",
    "call",
    "call_graph",
    "call_optimizer",
    "call_run",
    "call_scope",
    "call_session",
    "is_regularizer",
]
