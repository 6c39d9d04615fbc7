import ast
from pathlib import Path

import libcst as cst
import libcst.metadata
import pytest

from tf1to2_reg.files.source import SourceError, encode, source_from_bytes

PATH = Path("program.py")


def code_of(data: bytes) -> str:
    with pytest.raises(SourceError) as error:
        source_from_bytes(PATH, data)
    return error.value.diagnostic.code


EXACT = {
    "empty": b"",
    "newlines only": b"\n\n",
    "no last newline": b"x = 1\ny = 2",
    "no last newline after a comment": b"x = 1\n# end",
    "blanks at the end": b"x = 1\n   ",
    "crlf": b"x = 1\r\ny = f(1,  # one\r\n      2)\r\n",
    "mixed newlines": b"x = 1\ny = f(1,  # one\r\n      2)\r\nz = 3\n\r\n",
    "old mac newlines": b"x = 1\ry = 2\r",
    "mixed newlines in a string": b"x = '''a\r\nb\nc'''\r\ny = 1\n",
    "bom": b"\xef\xbb\xbfx = 1\n",
    "bom and crlf": b"\xef\xbb\xbfx = 1\r\n",
    "bom and cookie": b"\xef\xbb\xbf# coding: utf-8\nx = '\xc3\xa9'\n",
    "latin-1 cookie": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    "cookie in line two": b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
    "utf-8": "x = 'é\u2028'  # 数\n".encode(),
    "form feeds": b"import a\n\x0c\nx = 1\n\x0cy = 2\n",
    "form feeds in an indented block": b"if 1:\n    a = 1\n  \x0c    b = 2\nc = 3\n",
    "form feeds in strings and comments": b"x = '''\n\x0c\n\x0cy'''  # \x0c\nf'''\n\x0c{x}'''\n",
    "tabs": b"if x:\n\tif y:\n\t    z = 1\n\tw = 2\n",
    "line separators that Python does not know": b"x = 'a\x0bb\x1cc'\ny = 1\n",
}


@pytest.mark.parametrize("data", EXACT.values(), ids=EXACT.keys())
def test_unchanged_text_gives_the_same_bytes(data: bytes) -> None:
    source = source_from_bytes(PATH, data)
    assert encode(source, source.text) == data


@pytest.mark.parametrize("data", EXACT.values(), ids=EXACT.keys())
def test_libcst_and_ast_agree_on_the_text(data: bytes) -> None:
    source = source_from_bytes(PATH, data)
    tree = cst.parse_module(source.text)
    assert tree.code == source.text
    positions = libcst.metadata.MetadataWrapper(tree).resolve(libcst.metadata.PositionProvider)
    names = {(at.start.line, at.start.column) for node, at in positions.items() if isinstance(node, cst.Name)}
    stores = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name)]
    assert {(node.lineno, node.col_offset) for node in stores} <= names


def test_text_means_the_same_as_the_file() -> None:
    for data in EXACT.values():
        source = source_from_bytes(PATH, data)
        assert ast.dump(source.tree) == ast.dump(ast.parse(data))


EDITED = {
    "crlf": (b"a = 1\r\nOLD = 2\r\nb = 3\r\n", b"a = 1\r\nNEW = 2\r\nmore\r\nb = 3\r\n"),
    "lf": (b"a = 1\nOLD = 2\nb = 3", b"a = 1\nNEW = 2\nmore\nb = 3"),
    "mostly crlf": (b"a = 1\nOLD = 2\r\nb = 3\r\nc = 4\n\r\n", b"a = 1\nNEW = 2\r\nmore\r\nb = 3\r\nc = 4\n\r\n"),
    "mostly lf": (b"a = 1\nOLD = 2\r\nb = 3\n\r\n\n", b"a = 1\nNEW = 2\nmore\nb = 3\n\r\n\n"),
    "bom": (b"\xef\xbb\xbfOLD = 2\n", b"\xef\xbb\xbfNEW = 2\nmore\n"),
    "latin-1": (b"# coding: latin-1\n# \xe9\nOLD = 2\n# \xe9\n", b"# coding: latin-1\n# \xe9\nNEW = 2\nmore\n# \xe9\n"),
    "form feed elsewhere": (b"\x0c\nOLD = 2\n\x0cb = 3\n", b"\x0c\nNEW = 2\nmore\n\x0cb = 3\n"),
    "form feed of an edited line": (b"a = 1\n\x0cOLD = 2\n", b"a = 1\nNEW = 2\nmore\n"),
}


@pytest.mark.parametrize(("before", "after"), EDITED.values(), ids=EDITED.keys())
def test_bytes_outside_an_edit_stay(before: bytes, after: bytes) -> None:
    source = source_from_bytes(PATH, before)
    assert encode(source, source.text.replace("OLD = 2", "NEW = 2\nmore")) == after


def test_columns_do_not_count_form_feeds() -> None:
    tree = source_from_bytes(PATH, b"a = 1\n  \x0cb = 2\n").tree
    assert [node.col_offset for node in tree.body] == [0, 0]


def test_newline_is_the_commonest() -> None:
    assert source_from_bytes(PATH, b"a\r\nb\nc\r\n").newline == "\r\n"
    assert source_from_bytes(PATH, b"a\r\nb\nc\n").newline == "\n"
    assert source_from_bytes(PATH, b"a\rb\r").newline == "\r"
    assert source_from_bytes(PATH, b"a").newline == "\n"


def test_new_characters_must_exist_in_the_encoding() -> None:
    source = source_from_bytes(PATH, b"# coding: latin-1\n")
    with pytest.raises(UnicodeEncodeError):
        encode(source, source.text + "# 数\n")


BROKEN = [
    b"def f(:\n",
    b"x = (1,\n",
    b"x = 'abc\n",
    b"  x = 1\n",
    b"if x\n  y\n",
    b"<<<<<<< HEAD\nx = 1\n",
    b"return = 1\n",
    b"a b\n",
    b"x = 'use `y`' z\n",
    b"x = 1  # a <> b\ny = = 2\n",
    b"f(a, 'print x' b c)\n",
    b"x = 10l0\n",
    b"x\0y\n",
    b"(" * 500 + b")" * 500,
    b"-" * 100_000 + b"1",
    b"if 1:\n\tx\n        y\n",
    b"printx y\n",
    b"print = = 3\n",
    b"x = 3 $ 4\n",
    b"def f(a=(1, 2) b):\n  pass\n",
    b"raise (A, B) C\n",
]


@pytest.mark.parametrize("data", BROKEN)
def test_broken_files_are_901(data: bytes) -> None:
    assert code_of(data) == "TFR901"


PYTHON_2 = [
    b"print 'a'\n",
    b"print x, y\n",
    b"print '`'\n",
    b"if x:\n    print\n    print 'done'\n",
    b"print >>f, 'x'\nprint 'a'\n",
    b"for k in x: print k\n",
    b"try:\n  pass\nexcept ValueError, e:\n  pass\n",
    b"try:\n  pass\nexcept (A, B), e:\n  pass\n",
    b"x = `y`\n",
    b"if a <> b: pass\n",
    b"raise E, 'x'\n",
    b"raise E(a), None, tb\n",
    b"def f(self): raise A, 'b'\n",
    b"exec code in ns\n",
    b"x = 0777\n",
    b"x = 10L\n",
    b"x = 0xFFL\n",
    b"x = ur'abc'\n",
    b"def f(a, (b, c)):\n  pass\n",
    b"f = lambda (a, b): a\n",
]


@pytest.mark.parametrize("data", PYTHON_2)
def test_python_2_files_are_902(data: bytes) -> None:
    assert code_of(data) == "TFR902"


UNDECODABLE = [
    b"x = '\xe9'\n",
    b"# coding: utf-8\nx = '\xff'\n",
    b"# coding: no-such-codec\n",
    b"# coding: rot13\nk = 1\n",
    b"\xef\xbb\xbf# coding: latin-1\n",
    b"# coding: ascii\nx = '\xc3\xa9'\n",
    "x = 1\n".encode("utf-16"),
    b"# coding: utf-7\nx = '+AOk-' + '+2A'\n",
]


@pytest.mark.parametrize("data", UNDECODABLE)
def test_wrong_encodings_are_903(data: bytes) -> None:
    assert code_of(data) == "TFR903"


def test_undecodable_byte_is_located() -> None:
    with pytest.raises(SourceError) as error:
        source_from_bytes(PATH, b"a = 1\nb = 2\nx = '\xe9'\n")
    assert error.value.diagnostic.line == 3


def test_syntax_error_is_located() -> None:
    with pytest.raises(SourceError) as error:
        source_from_bytes(PATH, b"a = 1\nx = 3 $ 4\n")
    assert (error.value.diagnostic.line, error.value.diagnostic.column) == (2, 7)


def test_questionable_escapes_warn_nobody(recwarn: pytest.WarningsRecorder) -> None:
    source_from_bytes(PATH, b"x = '\\d'\n")
    assert not recwarn.list
