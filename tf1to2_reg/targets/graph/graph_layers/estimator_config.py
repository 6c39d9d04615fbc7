"""`tf.estimator.RunConfig`: how an `Estimator` runs on one machine."""

from __future__ import annotations

import copy
import functools
import inspect
import json
import os
import tempfile
from collections.abc import Callable
from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


class ModeKeys:
    """`tf.estimator.ModeKeys`: what a model function is called for."""

    TRAIN = "train"
    EVAL = "eval"
    PREDICT = "infer"


NOT_GIVEN = object()
"""The default of arguments for which None means something else."""

REPLACEABLE = (
    "model_dir",
    "tf_random_seed",
    "save_summary_steps",
    "save_checkpoints_steps",
    "save_checkpoints_secs",
    "session_config",
    "keep_checkpoint_max",
    "keep_checkpoint_every_n_hours",
    "log_step_count_steps",
    "train_distribute",
    "device_fn",
    "protocol",
    "eval_distribute",
    "experimental_distribute",
    "experimental_max_worker_delay_secs",
    "session_creation_timeout_secs",
)
"""The parameters of `RunConfig`, all of which `replace` takes."""

SETTING_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "model_dir": (bool, "model_dir should be non-empty"),
    "save_summary_steps": (lambda steps: bool(steps >= 0), "save_summary_steps should be >= 0"),
    "save_checkpoints_steps": (lambda steps: bool(steps >= 0), "save_checkpoints_steps should be >= 0"),
    "save_checkpoints_secs": (lambda secs: bool(secs >= 0), "save_checkpoints_secs should be >= 0"),
    "session_config": (
        lambda config: isinstance(config, tf1.ConfigProto),
        "session_config must be instance of ConfigProto",
    ),
    "keep_checkpoint_max": (lambda count: bool(count >= 0), "keep_checkpoint_max should be >= 0"),
    "keep_checkpoint_every_n_hours": (lambda hours: bool(hours > 0), "keep_checkpoint_every_n_hours should be > 0"),
    "log_step_count_steps": (lambda steps: bool(steps > 0), "log_step_count_steps should be > 0"),
    "tf_random_seed": (lambda seed: isinstance(seed, int), "tf_random_seed must be integer."),
    "session_creation_timeout_secs": (lambda secs: bool(secs > 0), "session_creation_timeout_secs should be > 0"),
    "device_fn": (
        lambda function: callable(function) and set(_argument_names(function)) == {"op"},
        'device_fn must be callable with exactly one argument "op".',
    ),
    **dict.fromkeys(
        ("train_distribute", "eval_distribute", "experimental_distribute"),
        (lambda strategy: strategy is None, "This Estimator runs on one device; it takes no distribution strategy."),
    ),
}
"""By setting: what must hold for a value that is not None, and what is said where it does not."""


def _setting(name: str) -> property:
    """A setting that can be read and not assigned."""
    return property(lambda self: getattr(self, f"_{name}"))


class RunConfig:
    """`tf.estimator.RunConfig`, on one machine: a `cluster` in the variable `TF_CONFIG` and strategies are refused."""

    cluster_spec = _setting("cluster_spec")
    device_fn = _setting("device_fn")
    eval_distribute = _setting("eval_distribute")
    evaluation_master = _setting("evaluation_master")
    experimental_max_worker_delay_secs = _setting("experimental_max_worker_delay_secs")
    global_id_in_cluster = _setting("global_id_in_cluster")
    is_chief = _setting("is_chief")
    keep_checkpoint_every_n_hours = _setting("keep_checkpoint_every_n_hours")
    keep_checkpoint_max = _setting("keep_checkpoint_max")
    log_step_count_steps = _setting("log_step_count_steps")
    master = _setting("master")
    model_dir = _setting("model_dir")
    num_ps_replicas = _setting("num_ps_replicas")
    num_worker_replicas = _setting("num_worker_replicas")
    protocol = _setting("protocol")
    save_checkpoints_secs = _setting("save_checkpoints_secs")
    save_checkpoints_steps = _setting("save_checkpoints_steps")
    save_summary_steps = _setting("save_summary_steps")
    service = _setting("service")
    session_config = _setting("session_config")
    session_creation_timeout_secs = _setting("session_creation_timeout_secs")
    task_id = _setting("task_id")
    task_type = _setting("task_type")
    tf_random_seed = _setting("tf_random_seed")
    train_distribute = _setting("train_distribute")

    def __init__(
        self,
        model_dir: Any = None,
        tf_random_seed: int | None = None,
        save_summary_steps: int | None = 100,
        save_checkpoints_steps: Any = NOT_GIVEN,
        save_checkpoints_secs: Any = NOT_GIVEN,
        session_config: Any = None,
        keep_checkpoint_max: int | None = 5,
        keep_checkpoint_every_n_hours: float | None = 10000,
        log_step_count_steps: int | None = 100,
        train_distribute: None = None,
        device_fn: Any = None,
        protocol: str | None = None,
        eval_distribute: None = None,
        experimental_distribute: None = None,
        experimental_max_worker_delay_secs: int | None = None,
        session_creation_timeout_secs: int = 7200,
    ) -> None:
        """Without an interval, checkpoints are saved every 600 seconds; None for both saves none."""
        given = dict(locals())
        if save_checkpoints_steps is NOT_GIVEN and save_checkpoints_secs is NOT_GIVEN:
            given["save_checkpoints_secs"] = 600
        elif save_checkpoints_steps is not None and save_checkpoints_secs is not None:
            _check_one_interval(save_checkpoints_steps, save_checkpoints_secs)
        settings = {name: None if given[name] is NOT_GIVEN else given[name] for name in REPLACEABLE}
        environment = _environment()
        settings["model_dir"] = _model_dir(model_dir, environment)
        vars(self).update(_changed_settings({}, settings))
        task = environment.get("task", {})
        self._service = environment.get("service")
        self._cluster_spec = tf1.train.ClusterSpec({})
        self._task_type = task.get("type", "worker")
        self._task_id = int(task.get("index", 0))
        if self._task_type != "worker":
            raise ValueError('If "cluster" is not set in TF_CONFIG, task type must be WORKER.')
        if self._task_id != 0:
            raise ValueError('If "cluster" is not set in TF_CONFIG, task index must be 0.')
        self._global_id_in_cluster = 0
        self._master = environment.get("session_master", "")
        self._evaluation_master = environment.get("eval_session_master", "")
        self._is_chief = True
        self._num_ps_replicas = 0
        self._num_worker_replicas = 1

    def replace(self, **kwargs: Any) -> RunConfig:
        """A copy with other settings."""
        made = copy.deepcopy(self)
        vars(made).update(_changed_settings(vars(self), kwargs))
        return made


def _changed_settings(current: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The settings of a `RunConfig`, under the names of its attributes, after some changes; wrong ones are refused."""
    for name in changes.keys() - set(REPLACEABLE):
        raise ValueError(f"Replacing {name} is not supported. Allowed properties are {list(REPLACEABLE)}.")
    settings = {**current, **{f"_{name}": value for name, value in changes.items()}}
    steps, secs = changes.get("save_checkpoints_steps"), changes.get("save_checkpoints_secs")
    if steps is not None and secs is not None:
        _check_one_interval(steps, secs)
    elif steps is not None:
        settings["_save_checkpoints_secs"] = None
    elif secs is not None:
        settings["_save_checkpoints_steps"] = None
    for name, (is_right, message) in SETTING_CHECKS.items():
        value = settings[f"_{name}"]
        if value is not None and not is_right(value):
            raise ValueError(message)
    return settings


def _check_one_interval(steps: Any, secs: Any) -> None:
    if steps is not NOT_GIVEN and secs is not NOT_GIVEN:
        raise ValueError("`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.")


def _environment() -> dict[str, Any]:
    """What the environment variable `TF_CONFIG` says, which must not be a cluster."""
    environment: dict[str, Any] = json.loads(os.environ.get("TF_CONFIG", "{}"))
    if environment:
        tf1.logging.info("TF_CONFIG environment variable: %s", environment)
    if environment.get("cluster"):
        raise ValueError("This Estimator runs on one machine: TF_CONFIG must not have a cluster.")
    return environment


def _model_dir(given: Any, environment: dict[str, Any]) -> str | None:
    """The folder that the program or the environment names."""
    if given == "":
        raise ValueError("model_dir should be non-empty.")
    folder: str | None = os.fspath(given) if given is not None else None
    elsewhere: str | None = environment.get("model_dir")
    if elsewhere == "":
        raise ValueError("model_dir in TF_CONFIG should be non-empty.")
    if folder and elsewhere and elsewhere != folder:
        raise ValueError(f"model_dir is {folder} in the RunConfig and {elsewhere} in TF_CONFIG.")
    if elsewhere:
        tf1.logging.info("Using model_dir in TF_CONFIG: %s", elsewhere)
    return folder or elsewhere


def _default_session_config() -> Any:
    """The options of a session, where the program has none."""
    config = tf1.ConfigProto(allow_soft_placement=True)
    rewriting = config.graph_options.rewrite_options
    rewriting.meta_optimizer_iterations = type(rewriting).ONE
    return config


def _complete_config(config: Any, model_dir: Any) -> Any:
    """The settings with options for sessions and with the folder of the model, a temporary one if none is named."""
    if config is None:
        config = RunConfig()
        tf1.logging.info("Using default config.")
    if not isinstance(config, RunConfig):
        raise ValueError(f"config must be an instance of `RunConfig`, but provided {config}.")
    if config.session_config is None:
        config = RunConfig.replace(config, session_config=_default_session_config())
    folder = os.fspath(model_dir) if model_dir is not None else None
    if folder is not None and config.model_dir is not None and config.model_dir != folder:
        raise ValueError(
            "`model_dir` are set both in constructor and `RunConfig`, but with different values. "
            f"In constructor: '{folder}', in `RunConfig`: '{config.model_dir}' "
        )
    if folder:
        return RunConfig.replace(config, model_dir=folder)
    if config.model_dir is None:
        folder = tempfile.mkdtemp()
        tf1.logging.warning("Using temporary folder as model directory: %s", folder)
        return RunConfig.replace(config, model_dir=folder)
    return config


def _argument_names(function: Any) -> tuple[str, ...]:
    """The names of the arguments that a function, a method, an object or a partial takes by position or by name."""
    if isinstance(function, functools.partial):
        names = _argument_names(function.func)[len(function.args) :]
        return tuple(name for name in names if name not in function.keywords)
    if not inspect.isroutine(function) and not inspect.isclass(function):
        function = function.__call__
    names = tuple(inspect.getfullargspec(function).args)
    return names[1:] if inspect.ismethod(function) else names
