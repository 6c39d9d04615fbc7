"""TF1 functions of which it is known that they only add to the graph what they give: calling them again is harmless.

A function that is not here may do anything when it is called: print, write, count, change a collection.
"""

from __future__ import annotations

_FAMILIES = (
    "tf.bitwise.", "tf.dtypes.", "tf.image.", "tf.initializers.", "tf.keras.activations.", "tf.keras.initializers.",
    "tf.keras.regularizers.", "tf.layers.", "tf.linalg.", "tf.losses.", "tf.manip.", "tf.math.", "tf.nn.", "tf.sets.",
    "tf.signal.", "tf.sparse.", "tf.spectral.", "tf.strings.",
)  # fmt: skip
_OTHER_LOSSES = ("tf.losses.add_loss",)

_FUNCTIONS = """
    abs accumulate_n acos acosh add add_n angle arg_max arg_min argmax argmin argsort as_dtype as_string asin asinh
    atan atan2 atanh batch_gather betainc bincount bitcast boolean_mask broadcast_dynamic_shape
    broadcast_static_shape broadcast_to cast ceil cholesky cholesky_solve clip_by_average_norm clip_by_global_norm
    clip_by_norm clip_by_value complex concat confusion_matrix conj constant constant_initializer
    control_dependencies convert_to_tensor cos cosh count_nonzero cross cumprod cumsum depth_to_space device diag
    diag_part digamma Dimension dimension_at_index dimension_value div div_no_nan divide dynamic_partition
    dynamic_stitch edit_distance einsum ensure_shape equal erf erfc exp expand_dims expm1 eye fft fft2d fft3d fill
    floor floordiv floormod gather gather_nd get_collection get_static_value global_norm glorot_normal_initializer
    glorot_uniform_initializer gradients greater greater_equal group hessians histogram_fixed_width
    histogram_fixed_width_bins identity identity_n ifft ifft2d ifft3d igamma igammac imag IndexedSlices
    invert_permutation is_finite is_inf is_nan is_numeric_tensor is_tensor lbeta less less_equal lgamma lin_space
    linspace log log1p log_sigmoid logical_and logical_not logical_or logical_xor make_ndarray matmul
    matrix_band_part matrix_determinant matrix_diag matrix_diag_part matrix_inverse matrix_set_diag matrix_solve
    matrix_solve_ls matrix_square_root matrix_transpose matrix_triangular_solve maximum meshgrid minimum mod
    multinomial multiply name_scope negative no_op norm not_equal one_hot ones ones_initializer ones_like
    orthogonal_initializer pad parallel_stack polygamma pow py_func qr random_crop random_gamma random_normal
    random_normal_initializer random_shuffle random_uniform random_uniform_initializer range rank real realdiv
    reciprocal reduce_all reduce_any reduce_join reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod
    reduce_sum regex_replace reshape reverse reverse_sequence reverse_v2 rint roll round rsqrt saturate_cast
    scatter_nd searchsorted segment_max segment_mean segment_min segment_prod segment_sum self_adjoint_eig
    self_adjoint_eigvals sequence_mask shape shape_n sigmoid sign sin sinh size slice sort space_to_batch
    space_to_batch_nd space_to_depth sparse_mask sparse_maximum sparse_minimum sparse_reorder sparse_reshape
    sparse_softmax sparse_tensor_dense_matmul sparse_tensor_to_dense sparse_to_dense sparse_transpose SparseTensor
    split sqrt square squared_difference squeeze stack stop_gradient strided_slice string_join string_split
    string_strip string_to_hash_bucket_fast string_to_hash_bucket_strong subtract svd tan tanh tensor_scatter_add
    tensor_scatter_sub tensor_scatter_update tensordot TensorShape tile to_bfloat16 to_double to_float to_int32
    to_int64 top_k trace trainable_variables transpose truediv truncated_normal truncated_normal_initializer
    truncatediv truncatemod uniform_unit_scaling_initializer unique unique_with_counts unravel_index
    unsorted_segment_max unsorted_segment_mean unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n
    unsorted_segment_sum unstack variable_scope variance_scaling_initializer where where_v2 zeros zeros_initializer
    zeros_like zeta
"""
_RANDOM = """
    categorical gamma multinomial normal poisson shuffle truncated_normal uniform
"""
_TRAIN = """
    cosine_decay cosine_decay_restarts exponential_decay get_global_step get_or_create_global_step
    inverse_time_decay linear_cosine_decay natural_exp_decay noisy_linear_cosine_decay piecewise_constant
    piecewise_constant_decay polynomial_decay
"""
_PURE = frozenset(
    f"{module}.{name}"
    for module, names in (("tf", _FUNCTIONS), ("tf.random", _RANDOM), ("tf.train", _TRAIN))
    for name in names.split()
)


ADDED: set[str] = set()
"""Those that another package says to be pure; `extensions` fills it."""


def is_pure(symbol: str) -> bool:
    """True for a function that does nothing but to give a part of the graph, or a Python value."""
    if symbol in _OTHER_LOSSES:
        return False
    head, _, name = symbol.rpartition(".")
    makes = name.endswith(("_regularizer", "_initializer")) and head.startswith("tf.contrib.")
    optimizer = head == "tf.train" and name.endswith("Optimizer")
    return symbol in _PURE or symbol in ADDED or symbol.startswith(_FAMILIES) or makes or optimizer
