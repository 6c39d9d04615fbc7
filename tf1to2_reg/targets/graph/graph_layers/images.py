"""Projective transformations of images: parts of `tf.contrib.image`."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


def image_transform(
    images: Any, transforms: Any, interpolation: str = "NEAREST", output_shape: Any = None, name: str | None = None
) -> Any:
    """`tf.contrib.image.transform`: images under projective transformations, given by eight numbers each."""
    with tf1.name_scope(name, "transform"):
        given = tf.convert_to_tensor(images, name="images")
        matrices = tf.convert_to_tensor(transforms, name="transforms", dtype=tf.float32)
        batch = _batch_of_images(given)
        size = tf.shape(batch)[1:3] if output_shape is None else output_shape
        known = None if output_shape is not None else tf.get_static_value(size)
        size = tf.convert_to_tensor(size if known is None else known, tf.int32, name="output_shape")
        if not size.shape.is_compatible_with([2]):
            raise ValueError("output_shape must be a 1-D Tensor of 2 elements: new_height, new_width")
        if len(matrices.shape) not in {1, 2}:
            raise TypeError("Transforms should have rank 1 or 2.")
        matrices = matrices[None] if len(matrices.shape) == 1 else matrices
        return _like(given, _projected(batch, matrices, size, interpolation.upper()))


def _batch_of_images(image: Any) -> Any:
    """An image, or several, as a batch of images with channels."""
    if image.dtype.base_dtype not in {tf.uint8, tf.int32, tf.int64, tf.float16, tf.float32, tf.float64}:
        raise TypeError(f"Invalid dtype {image.dtype}.")
    match image.shape.ndims:
        case None:
            raise TypeError("image_or_images rank must be statically known")
        case 2:
            return image[None, :, :, None]
        case 3:
            return image[None, :, :, :]
        case 4:
            return image
    raise TypeError("Images should have rank between 2 and 4.")


def _like(image: Any, batch: Any) -> Any:
    """A batch of images in the form of the image that it was made of."""
    match image.shape.ndims:
        case 2:
            return batch[0, :, :, 0]
        case 3:
            return batch[0, :, :, :]
    return batch


def _projected(images: Any, transforms: Any, size: Any, interpolation: str) -> Any:
    """The images under the transformations; as in TF1, the gradient takes the inverse transformations."""

    def project(images: Any) -> Any:
        def gradient(after: Any) -> Any:
            inverse = matrices_to_flat_transforms(tf.linalg.inv(flat_transforms_to_matrices(transforms)))
            return _project(after, inverse, tf.shape(images)[1:3], interpolation)

        return _project(images, transforms, size, interpolation), gradient

    return tf.custom_gradient(project)(images)


def _project(images: Any, transforms: Any, size: Any, interpolation: str) -> Any:
    return tf.raw_ops.ImageProjectiveTransformV2(
        images=images, transforms=transforms, output_shape=size, interpolation=interpolation
    )


def image_rotate(images: Any, angles: Any, interpolation: str = "NEAREST", name: str | None = None) -> Any:
    """`tf.contrib.image.rotate`: images turned about their middles by angles in radians."""
    with tf1.name_scope(name, "rotate"):
        given = tf.convert_to_tensor(images)
        batch = _batch_of_images(given)
        height, width = (tf.cast(tf.shape(batch)[axis], tf.float32)[None] for axis in (1, 2))
        turned = angles_to_projective_transforms(angles, height, width)
        return _like(given, image_transform(batch, turned, interpolation))


def image_translate(images: Any, translations: Any, interpolation: str = "NEAREST", name: str | None = None) -> Any:
    """`tf.contrib.image.translate`: images moved by vectors of two numbers."""
    with tf1.name_scope(name, "translate"):
        return image_transform(images, translations_to_projective_transforms(translations), interpolation)


def angles_to_projective_transforms(angles: Any, image_height: Any, image_width: Any, name: str | None = None) -> Any:
    """`tf.contrib.image.angles_to_projective_transforms`: rotations about the middles of images."""
    with tf1.name_scope(name, "angles_to_projective_transforms"):
        angles = tf.convert_to_tensor(angles, name="angles", dtype=tf.float32)
        if len(angles.shape) not in {0, 1}:
            raise TypeError("Angles should have rank 0 or 1.")
        angles = angles[None] if len(angles.shape) == 0 else angles
        cosine, sine = tf.cos(angles), tf.sin(angles)
        right, down = image_width - 1, image_height - 1
        x = (right - (cosine * right - sine * down)) / 2.0
        y = (down - (sine * right + cosine * down)) / 2.0
        rows = [part[:, None] for part in (cosine, -sine, x, sine, cosine, y)]
        return tf.concat([*rows, tf.zeros((tf.shape(angles)[0], 2), tf.float32)], 1)


def translations_to_projective_transforms(translations: Any, name: str | None = None) -> Any:
    """`tf.contrib.image.translations_to_projective_transforms`."""
    with tf1.name_scope(name, "translations_to_projective_transforms"):
        vectors = tf.convert_to_tensor(translations, name="translations", dtype=tf.float32)
        if vectors.shape.ndims not in {1, 2}:
            raise TypeError("Translations should have rank 1 or 2.")
        vectors = vectors[None] if len(vectors.shape) == 1 else vectors
        one, zero = (make((tf.shape(vectors)[0], 1), tf.float32) for make in (tf.ones, tf.zeros))
        return tf.concat([one, zero, -vectors[:, 0, None], zero, one, -vectors[:, 1, None], zero, zero], 1)


def flat_transforms_to_matrices(transforms: Any) -> Any:
    """`tf.contrib.image.flat_transforms_to_matrices`: matrices of three rows for eight numbers each."""
    with tf1.name_scope("flat_transforms_to_matrices"):
        given = tf.convert_to_tensor(transforms, name="transforms")
        if given.shape.ndims not in (1, 2):
            raise ValueError(f"Transforms should be 1D or 2D, got: {given}")
        rows = tf.reshape(given, [-1, 8])
        return tf.reshape(tf.concat([rows, tf.ones([tf.shape(rows)[0], 1])], 1), [-1, 3, 3])


def matrices_to_flat_transforms(transform_matrices: Any) -> Any:
    """`tf.contrib.image.matrices_to_flat_transforms`: eight numbers for matrices of three rows."""
    with tf1.name_scope("matrices_to_flat_transforms"):
        given = tf.convert_to_tensor(transform_matrices, name="transform_matrices")
        if given.shape.ndims not in (2, 3):
            raise ValueError(f"Matrices should be 2D or 3D, got: {given}")
        rows = tf.reshape(given, [-1, 9])
        return (rows / rows[:, 8:9])[:, :8]


def compose_transforms(*transforms: Any) -> Any:
    """`tf.contrib.image.compose_transforms`: one transformation that does several, one after the other."""
    if not transforms:
        raise AssertionError("transforms cannot be empty")
    with tf1.name_scope("compose_transforms"):
        composed = flat_transforms_to_matrices(transforms[0])
        for following in transforms[1:]:
            composed = tf.matmul(composed, flat_transforms_to_matrices(following))
        return matrices_to_flat_transforms(composed)
