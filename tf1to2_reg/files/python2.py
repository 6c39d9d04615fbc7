"""Tell Python 2 from text that is merely broken, by what Python 3 says where it stops."""

from __future__ import annotations

import re

_MESSAGES = (
    "Missing parentheses in call to",
    "multiple exception types must be parenthesized",
    "leading zeros in decimal integer literals are not permitted",
    "Lambda expression parameters cannot be parenthesized",
    "Function parameters cannot be parenthesized",
    "Did you mean print(",
)
_STRING_OR_COMMENT = re.compile(
    r"""
      ("(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
    | \#.*
    """,
    re.VERBOSE,
)
_STATEMENTS = re.compile(
    r"""
      (?:^|[:;])\s*print\s+(?![=.\[(])\S                  # print x
    | (?:^|[:;])\s*print\s*>>                             # print >>f, x
    | (?:^|[:;])\s*exec\s+(?![=.\[(])\S                   # exec code in namespace
    | (?:^|[:;])\s*raise\s+[^,()]+(?:\([^()]*\))?\s*,     # raise E, "message"
    | ^\s*except\b[^:]*,\s*\w+\s*:                        # except E, e:
    | \bdef\s+\w+\s*\((?:[^=()]*,)?\s*\(                  # def f(a, (b, c)):
    | \blambda\s*\(                                       # lambda (a, b): a
    | <>                                                  # a <> b
    | `                                                   # `x`
    | \b(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)[lL]\b      # 10L
    | \b0[0-7]+\b                                         # 0777
    | \b[uU][rR]S                                         # ur"..."
    """,
    re.VERBOSE,
)


def is_python2(error: SyntaxError, text: str) -> bool:
    """Whether Python 3 stopped at a statement or literal that only Python 2 has."""
    if any(message in (error.msg or "") for message in _MESSAGES):
        return True
    lines = text.split("\n")
    line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    return bool(_STATEMENTS.search(_STRING_OR_COMMENT.sub(_mask, line)))


def _mask(match: re.Match[str]) -> str:
    return "S" if match[1] else ""
