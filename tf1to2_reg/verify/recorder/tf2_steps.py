"""The steps of a TensorFlow 2 program: gradient calls, their penalties, and the variables that are then applied."""

from __future__ import annotations

import gc
from typing import Any, Dict, List, Sequence, Set

from .store import FINISHED, Store, VariableEntry


class Pending:
    """A gradient call whose gradients no optimizer has applied yet."""

    def __init__(self, numbers: Dict[str, float], variables: Set[int]) -> None:
        self.numbers = numbers
        self.variables = variables


class Recorder:
    """Watches one program: Keras variables, gradient calls and optimizer steps."""

    def __init__(self, store: Store, values: Any) -> None:
        self.store = store
        self.values = values
        self.keras_order: List[Any] = []
        self.layers: List[Any] = []
        self.layer_variables: List[Any] = []
        self.owners: Dict[int, Any] = {}
        self.losses_read = False
        self.symbolic_draws = 0
        self._pending: List[Pending] = []
        self._unapplied: List[Pending] = []
        self._entries: Dict[int, VariableEntry] = {}
        self._names: Dict[int, str] = {}
        self._named: List[Any] = []
        self._applies = 0

    # -- variables

    def entry(self, variable: Any) -> VariableEntry:
        """The entry of a `tf.Variable` that is trained."""
        key = id(variable)
        if key not in self._entries:
            creation = self._creation(key)
            ordinal = creation.ordinal if creation is not None else None
            made = VariableEntry(self.name(variable), variable.shape.as_list(), "weight", ordinal, variable)
            if creation is not None and hasattr(creation.drawn, "numpy"):
                made.drawn = self.values.spread(creation.drawn.numpy())
            self._entries[key] = made
        return self._entries[key]

    def name(self, variable: Any) -> str:
        """The path of a `tf.Variable`, numbered where others have the same: Keras does not keep paths apart."""
        key = id(variable)
        if key not in self._names:
            path = self._path(variable)
            taken, same = set(self._names.values()), 1
            name = path
            while name in taken:
                same += 1
                name = "{} ({})".format(path, same)
            self._names[key] = name
            self._named.append(variable)
        return self._names[key]

    def _path(self, variable: Any) -> str:
        for candidate in self.keras_order:
            known = candidate()
            if known is not None and known._value is variable:
                return str(known.path)
        return str(variable.name).split(":")[0]

    def _creation(self, key: int) -> Any:
        return next((creation for creation in self.values.creations if id(creation.variable) == key), None)

    def position(self, entry: VariableEntry) -> int:
        for index, creation in enumerate(self.values.creations):
            if creation.variable is entry.variable:
                return index
        return len(self.values.creations)

    # -- penalties

    def penalties(self) -> List[Any]:
        """(variable or None, penalty, frozen) of every Keras variable with a regularizer and every `add_loss`.

        Those of layers that are gone, as the models of a function that has returned, count no more.
        """
        if self._applies:
            gc.collect()
        found: List[Any] = []
        for reference in self.keras_order:
            variable = reference()
            regularizer = getattr(variable, "regularizer", None)
            if variable is None or regularizer is None or variable._value is None:
                continue
            owner = self.owners.get(id(variable))
            if owner is not None and owner() is None:
                continue
            penalty = regularizer(variable)
            if penalty is not None:
                found.append((variable, penalty, not variable.trainable))
        for reference in self.layers:
            layer = reference()
            if layer is not None:
                found.extend((None, loss, False) for loss in layer._losses if _usable(loss))
        return found

    # -- what happens while the program runs

    def gradient_computed(self, numbers: Dict[str, float], variables: Sequence[Any]) -> None:
        if self.store.complete:
            self.store.finish(FINISHED)
        for variable in variables:
            entry = self.entry(variable)
            if "initial" not in entry.arrays:
                entry.keep("initial", variable.numpy())
        self._unapplied.extend(self._pending)
        self._pending = [Pending(numbers, {id(variable) for variable in variables})]

    def applied(self, variables: Sequence[Any]) -> bool:
        """Count the step; tell whether it was the last one wanted."""
        keys = {id(variable) for variable in variables}
        for pending in list(self._pending):
            if pending.variables & keys:
                self._pending.remove(pending)
                self._applies += 1
                self._commit(pending)
        return self.store.complete

    def _commit(self, pending: Pending) -> None:
        names = sorted(self._entries[key].name for key in pending.variables)
        self.store.add_update(weights=names, **pending.numbers)

    def keep_state(self, values: Sequence[Any], variables: Sequence[Any]) -> None:
        for variable, value in zip(variables, values):
            self.entry_of_state(variable).keep("final", value)

    def entry_of_state(self, variable: Any) -> VariableEntry:
        if id(variable) not in self._entries:
            self.entry(variable).role = "state"
        return self._entries[id(variable)]

    def state_variables(self) -> List[Any]:
        """Moving averages and other floating variables of layers that are not trained."""
        return [variable._value for variable in self._layer_variables() if not variable.trainable]

    def untrained_variables(self) -> List[Any]:
        """Variables of layers that are trainable and that no gradient was computed for."""
        found = [variable._value for variable in self._layer_variables() if variable.trainable]
        return [variable for variable in found if id(variable) not in self._entries]

    def _layer_variables(self) -> List[Any]:
        known = [variable for variable in self.layer_variables if variable._value is not None]
        return [variable for variable in known if variable._value.dtype.is_floating]

    def end(self) -> None:
        """Read the trained values where the last wanted step has not done it."""
        if not self._applies:
            for pending in self._unapplied + self._pending:
                self._commit(pending)
        for variable in self.untrained_variables():
            self.entry(variable).role = "unused"
        for variable in self.state_variables():
            entry = self.entry_of_state(variable)
            if "final" not in entry.arrays:
                entry.keep("final", variable.numpy())
        for entry in self._entries.values():
            if entry.role == "weight":
                entry.keep("final", entry.variable.numpy())
        self.store.variables = sorted(self._entries.values(), key=self.position)
        self.store.facts["losses_read"] = self.losses_read


def _usable(loss: Any) -> bool:
    """Whether a loss belongs to what is being executed or traced now."""
    import tensorflow as tf

    graph = getattr(loss, "graph", None)
    return tf.executing_eagerly() if graph is None else graph is tf.compat.v1.get_default_graph()


def plain(variable: Any) -> Any:
    """The `tf.Variable` behind a Keras variable."""
    return variable._value if hasattr(variable, "_value") and hasattr(variable, "path") else variable
