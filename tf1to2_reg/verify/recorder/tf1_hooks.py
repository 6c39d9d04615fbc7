"""Recording a TensorFlow 1 program: what every `Session.run` that trains computes.

A run trains when something it fetches needs an op that `Optimizer.apply_gradients` returned. The minimized loss is the
`ys` of the `tf.gradients` call whose results reach that op.

A migrated program that is still a graph program is recorded in the same way, on today's TensorFlow as it is.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, Dict, List, Sequence, Set, Tuple

import numpy as np

from . import tf1_runtime
from .graph_ops import GradientCall, TrainOp, names_of, needed_by, tensors_of
from .store import FINISHED, FIXED_DRAWS, Store, VariableEntry
from .target import GRAPH, watch

_EMULATION = "tf1"


def prepare(side: str) -> None:
    """Import TensorFlow, in the server, before any program runs."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if side == _EMULATION:
        tf1_runtime.set_environment()
        tf1_runtime.install()
    else:
        importlib.import_module("tensorflow").enable_resource_variables()


def install(store: Store, job: Dict[str, Any]) -> None:
    """Start recording, in the process of one program."""
    random_ops = importlib.import_module(".random_ops", __package__)
    initial_values = importlib.import_module(".initial_values", __package__)
    in_graph = job["target"] == GRAPH
    if in_graph:
        random_ops.seed(store.note)
    else:
        random_ops.fix(store.note, job["keep_dropout"])
    tf1_runtime.keep_resource_variables()
    values = initial_values.InitialValues(job["ordinals"], job["same_start"], job["disturbance"])
    values.install()
    store.facts["tensorflow"] = importlib.import_module("tensorflow").__version__
    if "keras" in sys.modules:
        store.facts["keras"] = sys.modules["keras"].__version__
    recorder = GraphRecorder(store, values) if in_graph else Recorder(store, values)
    store.before_end.append(recorder.end)
    if not in_graph:
        store.before_end.append(lambda: store.note(FIXED_DRAWS) if values.other_draws() else None)
    watch(store, GRAPH)
    _patch_gradients(recorder)
    _patch_optimizer(recorder)
    _patch_session(recorder)
    if in_graph:
        tf1_runtime.run_graphs_as_written()


class Recorder:
    """Watches one program: gradient calls, train ops and runs."""

    recorded_roles: Tuple[str, ...] = ("weight", "state")
    every_graph = True
    """Whether the variables of all graphs that the program trains in are recorded, or those of the first of them."""

    def __init__(self, store: Store, values: Any) -> None:
        self.store = store
        self.values = values
        self.calls: List[GradientCall] = []
        self.train_ops: List[TrainOp] = []
        self._needs: Dict[Any, Set[str]] = {}
        self._races: Dict[Any, bool] = {}
        self._session: Any = None
        self._others: List[Any] = []
        self._entries: Dict[Any, VariableEntry] = {}
        self._penalties_of: Dict[int, List[Any]] = {}
        self._ended: List[Any] = []

    def train_ops_of(self, graph: Any, elements: List[Any]) -> List[TrainOp]:
        candidates = [train_op for train_op in self.train_ops if train_op.op.graph is graph]
        if not candidates:
            return []
        needed = self._needed(graph, elements)
        return [train_op for train_op in candidates if train_op.op.name in needed]

    def _needed(self, graph: Any, elements: List[Any]) -> Set[str]:
        key = (id(graph), graph.version, tuple(element.name for element in elements))
        if key not in self._needs:
            self._needs[key] = needed_by(elements)
        return self._needs[key]

    def run(self, session: Any, run: Any, fetches: Any, feed_dict: Any, rest: Dict[str, Any]) -> Any:
        """Do what `session.run` does, and record it when it trains."""
        elements = _elements(session.graph, fetches)
        train_ops = self.train_ops_of(session.graph, elements)
        if not train_ops:
            return run(session, fetches, feed_dict, **rest)
        if self.store.complete:
            self.store.finish(FINISHED)
        if self._session is None:
            self._begin(session, run)
        elif all(known.graph is not session.graph for known in (self._session, *self._others)):
            if self.every_graph:
                self._others.append(session)
                self._add_variables(session, run)
            else:
                self.store.note("the program trains in several graphs: variables are compared for the first of them")
        penalties = self._penalties(session.graph)
        wanted = self._wanted(penalties, train_ops)
        inside, outside = self._split(session.graph, elements, feed_dict, wanted, train_ops)
        values = dict(zip(outside, run(session, [wanted[key] for key in outside], feed_dict))) if outside else {}
        result, more = run(session, [fetches, [wanted[key] for key in inside]], feed_dict, **rest)
        values.update(zip(inside, more))
        self._keep(session.graph, penalties, train_ops, values)
        return result

    def _begin(self, session: Any, run: Any) -> None:
        self._session = session
        self._entries.clear()
        del self.store.variables[:]
        self._add_variables(session, run)

    def _add_variables(self, session: Any, run: Any) -> None:
        graph = session.graph
        trained = {name for train_op in self.train_ops if train_op.op.graph is graph for name in train_op.applied}
        for creation in self.values.creations:
            if creation.graph is graph and self._is_recorded(creation.variable):
                self._add_variable(session, creation, trained, run)
        self._fetch_variables(session, run, "initial")

    def _is_recorded(self, variable: Any) -> bool:
        return bool(variable.dtype.is_floating)

    def _add_variable(self, session: Any, creation: Any, trained: Set[str], run: Any) -> None:
        variable = creation.variable
        name = variable.op.name
        role = "weight" if name in trained else "slot" if creation.slot else "state"
        if role == "state" and creation.trainable:
            role = "unused"
        shape = variable.shape.as_list() if variable.shape.ndims is not None else []
        entry = VariableEntry(self._numbered(name), shape, role, creation.ordinal, variable)
        entry.draws = creation.draws
        if creation.drawn is not None:
            entry.drawn = self.values.spread(run(session, creation.drawn))
        self._entries[id(session.graph), name] = entry
        self.store.variables.append(entry)

    def _numbered(self, name: str) -> str:
        """The name of a variable, numbered where another graph has the same."""
        taken, same, numbered = {entry.name for entry in self.store.variables}, 1, name
        while numbered in taken:
            same += 1
            numbered = "{} ({})".format(name, same)
        return numbered

    def _fetch_variables(self, session: Any, run: Any, kind: str) -> None:
        own = [entry for (graph, _), entry in self._entries.items() if graph == id(session.graph)]
        for entry in own:
            if entry.role not in self.recorded_roles:
                continue
            try:
                entry.keep(kind, run(session, entry.variable))
            except Exception:  # a variable that the program never initialized has no value to compare
                self.store.note("{} has no value".format(entry.name))

    def _penalties(self, graph: Any) -> List[Any]:
        if id(graph) not in self._penalties_of:
            self._penalties_of[id(graph)] = list(graph.get_collection("regularization_losses"))
        return self._penalties_of[id(graph)]

    def _wanted(self, penalties: List[Any], train_ops: Sequence[TrainOp]) -> Dict[Any, Any]:
        wanted: Dict[Any, Any] = {("penalty", index): tensor for index, tensor in enumerate(penalties)}
        for number, train_op in enumerate(train_ops):
            for index, tensor in enumerate(train_op.losses):
                wanted["loss", number, index] = tensor
            if not train_op.seen:
                for name, grad in train_op.raw.items():
                    wanted["gradient", name] = grad
                for name, grad in train_op.applied.items():
                    wanted["applied", name] = grad
        return wanted

    def _split(
        self, graph: Any, elements: List[Any], feed_dict: Any, wanted: Dict[Any, Any], train_ops: Sequence[TrainOp]
    ) -> Tuple[List[Any], List[Any]]:
        """What the run computes anyway, and what is fetched before it because nothing in it would order the reads."""
        needed = self._needed(graph, elements)
        inside, outside = [], []
        for key, value in wanted.items():
            parts = tensors_of([value])
            computed = names_of(parts) <= needed
            if key[0] != "penalty" or (computed and not self._is_racing(parts, train_ops)):
                inside.append(key)
            elif _without_side_effects(graph, needed_by(parts) - needed, feed_dict):
                outside.append(key)
            else:
                self.store.note("the penalty {} is not computed by the training step".format(value.name))
        return inside, outside

    def _is_racing(self, tensors: List[Any], train_ops: Sequence[TrainOp]) -> bool:
        key = tuple((tensor.name, train_op.op.name) for tensor in tensors for train_op in train_ops)
        if key not in self._races:
            self._races[key] = any(train_op.races_with(tensor) for tensor in tensors for train_op in train_ops)
        return self._races[key]

    def _keep(self, graph: Any, tensors: List[Any], train_ops: Sequence[TrainOp], values: Dict[Any, Any]) -> None:
        penalties = {key[1]: _total(value) for key, value in values.items() if key[0] == "penalty"}
        if not self.store.updates:
            self._describe_penalties(tensors, penalties)
        for number, train_op in enumerate(train_ops):
            losses = [_total(value) for key, value in values.items() if key[:2] == ("loss", number)]
            names = [self._name(graph, name) for name in train_op.applied]
            self.store.add_update(sum(losses), sum(penalties.values()), sorted(names))
            train_op.seen = True
        for key, value in values.items():
            if key[0] in ("gradient", "applied") and (id(graph), key[1]) in self._entries:
                entry = self._entries[id(graph), key[1]]
                entry.keep_first(key[0], _dense(value, entry.shape))

    def _name(self, graph: Any, name: str) -> str:
        entry = self._entries.get((id(graph), name))
        return name if entry is None else entry.name

    def _describe_penalties(self, tensors: List[Any], values: Dict[int, float]) -> None:
        names = {name for _, name in self._entries}
        losses = [tensor for train_op in self.train_ops for tensor in train_op.losses]
        in_loss = needed_by(losses)
        for index, tensor in enumerate(tensors):
            if index in values:
                needed = needed_by([tensor])
                self.store.penalties.append(
                    dict(
                        name=tensor.op.name,
                        variables=sorted(needed & names),
                        value=values[index],
                        in_loss=tensor.op.name in in_loss,
                    )
                )

    def end(self) -> None:
        """Read the trained values; called before the session closes and before the process ends."""
        for session in [self._session, *self._others] if self._session is not None else []:
            self._read_trained(session)

    def _read_trained(self, session: Any) -> None:
        if session not in self._ended:
            self._ended.append(session)
            self._fetch_variables(session, _original_run, "final")

    def closing(self, session: Any) -> None:
        if session is self._session or session in self._others:
            self._read_trained(session)


class GraphRecorder(Recorder):
    """Watches a program whose migration is a graph program: all its variables, runs and collections as well."""

    recorded_roles = ("weight", "state", "unused", "slot")
    every_graph = False

    def __init__(self, store: Store, values: Any) -> None:
        super().__init__(store, values)
        graphs = importlib.import_module(".graphs", __package__)
        self._graphs = graphs.Graphs(store)
        self._runs = graphs.Runs(store)
        self._last: Any = None
        self._steps: Dict[Tuple[str, str], bool] = {}

    def run(self, session: Any, run: Any, fetches: Any, feed_dict: Any, rest: Dict[str, Any]) -> Any:
        elements = _elements(session.graph, fetches)
        if elements and all(_is_on_the_side(session.graph, element) for element in elements):
            return run(session, fetches, feed_dict, **rest)
        self._graphs.used(session.graph)
        self._last = session
        result = super().run(session, run, fetches, feed_dict, rest)
        train_ops = self.train_ops_of(session.graph, elements)
        racing = {element.name for element in elements if train_ops and self._is_racing([element], train_ops)}
        steps = {element.name for element in elements if any(self._is_step(element, op) for op in train_ops)}
        if steps:  # a variable that is fetched goes by its own name
            steps.update(op.step for op in train_ops)
        self._runs.add(fetches, result, racing, steps)
        return result

    def _is_step(self, element: Any, train_op: TrainOp) -> bool:
        key = (element.name, train_op.op.name)
        if key not in self._steps:
            self._steps[key] = train_op.races_with_step(element)
        return self._steps[key]

    def _is_recorded(self, variable: Any) -> bool:
        return True

    def end(self) -> None:
        if self._session is None and self._last is not None:
            self._look_at_untrained(self._last)
        super().end()
        self._graphs.end()

    def closing(self, session: Any) -> None:
        if self._session is None and session is self._last:
            self._look_at_untrained(session)
        super().closing(session)

    def _look_at_untrained(self, session: Any) -> None:
        """Keep what a session has that trained nothing; one that trains, later, takes its place."""
        self._begin(session, _original_run)
        self._fetch_variables(session, _original_run, "final")
        self._session = self._last = None


_QUEUE_OPS = frozenset("Queue{}V2".format(name) for name in ("Close", "Enqueue", "EnqueueMany"))


def _is_on_the_side(graph: Any, element: Any) -> bool:
    """What TensorFlow itself runs, more or less often: threads fill queues, hooks look where the global step is."""
    looked_at = graph.get_collection("global_step_read_op_cache")
    return getattr(element, "type", "") in _QUEUE_OPS or any(element is read for read in looked_at)


def _elements(graph: Any, fetches: Any) -> List[Any]:
    session_module = importlib.import_module("tensorflow.python.client.session")
    with graph.as_default():
        return list(session_module._FetchMapper.for_fetch(fetches).unique_fetches())


def _without_side_effects(graph: Any, names: Set[str], feed_dict: Any) -> bool:
    fed = {graph.as_graph_element(key).op.name for key in (feed_dict or {}) if not isinstance(key, tuple)}
    for name in names:
        op = graph.get_operation_by_name(name)
        if op.type in ("ReadVariableOp", "VarHandleOp", "VariableV2", "Identity", "NoOp"):
            continue
        if op.type == "Placeholder" and name not in fed:
            return False
        if op.op_def is not None and op.op_def.is_stateful:
            return False
    return True


def _total(value: Any) -> float:
    return float(np.sum(np.asarray(value, dtype=np.float64)))


def _dense(value: Any, shape: List[int]) -> Any:
    if not hasattr(value, "indices"):
        return value
    dense = np.zeros(shape, value.values.dtype)
    np.add.at(dense, value.indices, value.values)
    return dense


_original_run: Any = None


def _patch_gradients(recorder: Recorder) -> None:
    from tensorflow.python.framework import ops
    from tensorflow.python.ops import gradients_impl

    from .patching import replace_everywhere

    def wrap(original: Any) -> Any:
        def gradients(ys: Any, xs: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(ys, xs, *args, **kwargs)
            sources = list(xs) if isinstance(xs, (list, tuple)) else [xs]
            losses = [ops.convert_to_tensor(y) for y in (ys if isinstance(ys, (list, tuple)) else [ys])]
            names = [source.op.name if hasattr(source, "op") else "" for source in sources]
            recorder.calls.append(GradientCall(ops.get_default_graph(), losses, names, list(result)))
            return result

        return gradients

    replace_everywhere(gradients_impl.gradients, wrap(gradients_impl.gradients))
    replace_everywhere(gradients_impl.gradients_v2, wrap(gradients_impl.gradients_v2))


def _patch_optimizer(recorder: Recorder) -> None:
    from tensorflow.python.training import optimizer

    original = optimizer.Optimizer.apply_gradients

    def apply_gradients(self: Any, grads_and_vars: Any, *args: Any, **kwargs: Any) -> Any:
        pairs = list(grads_and_vars)
        recorder.values.making_slots = True
        try:
            op = original(self, pairs, *args, **kwargs)
        finally:
            recorder.values.making_slots = False
        recorder.train_ops.append(TrainOp(getattr(op, "op", op), pairs, recorder.calls))
        recorder.store.facts.setdefault("optimizers", []).append(type(self).__name__)
        return op

    optimizer.Optimizer.apply_gradients = apply_gradients


def _patch_session(recorder: Recorder) -> None:
    global _original_run
    from tensorflow.python.client import session

    base = session.BaseSession
    original_run, original_close = base.run, base.close
    _original_run = original_run

    def run(self: Any, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        return recorder.run(self, original_run, fetches, feed_dict, dict(options=options, run_metadata=run_metadata))

    def close(self: Any) -> None:
        recorder.closing(self)
        original_close(self)

    base.run, base.close = run, close
