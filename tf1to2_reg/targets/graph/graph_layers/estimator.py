"""`tf.estimator.Estimator` over the monitored sessions of `tf.compat.v1.train`."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Sequence
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.estimator_checks import (
    _check_model_fn,
    _check_positive,
    _checked_list,
    _chosen,
    _ends,
    _examples,
    _saved_global_step,
)
from tf1to2_reg.targets.graph.graph_layers.estimator_config import ModeKeys, _argument_names, _complete_config
from tf1to2_reg.targets.graph.graph_layers.estimator_evaluation import (
    _evaluated,
    _group_metrics,
    _write_evaluation,
)
from tf1to2_reg.targets.graph.graph_layers.estimator_export import _copy_assets, _export_folder, _signatures
from tf1to2_reg.targets.graph.graph_layers.estimator_spec import EstimatorSpec, _warm_start, _warm_start_settings
from tf1to2_reg.targets.graph.graph_layers.hooks import StopAfterNEvalsHook

tf1 = tf.compat.v1


class Estimator:
    """`tf.estimator.Estimator`: trains, evaluates and exports the model that a model function makes.

    Each call makes a graph of its own, sets its seed to `config.tf_random_seed`, and calls the input function and the
    model function in it. Training saves checkpoints `model.ckpt-N` in `model_dir` and goes on from the last one.

    Args:
        model_fn: A function of `features`, and of those of `labels`, `mode`, `params`, `config` that it names. Returns
            an `EstimatorSpec`.
        model_dir: The folder of checkpoints and summaries; a temporary one where neither this nor `config` names one.
        config: A `RunConfig`.
        params: What the model function and the input functions get as `params`.
        warm_start_from: A checkpoint, a SavedModel or `WarmStartSettings`: where a new model has its weights from.
    """

    def __init__(
        self,
        model_fn: Any,
        model_dir: Any = None,
        config: Any = None,
        params: Any = None,
        warm_start_from: Any = None,
    ) -> None:
        """Check the model function's arguments."""
        _check_members(self)
        self._config = _complete_config(config, model_dir)
        self._model_dir = self._config.model_dir
        self._session_config = self._config.session_config
        tf1.logging.info("Using config: %s", vars(self._config))
        if model_fn is None:
            raise ValueError("model_fn must be provided to Estimator.")
        _check_model_fn(model_fn, params)
        self._model_fn = model_fn
        self._params = copy.deepcopy(params or {})
        self._warm_start_settings = _warm_start_settings(warm_start_from)

    @property
    def model_dir(self) -> Any:
        """The folder of checkpoints and summaries."""
        return self._model_dir

    @property
    def config(self) -> Any:
        """A copy of the settings."""
        return copy.deepcopy(self._config)

    @property
    def params(self) -> Any:
        """A copy of the parameters."""
        return copy.deepcopy(self._params)

    @property  # only: .model_fn
    def model_fn(self) -> Any:
        """The model function with the parameters, as a function of `features, labels, mode, config`."""

        def public_model_fn(features: Any, labels: Any, mode: Any, config: Any) -> Any:
            return self._call_model_fn(features, labels, mode, config)

        return public_model_fn

    def get_variable_value(self, name: Any) -> Any:  # only: .get_variable_value
        """The value of a variable in the last checkpoint."""
        self._check_is_trained()
        return tf1.train.load_variable(self.model_dir, name)

    def get_variable_names(self) -> list[str]:  # only: .get_variable_names
        """The names of all variables in the last checkpoint."""
        self._check_is_trained()
        return [name for name, _ in tf1.train.list_variables(self.model_dir)]

    def latest_checkpoint(self) -> Any:
        """The path of the last checkpoint, None where there is none."""
        return tf1.train.latest_checkpoint(self.model_dir)

    def eval_dir(self, name: str | None = None) -> str:  # only: .evaluate .eval_dir
        """The folder of the summaries of evaluations, or of those with a name."""
        return os.path.join(self._model_dir, "eval" if not name else f"eval_{name}")

    def train(
        self,
        input_fn: Any,
        hooks: Any = None,
        steps: int | None = None,
        max_steps: int | None = None,
        saving_listeners: Any = None,
    ) -> Estimator:
        """Train for so many steps more, up to so many steps, or until the input ends."""
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        _check_positive(steps, "steps")
        _check_positive(max_steps, "max_steps")
        if max_steps is not None and max_steps <= _saved_global_step(self._model_dir):
            tf1.logging.info("Skipping training since max_steps has already saved.")
            return self
        hooks = _checked_list(hooks, tf1.train.SessionRunHook, "Hooks must be a SessionRunHook")
        if steps is not None or max_steps is not None:
            hooks.append(tf1.train.StopAtStepHook(steps, max_steps))
        listener = tf1.train.CheckpointSaverListener
        listeners = _checked_list(
            saving_listeners, listener, "saving_listeners must be a list of CheckpointSaverListener"
        )
        loss = self._train_model(input_fn, hooks, listeners)
        tf1.logging.info("Loss for final step: %s.", loss)
        return self

    def evaluate(  # only: .evaluate
        self,
        input_fn: Any,
        steps: int | None = None,
        hooks: Any = None,
        checkpoint_path: Any = None,
        name: str | None = None,
    ) -> dict[str, Any]:
        """The metrics, the mean loss and the global step of a checkpoint, the last one if none is given."""
        hooks = _checked_list(hooks, tf1.train.SessionRunHook, "Hooks must be a SessionRunHook")
        _check_positive(steps, "steps")
        if steps is not None:
            hooks.append(StopAfterNEvalsHook(steps))
        if not checkpoint_path:
            checkpoint_path = self._latest_checkpoint_for("evaluate")
        with tf.Graph().as_default():
            scaffold, update, metrics, hooks = self._evaluate_build_graph(input_fn, hooks, checkpoint_path)
            return self._evaluate_run(checkpoint_path, scaffold, update, metrics, hooks, self.eval_dir(name))

    def predict(  # only: .predict
        self,
        input_fn: Any,
        predict_keys: Any = None,
        hooks: Any = None,
        checkpoint_path: Any = None,
        yield_single_examples: bool = True,
    ) -> Iterator[Any]:
        """The predictions, one example after the other, or one batch after the other."""
        hooks = _checked_list(hooks, tf1.train.SessionRunHook, "Hooks must be a SessionRunHook")
        if not checkpoint_path:
            checkpoint_path = self._latest_checkpoint_for("predict")
        with tf.Graph().as_default():
            self._start_graph()
            features, _, input_hooks = self._features_and_labels(input_fn, ModeKeys.PREDICT)
            if not _ends(features):
                tf1.logging.warning(
                    "Input graph does not use tf.data.Dataset or contain a QueueRunner. That means predict yields "
                    "forever. This is probably a mistake."
                )
            spec = self._call_model_fn(features, None, ModeKeys.PREDICT, self.config)
            if not checkpoint_path:
                _warm_start(self._warm_start_settings)
            predictions = _chosen(spec.predictions, predict_keys)
            creator = tf1.train.ChiefSessionCreator(
                checkpoint_filename_with_path=checkpoint_path,
                master=self._config.master,
                scaffold=spec.scaffold,
                config=self._session_config,
            )
            all_hooks = [*input_hooks, *hooks, *spec.prediction_hooks]
            with tf1.train.MonitoredSession(session_creator=creator, hooks=all_hooks) as session:
                while not session.should_stop():
                    evaluated = session.run(predictions)
                    if yield_single_examples:
                        yield from _examples(evaluated)
                    else:
                        yield evaluated

    def export_saved_model(  # only: .export_saved_model .export_savedmodel
        self,
        export_dir_base: Any,
        serving_input_receiver_fn: Any,
        assets_extra: Any = None,
        as_text: bool = False,
        checkpoint_path: Any = None,
        experimental_mode: str = ModeKeys.PREDICT,
    ) -> bytes:
        """Write a SavedModel into a new folder below `export_dir_base`, which is returned as bytes."""
        if experimental_mode != ModeKeys.PREDICT:
            raise ValueError("This Estimator exports the model for predictions only.")
        arguments = (export_dir_base, serving_input_receiver_fn, assets_extra, as_text, checkpoint_path)
        return self._export(*arguments, strip_default_attrs=True)

    def export_savedmodel(  # only: .export_savedmodel
        self,
        export_dir_base: Any,
        serving_input_receiver_fn: Any,
        assets_extra: Any = None,
        as_text: bool = False,
        checkpoint_path: Any = None,
        strip_default_attrs: bool = False,
    ) -> bytes:
        """`export_saved_model` with all attributes of all ops."""
        arguments = (export_dir_base, serving_input_receiver_fn, assets_extra, as_text, checkpoint_path)
        return self._export(*arguments, strip_default_attrs=strip_default_attrs)

    def _check_is_trained(self) -> None:  # only: .get_variable_value .get_variable_names
        if not self.latest_checkpoint():
            raise ValueError(f"Could not find trained model in model_dir: {self._model_dir}.")

    def _latest_checkpoint_for(self, what: str) -> Any:
        """The last checkpoint; without one the model is made anew, which is said."""
        found = self.latest_checkpoint()
        if not found:
            message = "Could not find trained model in model_dir: %s, running initialization to %s."
            tf1.logging.info(message, self._model_dir, what)
        return found

    def _start_graph(self) -> None:
        """Give the default graph its seed and its global step."""
        tf1.set_random_seed(self._config.tf_random_seed)
        tf1.train.create_global_step()

    def _features_and_labels(self, input_fn: Any, mode: str) -> tuple[Any, Any, list[Any]]:
        """What the input function gives, and the hooks that start it."""
        offered = {"mode": mode, "params": self.params, "config": self.config}
        names = _argument_names(input_fn)
        with tf1.device("/cpu:0"):
            result = input_fn(**{name: value for name, value in offered.items() if name in names})
        hooks = []
        if isinstance(result, tf.data.Dataset):
            iterator = tf1.data.make_initializable_iterator(result)
            hooks.append(_IteratorHook(iterator))
            result = iterator.get_next()
        if not isinstance(result, list | tuple):
            return result, None, hooks
        if len(result) != 2:
            raise ValueError("input_fn should return (features, labels) as a len 2 tuple.")
        return result[0], result[1], hooks

    def _call_model_fn(self, features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        """What the model function makes, given those of the arguments that it names."""
        names = _argument_names(self._model_fn)
        if labels is not None and "labels" not in names:
            raise ValueError("model_fn does not take labels, but input_fn returns labels.")
        offered = {"labels": labels, "mode": mode, "params": self.params, "config": config}
        tf1.logging.info("Calling model_fn.")
        spec = self._model_fn(features=features, **{name: offered[name] for name in offered if name in names})
        tf1.logging.info("Done calling model_fn.")
        if not isinstance(spec, EstimatorSpec):
            raise ValueError("model_fn should return an EstimatorSpec.")
        return spec

    def _train_model(self, input_fn: Any, hooks: list[Any], listeners: list[Any]) -> Any:
        """Train in a graph of its own; returns the last loss."""
        with tf.Graph().as_default() as graph, graph.device(self._config.device_fn):
            self._start_graph()
            # All hooks that look at the step share an op. Like in TF1 it is made before the model, whose random ops
            # without seeds of their own take them from the number of ops before them.
            tf1.train.StopAtStepHook(last_step=1).begin()
            features, labels, input_hooks = self._features_and_labels(input_fn, ModeKeys.TRAIN)
            spec = self._call_model_fn(features, labels, ModeKeys.TRAIN, self.config)
            _warm_start(self._warm_start_settings)
            if all(summary.op.name != "loss" for summary in tf1.get_collection(tf1.GraphKeys.SUMMARIES)):
                tf1.summary.scalar("loss", spec.loss)
            tf1.add_to_collection(tf1.GraphKeys.LOSSES, spec.loss)
            worker_hooks = [*input_hooks, *hooks, *self._watching_hooks(spec), *spec.training_hooks]
            self._add_saver(spec)
            chief_hooks = self._saving_hooks(spec, worker_hooks, listeners)
            return self._run_training(spec, worker_hooks, [*chief_hooks, *spec.training_chief_hooks])

    def _watching_hooks(self, spec: EstimatorSpec) -> list[Any]:
        """Hooks that stop training when the loss is no number, and log it."""
        hooks: list[Any] = [tf1.train.NanTensorHook(spec.loss)]
        interval = self._config.log_step_count_steps
        if interval is not None:
            shown = {"loss": spec.loss, "step": tf1.train.get_global_step()}
            hooks.append(tf1.train.LoggingTensorHook(shown, every_n_iter=interval))
        return hooks

    def _add_saver(self, spec: EstimatorSpec) -> None:
        """Add a saver that keeps as many checkpoints as wanted, unless the model has one."""
        if spec.scaffold.saver or tf1.get_collection(tf1.GraphKeys.SAVERS):
            return
        saver = tf1.train.Saver(
            sharded=True,
            max_to_keep=self._config.keep_checkpoint_max,
            keep_checkpoint_every_n_hours=self._config.keep_checkpoint_every_n_hours,
            defer_build=True,
            save_relative_paths=True,
        )
        tf1.add_to_collection(tf1.GraphKeys.SAVERS, saver)

    def _saving_hooks(self, spec: EstimatorSpec, hooks: Sequence[Any], listeners: list[Any]) -> list[Any]:
        """A hook that saves checkpoints, unless the program has one; it, or the program's, tells the listeners."""
        kind = tf1.train.CheckpointSaverHook
        saving = [hook for hook in (*hooks, *spec.training_chief_hooks) if isinstance(hook, kind)]
        secs, steps = self._config.save_checkpoints_secs, self._config.save_checkpoints_steps
        added = []
        if not saving and (secs or steps):
            added = [kind(self._model_dir, save_secs=secs, save_steps=steps, scaffold=spec.scaffold)]
        if listeners and not (saving or added):
            raise ValueError(
                "There should be a CheckpointSaverHook to use saving_listeners. Please set one of the "
                "RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs."
            )
        for listener in listeners:
            told = vars((saving or added)[0])["_listeners"]  # hooks of the program have no public way to add to them
            if listener not in told:
                told.append(listener)
        return added

    def _run_training(self, spec: EstimatorSpec, hooks: list[Any], chief_hooks: list[Any]) -> Any:
        """Run the training op until a hook or the input ends it; returns the last loss."""
        config = self._config
        loss = None
        any_step_done = False
        with tf1.train.MonitoredTrainingSession(
            master=config.master,
            is_chief=config.is_chief,
            checkpoint_dir=self._model_dir,
            scaffold=spec.scaffold,
            hooks=hooks,
            chief_only_hooks=chief_hooks,
            save_checkpoint_secs=0,  # a hook saves
            save_summaries_steps=config.save_summary_steps,
            config=self._session_config,
            max_wait_secs=config.session_creation_timeout_secs,
            log_step_count_steps=config.log_step_count_steps,
        ) as session:
            while not session.should_stop():
                _, loss = session.run([spec.train_op, spec.loss])
                any_step_done = True
        if not any_step_done:
            message = "Training with estimator made no steps. Perhaps input is empty or misspecified."
            tf1.logging.warning(message)
        return loss

    def _evaluate_build_graph(  # only: .evaluate
        self, input_fn: Any, hooks: list[Any], checkpoint_path: Any
    ) -> tuple[Any, Any, dict[str, Any], list[Any]]:
        """Make the model in the default graph: its scaffold, the op that updates the metrics, these, and all hooks."""
        self._start_graph()
        features, labels, input_hooks = self._features_and_labels(input_fn, ModeKeys.EVAL)
        spec = self._call_model_fn(features, labels, ModeKeys.EVAL, self.config)
        update, metrics = _group_metrics(spec)
        if not checkpoint_path:
            _warm_start(self._warm_start_settings)
        if "global_step" in metrics:
            raise ValueError(
                "Metric with name `global_step` is not allowed, because Estimator already defines a default metric "
                "with the same name."
            )
        metrics["global_step"] = tf1.train.get_global_step()
        return spec.scaffold, update, metrics, [*input_hooks, *hooks, *spec.evaluation_hooks]

    def _evaluate_run(  # only: .evaluate
        self,
        checkpoint_path: Any,
        scaffold: Any,
        update: Any,
        metrics: dict[str, Any],
        hooks: list[Any],
        output_dir: str,
    ) -> dict[str, Any]:
        """Update the metrics until a hook or the input ends it; returns them, and writes them as summaries."""
        results: dict[str, Any] = _evaluated(checkpoint_path, scaffold, update, metrics, hooks, self._config)
        _write_evaluation(output_dir, results, checkpoint_path)
        return results

    def _export(  # only: .export_saved_model .export_savedmodel
        self,
        base: Any,
        receiver_fn: Any,
        assets_extra: Any,
        as_text: bool,
        checkpoint_path: Any,
        strip_default_attrs: bool,
    ) -> bytes:
        """Write a SavedModel into a folder with another name, and rename that at last."""
        if not receiver_fn:
            raise ValueError("An input_receiver_fn must be defined.")
        checkpoint_path = checkpoint_path or self._checkpoint_to_export()
        folder = _export_folder(base)
        temporary = os.path.join(os.path.dirname(folder), b"temp-" + os.path.basename(folder))
        builder = tf1.saved_model.Builder(temporary)
        with tf.Graph().as_default():
            self._start_graph()
            receiver = receiver_fn()
            labels = getattr(receiver, "labels", None)
            spec = self._call_model_fn(receiver.features, labels, ModeKeys.PREDICT, self.config)
            self._add_to(
                builder, spec, _signatures(receiver, spec.export_outputs), checkpoint_path, strip_default_attrs
            )
        builder.save(as_text)
        if assets_extra:
            _copy_assets(assets_extra, temporary)
        tf1.gfile.Rename(temporary, folder)
        return folder

    def _checkpoint_to_export(self) -> Any:  # only: .export_saved_model .export_savedmodel
        """The last checkpoint, or that from which the model would start."""
        found = self.latest_checkpoint()
        if found:
            return found
        if not self._warm_start_settings:
            raise ValueError(f"Couldn't find trained model at {self._model_dir}.")
        path = self._warm_start_settings.ckpt_to_initialize_from
        return tf1.train.latest_checkpoint(path) if tf1.gfile.IsDirectory(path) else path

    def _add_to(  # only: .export_saved_model .export_savedmodel
        self,
        builder: Any,
        spec: EstimatorSpec,
        signatures: Any,
        checkpoint: Any,
        strip: bool,
    ) -> None:
        """Add the graph and the variables of a checkpoint to a SavedModel."""
        with tf1.Session(config=self._session_config) as session:
            local_init_op = spec.scaffold.local_init_op
            if local_init_op is None:
                local_init_op = tf1.train.Scaffold.default_local_init_op()
            saver = spec.scaffold.saver or tf1.train.Saver(sharded=True)
            try:
                saver.restore(session, checkpoint)
            except tf.errors.NotFoundError as error:
                raise ValueError(
                    "Could not load all requested variables from checkpoint. Please make sure your model_fn does not "
                    f"expect variables that were not saved in the checkpoint.\n\n{checkpoint}:\n\n{error}"
                ) from error
            if spec.train_op is not None:
                tf1.add_to_collection("saved_model_train_op", spec.train_op)
            builder.add_meta_graph_and_variables(
                session,
                tags=[tf1.saved_model.SERVING],
                signature_def_map=signatures,
                assets_collection=tf1.get_collection(tf1.GraphKeys.ASSET_FILEPATHS),
                main_op=local_init_op,
                saver=saver,
                strip_default_attrs=strip,
            )


class _IteratorHook(tf.compat.v1.train.SessionRunHook):
    """Starts the iterator of a dataset in each new session."""

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def begin(self) -> None:
        self._initializer = self._iterator.initializer

    def after_create_session(self, session: Any, coord: Any) -> None:
        session.run(self._initializer)


def _check_members(estimator: Estimator) -> None:
    """Refuse a subclass that overrides what must not be."""
    own = type(estimator).__dict__
    members = {name for name in dir(Estimator) if not name.startswith("__")} - {"model_fn"}
    overridden = [name for name in members & own.keys() if own[name] is not getattr(Estimator, name)]
    if type(estimator) is not Estimator and overridden:
        message = "Subclasses of Estimator cannot override members of Estimator."
        raise ValueError(f"{message} {type(estimator)} does override {overridden}")
