"""Optimizers of `tf.contrib.opt`."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


class LazyAdamOptimizer(tf.compat.v1.train.AdamOptimizer):
    """`tf.contrib.opt.LazyAdamOptimizer`: Adam that leaves rows without a gradient, and their averages, as they are."""

    def _rate(self, variable: Any) -> tuple[Any, Any, Any, Any]:
        """The step's size, both decays and epsilon, in the type of a variable."""
        powers = self._get_beta_accumulators()
        given = (*powers, self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)
        power1, power2, rate, beta1, beta2, epsilon = (tf.cast(part, variable.dtype.base_dtype) for part in given)
        return rate * tf.sqrt(1 - power2) / (1 - power1), beta1, beta2, epsilon

    def _resource_apply_sparse(self, grad: Any, handle: Any, indices: Any) -> Any:
        rate, beta1, beta2, epsilon = self._rate(handle)
        m, v = self.get_slot(handle, "m"), self.get_slot(handle, "v")
        m_rows = beta1 * tf.gather(m, indices) + (1 - beta1) * grad
        v_rows = beta2 * tf.gather(v, indices) + (1 - beta2) * tf.square(grad)
        step = rate * m_rows / (tf.sqrt(v_rows) + epsilon)
        return tf.group(
            tf.raw_ops.ResourceScatterSub(resource=handle.handle, indices=indices, updates=step),
            tf.raw_ops.ResourceScatterUpdate(resource=m.handle, indices=indices, updates=m_rows),
            tf.raw_ops.ResourceScatterUpdate(resource=v.handle, indices=indices, updates=v_rows),
        )

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        rate, beta1, beta2, epsilon = self._rate(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        locked, indices, values = self._use_locking, grad.indices, grad.values
        m_rows = beta1 * tf.gather(m, indices) + (1 - beta1) * values
        v_rows = beta2 * tf.gather(v, indices) + (1 - beta2) * tf.square(values)
        m_after = tf1.scatter_update(m, indices, m_rows, use_locking=locked)
        v_after = tf1.scatter_update(v, indices, v_rows, use_locking=locked)
        denominator = tf.sqrt(tf.gather(v_after, indices)) + epsilon
        step = rate * tf.gather(m_after, indices) / denominator
        return tf.group(tf1.scatter_sub(var, indices, step, use_locking=locked), m_after, v_after)


class DecoupledWeightDecayExtension(tf.compat.v1.train.Optimizer):
    """`tf.contrib.opt.DecoupledWeightDecayExtension`: shrinks weights before an optimizer's step.

    A base class beside that of an optimizer, before it.
    """

    def __init__(self, weight_decay: Any, **kwargs: Any) -> None:
        self._weight_decay = weight_decay
        self._decayed: list[Any] = []
        super().__init__(**kwargs)

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = tf1.train.Optimizer.GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
        decay_var_list: Any = None,
    ) -> Any:
        """One step. TF1 forgets `decay_var_list` here, and so all weights shrink."""
        del decay_var_list
        options = (gate_gradients, aggregation_method, colocate_gradients_with_ops, name, grad_loss)
        return super().minimize(loss, global_step, var_list, *options)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None, decay_var_list: Any = None
    ) -> Any:
        """One step with given gradients; without `decay_var_list` all weights shrink."""
        self._decayed = list(decay_var_list or [])
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _decays(self, variable: Any) -> bool:
        return not self._decayed or any(variable is decayed for decayed in self._decayed)

    def _decay(self, variable: Any) -> Any:
        if not self._decays(variable):
            return tf.no_op()
        return variable.assign_sub(self._weight_decay * variable, self._use_locking)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        with tf.control_dependencies([self._decay(var)]):
            return super()._apply_dense(grad, var)

    def _resource_apply_dense(self, grad: Any, handle: Any) -> Any:
        with tf.control_dependencies([self._decay(handle)]):
            return super()._resource_apply_dense(grad, handle)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        with tf.control_dependencies([self._decay_rows(var, grad.indices)]):
            return super()._apply_sparse(grad, var)

    def _resource_apply_sparse(self, grad: Any, handle: Any, indices: Any) -> Any:
        with tf.control_dependencies([self._decay_rows(handle, indices)]):
            return super()._resource_apply_sparse(grad, handle, indices)

    def _decay_rows(self, variable: Any, indices: Any) -> Any:
        if not self._decays(variable):
            return tf.no_op()
        update = -self._weight_decay * tf.gather(variable, indices)
        return tf1.scatter_add(variable, indices, update, self._use_locking)


class AdamWOptimizer(DecoupledWeightDecayExtension, tf.compat.v1.train.AdamOptimizer):
    """`tf.contrib.opt.AdamWOptimizer`: Adam with weights that shrink before each step."""

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-08,
        use_locking: bool = False,
        name: str = "AdamW",
    ) -> None:
        options = {"beta1": beta1, "beta2": beta2, "epsilon": epsilon, "use_locking": use_locking, "name": name}
        super().__init__(weight_decay, learning_rate=learning_rate, **options)


class MomentumWOptimizer(DecoupledWeightDecayExtension, tf.compat.v1.train.MomentumOptimizer):
    """`tf.contrib.opt.MomentumWOptimizer`: momentum with weights that shrink before each step."""

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "MomentumW",
        use_nesterov: bool = False,
    ) -> None:
        options = {"use_locking": use_locking, "name": name, "use_nesterov": use_nesterov}
        super().__init__(weight_decay, learning_rate=learning_rate, momentum=momentum, **options)
