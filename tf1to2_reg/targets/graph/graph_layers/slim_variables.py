"""Variables by name, and from checkpoints: parts of `tf.contrib.framework` and slim."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


def local_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: bool | None = None
) -> Any:
    """`slim.local_variable`: a variable that is not trained and not saved."""
    return _untrained(tf1.GraphKeys.LOCAL_VARIABLES, initial_value, validate_shape, name, use_resource)


def global_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: bool | None = None
) -> Any:
    """`slim.global_variable`: a variable that is not trained."""
    return _untrained(tf1.GraphKeys.GLOBAL_VARIABLES, initial_value, validate_shape, name, use_resource)


def _untrained(key: str, value: Any, validate_shape: bool, name: str | None, use_resource: bool | None) -> Any:
    return tf1.Variable(
        value,
        trainable=False,
        collections=[key],
        validate_shape=validate_shape,
        name=name,
        use_resource=use_resource,
    )


def get_variables(
    scope: Any = None, suffix: str | None = None, collection: str = tf1.GraphKeys.GLOBAL_VARIABLES
) -> list[Any]:
    """`slim.get_variables`: the variables of a scope whose names end in a suffix."""
    scope = scope.name if isinstance(scope, tf1.VariableScope) else scope
    if suffix is not None:
        scope = f"{scope or ''}.*{suffix if ':' in suffix else suffix + ':'}"
    found: list[Any] = tf1.get_collection(collection, scope)
    return found


def get_model_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """`slim.get_model_variables`."""
    return get_variables(scope, suffix, tf1.GraphKeys.MODEL_VARIABLES)


def get_local_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """`slim.get_local_variables`."""
    return get_variables(scope, suffix, tf1.GraphKeys.LOCAL_VARIABLES)


def get_trainable_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """`slim.get_trainable_variables`."""
    return get_variables(scope, suffix, tf1.GraphKeys.TRAINABLE_VARIABLES)


def get_variables_by_suffix(suffix: str, scope: Any = None) -> list[Any]:
    """`slim.get_variables_by_suffix`."""
    return get_variables(scope, suffix)


def get_variables_by_name(given_name: str, scope: Any = None) -> list[Any]:
    """`slim.get_variables_by_name`: the variables whose own name, behind the scopes, is the given one."""
    return get_variables(scope, f"/{given_name}:|^{given_name}:")


def get_unique_variable(var_op_name: str) -> Any:
    """`slim.get_unique_variable`: the variable of exactly this name."""
    candidates = get_variables(var_op_name)
    if not candidates:
        raise ValueError(f"Couldn't find variable {var_op_name}")
    for candidate in candidates:
        if candidate.op.name == var_op_name:
            return candidate
    raise ValueError(f"Variable {var_op_name} does not uniquely identify a variable")


def get_variables_to_restore(include: Any = None, exclude: Any = None) -> list[Any]:
    """`slim.get_variables_to_restore`: the variables of some scopes, without those of others."""
    for name, scopes in (("include", include), ("exclude", exclude)):
        if scopes is not None and not isinstance(scopes, (list, tuple)):
            raise TypeError(f"{name} is provided but is not a list or a tuple.")
    included = get_variables() if include is None else [v for scope in include for v in get_variables(scope)]
    excluded = {id(variable) for scope in exclude or () for variable in get_variables(scope)}
    return [variable for variable in included if id(variable) not in excluded]


def filter_variables(
    var_list: Iterable[Any],
    include_patterns: Iterable[str] | None = None,
    exclude_patterns: Iterable[str] | None = None,
    reg_search: bool = True,
) -> list[Any]:
    """`slim.filter_variables`: the variables whose names match a pattern of the first and none of the second."""
    matches = re.search if reg_search else re.match
    found = list(var_list)
    if include_patterns is not None:
        wanted = list(include_patterns)
        found = [variable for variable in found if any(matches(pattern, variable.name) for pattern in wanted)]
    if exclude_patterns is not None:
        unwanted = list(exclude_patterns)
        found = [variable for variable in found if not any(matches(pattern, variable.name) for pattern in unwanted)]
    return found


def get_variable_full_name(var: Any) -> str:
    """`slim.get_variable_full_name`."""
    name: str = var.op.name
    return name


def assign_from_values(var_names_to_values: dict[str, Any]) -> tuple[Any, dict[Any, Any]]:
    """`slim.assign_from_values`: an op that sets variables, and what to feed it."""
    assigned: list[Any] = []
    feeds: dict[Any, Any] = {}
    for name, value in var_names_to_values.items():
        found = tf1.get_collection(tf1.GraphKeys.GLOBAL_VARIABLES, name)
        if not found:
            raise ValueError(f"Variable {name} wasn't found")
        exact = [variable for variable in found if variable.op.name == name]
        if len(found) > 1 and not exact:
            raise ValueError(f"Variable {name} doesn't uniquely identify a variable")
        _assign(exact[0] if len(found) > 1 else found[0], value, assigned, feeds)
    return tf.group(*assigned), feeds


def _assign(variable: Any, value: Any, assigned: list[Any], feeds: dict[Any, Any]) -> None:
    """Add the op that sets a variable, and its feed."""
    fed = tf1.placeholder(variable.dtype.base_dtype, variable.shape, "placeholder/" + variable.op.name)
    assigned.append(variable.assign(fed))
    feeds[fed] = value.reshape(variable.shape.as_list())


def assign_from_values_fn(var_names_to_values: dict[str, Any]) -> Callable[[Any], Any]:
    """`slim.assign_from_values_fn`: a function of a session that sets variables."""
    assigned, feeds = assign_from_values(var_names_to_values)
    return lambda session: session.run(assigned, feeds)


def assign_from_checkpoint(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False
) -> tuple[Any, dict[Any, Any]]:
    """`slim.assign_from_checkpoint`: an op that sets variables to the values of a checkpoint, and what to feed it."""
    by_name: dict[str, Any] = {}
    if isinstance(var_list, (tuple, list)):
        for variable in var_list:
            by_name.setdefault(variable.op.name, []).append(variable)
    else:
        by_name = {name: v if isinstance(v, (tuple, list)) else [v] for name, v in var_list.items()}
    reader = tf1.train.NewCheckpointReader(model_path)
    assigned: list[Any] = []
    feeds: dict[Any, Any] = {}
    for name, variables in by_name.items():
        if not reader.has_tensor(name):
            if not ignore_missing_vars:
                raise ValueError(f"Checkpoint is missing variable [{name}]")
            logging.getLogger("tensorflow").warning("Checkpoint is missing variable [%s]", name)
            continue
        value = reader.get_tensor(name)
        for variable in variables:
            if variable.shape != value.shape:
                raise ValueError(
                    f"Total size of new array must be unchanged for {name} lh_shape: [{value.shape}],"
                    f" rh_shape: [{variable.shape}]"
                )
            _assign(variable, value, assigned, feeds)
    return tf.group(*assigned), feeds


def assign_from_checkpoint_fn(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False, reshape_variables: bool = False
) -> Callable[[Any], None] | None:
    """`slim.assign_from_checkpoint_fn`: a function of a session that restores variables from a checkpoint."""
    if not var_list:
        raise ValueError("var_list cannot be empty")
    logger = logging.getLogger("tensorflow")
    if ignore_missing_vars:
        reader = tf1.train.NewCheckpointReader(model_path)
        named = var_list if isinstance(var_list, dict) else {variable.op.name: variable for variable in var_list}
        var_list = {name: variable for name, variable in named.items() if reader.has_tensor(name)}
        for name in named.keys() - var_list.keys():
            logger.warning("Variable %s missing in checkpoint %s", name, model_path)
    if not var_list:
        logger.warning("No Variables to restore")
        return None
    saver = tf1.train.Saver(var_list, reshape=reshape_variables, write_version=tf1.train.SaverDef.V1)
    return lambda session: saver.restore(session, model_path)
