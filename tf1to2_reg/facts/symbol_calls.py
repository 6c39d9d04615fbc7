"""Functions of TF1 whose parameters changed. By hand: TF 1.15.5 against TensorFlow 2.21. Names have no root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tf1to2_reg.facts.signature import Signature


def _facts(target: str, parameters: str, positional: str, **renames: str) -> Signature:
    return Signature(target, tuple(parameters.split()), tuple(positional.split()), renames)


def _only(facts: Signature, **values: object) -> Signature:
    return replace(facts, only=values)


def _in(modules: tuple[str, ...], names: str, facts: Mapping[str, Signature]) -> dict[str, Signature]:
    return {f"{module}{name}": facts[name] for module in modules for name in names.split()}


def _reduction(name: str) -> Signature:
    return _facts(
        name,
        "input_tensor axis keepdims name reduction_indices keep_dims",
        "input_tensor axis keepdims name",
        reduction_indices="axis",
        keep_dims="keepdims",
    )


def _arg_extreme(name: str) -> Signature:
    return _facts(name, "input axis name dimension output_type", "input axis output_type name", dimension="axis")


def _softmax(name: str) -> Signature:
    return _facts(f"nn.{name}", "logits axis name dim", "logits axis name", dim="axis")


_REDUCTIONS = "reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum"
_EXTREMES = "argmax argmin"
_IN_TOP_K = _facts("math.in_top_k", "predictions targets k name", "targets predictions k name")
_NORM = _facts("norm", "tensor ord axis keepdims name keep_dims", "tensor ord axis keepdims name", keep_dims="keepdims")
_SPACE = "input block_size name data_format", "input block_size data_format name"
_COUNT_NONZERO = _facts(
    "math.count_nonzero",
    "input_tensor axis keepdims dtype name reduction_indices keep_dims input",
    "input axis keepdims dtype name",
    input_tensor="input",
    reduction_indices="axis",
    keep_dims="keepdims",
)
_CATEGORICAL = _facts(
    "random.categorical", "logits num_samples seed name output_dtype", "logits num_samples dtype seed name",
    output_dtype="dtype",
)  # fmt: skip
_CONFUSION_MATRIX = _facts(
    "math.confusion_matrix",
    "labels predictions num_classes dtype name weights",
    "labels predictions num_classes weights dtype name",
)
_SET_SEED = _facts("random.set_seed", "seed", "seed")

CALLS: dict[str, Signature] = {
    **_in(("", "math."), _REDUCTIONS, {name: _reduction(name) for name in _REDUCTIONS.split()}),
    **_in(("", "math."), _EXTREMES, {name: _arg_extreme(name) for name in _EXTREMES.split()}),
    "nn.softmax": _softmax("softmax"),
    "nn.log_softmax": _softmax("log_softmax"),
    "math.softmax": _softmax("softmax"),
    "math.log_softmax": _softmax("log_softmax"),
    "count_nonzero": _COUNT_NONZERO,
    "math.count_nonzero": _COUNT_NONZERO,
    "expand_dims": _facts("expand_dims", "input axis name dim", "input axis name", dim="axis"),
    "squeeze": _facts("squeeze", "input axis name squeeze_dims", "input axis name", squeeze_dims="axis"),
    "constant": _only(
        _facts("constant", "value dtype shape name verify_shape", "value dtype shape name"), verify_shape=False
    ),
    "convert_to_tensor": _facts(
        "convert_to_tensor", "value dtype name preferred_dtype dtype_hint", "value dtype dtype_hint name",
        preferred_dtype="dtype_hint",
    ),
    "shape": _facts("shape", "input name out_type", "input out_type name"),
    "size": _facts("size", "input name out_type", "input out_type name"),
    "norm": _NORM,
    "linalg.norm": _NORM,
    "transpose": _facts("transpose", "a perm name conjugate", "a perm conjugate name"),
    "pad": _facts("pad", "tensor paddings mode name constant_values", "tensor paddings mode constant_values name"),
    "gather": _facts(
        "gather",
        "params indices validate_indices name axis batch_dims",
        "params indices validate_indices axis batch_dims name",
    ),
    "gather_nd": _facts(
        "gather_nd", "params indices name batch_dims bad_indices_policy", "params indices batch_dims name"
    ),
    "boolean_mask": _facts("boolean_mask", "tensor mask name axis", "tensor mask axis name"),
    "zeros_like": _only(
        _facts("zeros_like", "tensor dtype name optimize", "input dtype name", tensor="input"), optimize=True
    ),
    "ones_like": _only(
        _facts("ones_like", "tensor dtype name optimize", "input dtype name", tensor="input"), optimize=True
    ),
    "reverse_sequence": _facts(
        "reverse_sequence",
        "input seq_lengths seq_axis batch_axis name seq_dim batch_dim",
        "input seq_lengths seq_axis batch_axis name",
        seq_dim="seq_axis",
        batch_dim="batch_axis",
    ),
    "confusion_matrix": _CONFUSION_MATRIX,
    "math.confusion_matrix": _CONFUSION_MATRIX,
    "multinomial": _CATEGORICAL,
    "random.multinomial": _CATEGORICAL,
    "set_random_seed": _SET_SEED,
    "random.set_random_seed": _SET_SEED,
    "py_func": _facts("numpy_function", "func inp Tout stateful name", "func inp Tout stateful name"),
    "space_to_depth": _facts("nn.space_to_depth", *_SPACE),
    "nn.space_to_depth": _facts("nn.space_to_depth", *_SPACE),
    "depth_to_space": _facts("nn.depth_to_space", *_SPACE),
    "nn.depth_to_space": _facts("nn.depth_to_space", *_SPACE),
    "nn.in_top_k": _IN_TOP_K,
    "math.in_top_k": _IN_TOP_K,
    "nn.crelu": _facts("nn.crelu", "features name axis", "features axis name"),
    "nn.moments": _facts(
        "nn.moments", "x axes shift name keep_dims keepdims", "x axes shift keepdims name", keep_dims="keepdims"
    ),
    "nn.weighted_moments": _facts(
        "nn.weighted_moments",
        "x axes frequency_weights name keep_dims keepdims",
        "x axes frequency_weights keepdims name",
        keep_dims="keepdims",
    ),
    "nn.sparse_softmax_cross_entropy_with_logits": _facts(
        "nn.sparse_softmax_cross_entropy_with_logits", "labels logits name", "labels logits name"
    ),
    "nn.sigmoid_cross_entropy_with_logits": _facts(
        "nn.sigmoid_cross_entropy_with_logits", "labels logits name", "labels logits name"
    ),
    "nn.softmax_cross_entropy_with_logits_v2": _facts(
        "nn.softmax_cross_entropy_with_logits", "labels logits axis name dim", "labels logits axis name",
        dim="axis",
    ),
    "nn.weighted_cross_entropy_with_logits": _facts(
        "nn.weighted_cross_entropy_with_logits",
        "labels logits pos_weight name targets",
        "labels logits pos_weight name",
        targets="labels",
    ),
    "nn.conv1d": _only(
        _facts(
            "nn.conv1d",
            "value filters stride padding use_cudnn_on_gpu data_format name input dilations",
            "input filters stride padding data_format dilations name",
            value="input",
        ),
        use_cudnn_on_gpu=None,
    ),
    "nn.conv2d": _only(
        _facts(
            "nn.conv2d",
            "input filter strides padding use_cudnn_on_gpu data_format dilations name filters",
            "input filters strides padding data_format dilations name",
            filter="filters",
        ),
        use_cudnn_on_gpu=True,
    ),
    "nn.conv2d_transpose": _facts(
        "nn.conv2d_transpose",
        "value filter output_shape strides padding data_format name input filters dilations",
        "input filters output_shape strides padding data_format dilations name",
        value="input",
        filter="filters",
    ),
    "nn.conv3d": _facts(
        "nn.conv3d",
        "input filter strides padding data_format dilations name filters",
        "input filters strides padding data_format dilations name",
        filter="filters",
    ),
    "nn.depthwise_conv2d": _facts(
        "nn.depthwise_conv2d",
        "input filter strides padding rate name data_format dilations",
        "input filter strides padding data_format dilations name",
        rate="dilations",
    ),
    "nn.separable_conv2d": _facts(
        "nn.separable_conv2d",
        "input depthwise_filter pointwise_filter strides padding rate name data_format dilations",
        "input depthwise_filter pointwise_filter strides padding data_format dilations name",
        rate="dilations",
    ),
    "nn.max_pool": _facts(
        "nn.max_pool2d",
        "value ksize strides padding data_format name input",
        "input ksize strides padding data_format name",
        value="input",
    ),
    "nn.avg_pool": _facts(
        "nn.avg_pool2d",
        "value ksize strides padding data_format name input",
        "input ksize strides padding data_format name",
        value="input",
    ),
    "nn.softmax_cross_entropy_with_logits": _facts(
        "nn.softmax_cross_entropy_with_logits", "labels logits dim name axis", "labels logits axis name", dim="axis"
    ),
    "nn.embedding_lookup": _only(
        _facts(
            "nn.embedding_lookup",
            "params ids partition_strategy name validate_indices max_norm",
            "params ids max_norm name",
        ),
        partition_strategy="mod",
        validate_indices=True,
    ),
    "device": _facts("device", "device_name_or_function", "device_name", device_name_or_function="device_name"),
    "name_scope": _only(_facts("name_scope", "name default_name values", "name"), default_name=None, values=None),
    "gfile.Exists": _facts("io.gfile.exists", "filename", "path", filename="path"),
    "gfile.MakeDirs": _facts("io.gfile.makedirs", "dirname", "path", dirname="path"),
    "gfile.MkDir": _facts("io.gfile.mkdir", "dirname", "path", dirname="path"),
    "gfile.Glob": _facts("io.gfile.glob", "filename", "pattern", filename="pattern"),
    "gfile.ListDirectory": _facts("io.gfile.listdir", "dirname", "path", dirname="path"),
    "gfile.IsDirectory": _facts("io.gfile.isdir", "dirname", "path", dirname="path"),
    "gfile.Remove": _facts("io.gfile.remove", "filename", "path", filename="path"),
    "gfile.DeleteRecursively": _facts("io.gfile.rmtree", "dirname", "path", dirname="path"),
    "gfile.Copy": _facts(
        "io.gfile.copy", "oldpath newpath overwrite", "src dst overwrite", oldpath="src", newpath="dst"
    ),
    "gfile.Rename": _facts(
        "io.gfile.rename", "oldname newname overwrite", "src dst overwrite", oldname="src", newname="dst"
    ),
}  # fmt: skip

CASTS = {
    "to_float": "float32", "to_double": "float64", "to_int32": "int32", "to_int64": "int64", "to_bfloat16": "bfloat16",
}  # fmt: skip
"""Functions of one tensor (and a name) that are `tf.cast`, and the dtype."""
