"""Lookup tables of `tf.contrib.lookup`."""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

tf1 = tf.compat.v1

WHOLE_LINE = tf.lookup.TextFileIndex.WHOLE_LINE
LINE_NUMBER = tf.lookup.TextFileIndex.LINE_NUMBER


class HasherSpec(NamedTuple):
    """`tf.contrib.lookup.HasherSpec`: which hash function chooses a bucket, and its key."""

    hasher: str
    key: Any


FastHashSpec = HasherSpec("fasthash", None)
"""`tf.contrib.lookup.FastHashSpec`."""


def StrongHashSpec(key: Any) -> HasherSpec:
    """`tf.contrib.lookup.StrongHashSpec`: the hash function that takes two integers as its key."""
    if len(key) != 2:
        raise ValueError(f"key must have size 2, got {len(key)}.")
    if not all(isinstance(number, int) for number in key):
        raise TypeError(f"Invalid key {key}. Must be unsigned integer values.")
    return HasherSpec("stronghash", key)


class HashTable(tf.compat.v1.lookup.StaticHashTable):
    """`tf.contrib.lookup.HashTable`: a table that never changes once it is initialized."""

    def __init__(self, initializer: Any, default_value: Any, shared_name: str | None = None, name: str | None = None):
        self._given_name = shared_name
        super().__init__(initializer, default_value, name)

    def _create_resource(self) -> Any:
        self._shared_name = self._given_name
        return super()._create_resource()

    @property
    def init(self) -> Any:
        """The op that initializes the table."""
        return self.initializer


class IdTableWithHashBuckets:
    """`tf.contrib.lookup.IdTableWithHashBuckets`: a table that gives a bucket's number to what it does not have."""

    def __init__(
        self,
        table: Any,
        num_oov_buckets: int,
        hasher_spec: HasherSpec = FastHashSpec,
        name: str | None = None,
        key_dtype: Any = None,
    ) -> None:
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError(f"hasher_spec must be of type HasherSpec, got {hasher_spec}")
        if not table and num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0 if no table is supplied.")
        self.key_dtype = (table.key_dtype if table else tf.string) if key_dtype is None else key_dtype
        self.value_dtype = tf.int64
        if not self.key_dtype.is_integer and self.key_dtype != tf.string:
            raise TypeError(f"Invalid key_dtype, expected integer or string, got {self.key_dtype}.")
        if table and table.key_dtype.is_integer != self.key_dtype.is_integer:
            raise TypeError(f"Invalid key dtype: the table's is {table.key_dtype}")
        if table and table.value_dtype != tf.int64:
            raise TypeError(f"Invalid value dtype, expected int64 but got {table.value_dtype}.")
        self._table, self._buckets, self._spec = table or None, num_oov_buckets, hasher_spec
        given = name.rstrip("/") if name else ""
        self.name = (given or (table.name if table else "hash_bucket")).split("/")[-1]

    @property
    def initializer(self) -> Any:
        """The op that initializes the table."""
        if self._table is not None:
            return self._table.initializer
        with tf1.name_scope(None, "init"):
            return tf.no_op()

    @property
    def init(self) -> Any:
        """The op that initializes the table."""
        return self.initializer

    @property
    def resource_handle(self) -> Any:
        """The table as a tensor."""
        return None if self._table is None else self._table.resource_handle

    def size(self, name: str | None = None) -> Any:
        """The number of entries and buckets."""
        with tf1.name_scope(name, f"{self.name}_Size"):
            size = tf.constant(0, tf.int64) if self._table is None else self._table.size()
            return size + self._buckets

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The numbers of keys, of a dense or a sparse tensor."""
        if keys.dtype.base_dtype != self.key_dtype:
            raise TypeError(f"Signature mismatch. Keys must be dtype {self.key_dtype}, got {keys.dtype}.")
        is_sparse = isinstance(keys, tf.SparseTensor)
        values = keys.values if is_sparse else keys
        if self._table is not None and self._table.key_dtype.base_dtype == tf.int64:
            values = tf.cast(values, tf.int64)
        ids = self._ids(values, name)
        return tf.SparseTensor(keys.indices, ids, keys.dense_shape) if is_sparse else ids

    def _ids(self, values: Any, name: str | None) -> Any:
        if not self._buckets and self._table is not None:
            return self._table.lookup(values, name=name)
        with tf1.name_scope(name, f"{self.name}_Lookup"):
            buckets = self._bucket(values if values.dtype == tf.string else tf.strings.as_string(values))
            if self._table is None:
                return buckets
            ids = self._table.lookup(values)
            buckets = tf.add(buckets, self._table.size())
            return tf.where(tf.not_equal(ids, self._table.default_value), ids, buckets)

    def _bucket(self, texts: Any) -> Any:
        match self._spec.hasher:
            case "fasthash":
                return tf.strings.to_hash_bucket_fast(texts, self._buckets, name="hash_bucket")
            case "legacy":
                return tf1.string_to_hash_bucket(texts, self._buckets, name="hash_bucket")
            case "stronghash":
                return tf.strings.to_hash_bucket_strong(texts, self._buckets, self._spec.key, name="hash_bucket")
        raise ValueError(f"Unknown hasher {self._spec.hasher}")


def TextFileIdTableInitializer(
    filename: Any,
    key_column_index: int = WHOLE_LINE,
    value_column_index: int = LINE_NUMBER,
    vocab_size: int | None = None,
    delimiter: str = "\t",
    name: str = "text_file_id_table_init",
    key_dtype: Any = tf.string,
) -> Any:
    """`tf.contrib.lookup.TextFileIdTableInitializer`: fills a table with the lines of a file and their numbers."""
    initializer = tf.lookup.TextFileInitializer
    columns = (key_dtype, key_column_index, tf.int64, value_column_index)
    return initializer(filename, *columns, vocab_size=vocab_size, delimiter=delimiter, name=name)


def TextFileStringTableInitializer(
    filename: Any,
    key_column_index: int = LINE_NUMBER,
    value_column_index: int = WHOLE_LINE,
    vocab_size: int | None = None,
    delimiter: str = "\t",
    name: str = "text_file_string_table_init",
) -> Any:
    """`tf.contrib.lookup.TextFileStringTableInitializer`: fills a table with the numbers of lines and the lines."""
    initializer = tf.lookup.TextFileInitializer
    columns = (tf.int64, key_column_index, tf.string, value_column_index)
    return initializer(filename, *columns, vocab_size=vocab_size, delimiter=delimiter, name=name)


def index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: Any = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    dtype: Any = tf.string,
    name: str | None = None,
) -> Any:
    """`tf.contrib.lookup.index_table_from_tensor`: a table from the elements of a tensor to their positions."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    _check_keys(num_oov_buckets, dtype)
    with tf1.name_scope(name, "string_to_index"):
        keys = tf.convert_to_tensor(mapping)
        if keys.dtype.is_integer != dtype.is_integer or (not dtype.is_integer and keys.dtype.base_dtype != dtype):
            raise ValueError(f"Expected {dtype}, got {keys.dtype}.")
        values = tf.cast(tf.range(tf.size(keys)), tf.int64)
        with tf1.name_scope(None, "hash_table"):
            keys = tf.cast(keys, tf.int64) if keys.dtype.is_integer else keys
            made = tf.lookup.KeyValueTensorInitializer(keys, values, keys.dtype, tf.int64, name="table_init")
            table = tf1.lookup.StaticHashTable(made, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, dtype)


def _with_buckets(table: Any, num_oov_buckets: int, hasher_spec: HasherSpec, dtype: Any) -> Any:
    return IdTableWithHashBuckets(table, num_oov_buckets, hasher_spec, key_dtype=dtype) if num_oov_buckets else table


def _check_keys(num_oov_buckets: int, dtype: Any) -> None:
    if num_oov_buckets < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {num_oov_buckets}.")
    if not dtype.is_integer and dtype.base_dtype != tf.string:
        raise TypeError("Only integer and string keys are supported.")


def index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: Any = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    key_dtype: Any = tf.string,
    name: str | None = None,
    key_column_index: int = WHOLE_LINE,
    value_column_index: int = LINE_NUMBER,
    delimiter: str = "\t",
) -> Any:
    """`tf.contrib.lookup.index_table_from_file`: a table from the lines of a file to their numbers."""
    _check_file(vocabulary_file, vocab_size)
    _check_keys(num_oov_buckets, key_dtype)
    with tf1.name_scope(name, "string_to_index"):
        with tf1.name_scope(None, "hash_table"):
            made = TextFileIdTableInitializer(
                vocabulary_file,
                key_column_index,
                value_column_index,
                vocab_size,
                delimiter,
                "table_init",
                tf.int64 if key_dtype.is_integer else key_dtype,
            )
            table = tf1.lookup.StaticHashTable(made, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, key_dtype)


def _check_file(vocabulary_file: Any, vocab_size: int | None) -> None:
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"vocab_size must be greater than 0, got {vocab_size}.")


def index_to_string_table_from_tensor(mapping: Any, default_value: Any = "UNK", name: str | None = None) -> Any:
    """`tf.contrib.lookup.index_to_string_table_from_tensor`: a table from positions in a tensor to its elements."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    with tf1.name_scope(name, "index_to_string"):
        texts = tf.convert_to_tensor(mapping, tf.string)
        keys = tf.cast(tf.range(tf.size(texts)), tf.int64)
        made = tf.lookup.KeyValueTensorInitializer(keys, texts, tf.int64, tf.string, name="table_init")
        return tf1.lookup.StaticHashTable(made, default_value)


def index_to_string_table_from_file(
    vocabulary_file: Any,
    vocab_size: int | None = None,
    default_value: Any = "UNK",
    name: str | None = None,
    key_column_index: int = LINE_NUMBER,
    value_column_index: int = WHOLE_LINE,
    delimiter: str = "\t",
) -> Any:
    """`tf.contrib.lookup.index_to_string_table_from_file`: a table from the numbers of lines to the lines."""
    _check_file(vocabulary_file, vocab_size)
    with tf1.name_scope(name, "index_to_string"):
        columns = (key_column_index, value_column_index)
        made = TextFileStringTableInitializer(vocabulary_file, *columns, vocab_size, delimiter, "table_init")
        return tf1.lookup.StaticHashTable(made, default_value)


def string_to_index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: Any = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    name: str | None = None,
) -> Any:
    """`tf.contrib.lookup.string_to_index_table_from_tensor`."""
    with tf1.name_scope(name, "string_to_index") as scope:
        mapping = tf.convert_to_tensor(mapping)
    if mapping.dtype.base_dtype != tf.string:
        raise ValueError("string_to_index_table_from_tensor requires string.")
    return index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, name=scope)


def string_to_index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: Any = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    name: str | None = None,
) -> Any:
    """`tf.contrib.lookup.string_to_index_table_from_file`."""
    return index_table_from_file(
        vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, tf.string, name
    )


def string_to_index(tensor: Any, mapping: Any, default_value: Any = -1, name: str | None = None) -> Any:
    """`tf.contrib.lookup.string_to_index`."""
    return index_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)


def index_to_string(tensor: Any, mapping: Any, default_value: Any = "UNK", name: str | None = None) -> Any:
    """`tf.contrib.lookup.index_to_string`."""
    return index_to_string_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)
