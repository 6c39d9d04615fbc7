"""Names of classes, objects and layers in the migrated program."""

import ast

import pytest

from tf1to2_reg.network import naming


@pytest.mark.parametrize(
    ("wanted", "stem", "taken", "name"),
    [
        (None, "dense", (), "dense"),
        (None, "dense", ("dense",), "dense_1"),
        ("fc", "dense", (), "fc"),
        ("fc", "dense", ("fc",), "fc_1"),
        ("fc-1", "dense", (), "fc_1"),
        ("1st", "dense", (), "dense"),
        ("class", "dense", (), "dense"),
        ("__init__", "dense", (), "dense"),
        ("losses", "dense", (), "dense_losses"),
    ],
)
def test_attribute_name(wanted: str | None, stem: str, taken: tuple[str, ...], name: str) -> None:
    assert naming.attribute_name(wanted, stem, taken) == name


@pytest.mark.parametrize(
    ("expression", "stem"),
    [("'fc'", "fc"), ("'fc%d' % i", "fc"), ("'conv_{}'.format(i)", "conv"), ("f'block{i}'", "block"), ("name", None)],
)
def test_name_stem(expression: str, stem: str | None) -> None:
    assert naming.name_stem(ast.parse(expression, mode="eval").body) == stem


@pytest.mark.parametrize(
    ("name", "camel", "snake"),
    [
        ("build_net", "BuildNet", "build_net"),
        ("buildNet", "BuildNet", "build_net"),
        ("_mlp", "Mlp", "mlp"),
    ],
)
def test_class_and_object_names(name: str, camel: str, snake: str) -> None:
    assert (naming.camel_case(name), naming.snake_case(name)) == (camel, snake)
