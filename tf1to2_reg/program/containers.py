"""What is done to lists and dicts in place: stores by key, and the methods that change them."""

from __future__ import annotations

from collections.abc import Callable

from tf1to2_reg.program.joining import element_of, join, mapping_of_both
from tf1to2_reg.program.values import Mapping, Python, Series, Value, constant_of, current, find_key, python

Change = Callable[[Value], Value]
"""What a list or dict is after something was done to it."""

LIST_METHODS = frozenset({"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "__setitem__"})
DICT_METHODS = frozenset({"update", "setdefault", "pop", "popitem", "clear", "__setitem__"})


def change(holder: Series | Mapping, to: Change, *, surely: bool) -> None:
    """Change the list or dict that a value is, wherever it is known under another name."""
    if holder.cell is not None:
        holder.cell.change(to, either, surely=surely)


def either(before: Value, after: Value) -> Value:
    """What a list or dict is where it may have been changed or not; both values have its cell."""
    if isinstance(before, Series) and isinstance(after, Series):
        return _series(before, _either_items(before, after), _either_element(before, after))
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        made = mapping_of_both(before, after)
        return _mapping(before, made.pairs, made.rest)
    return Python()


def _either_items(before: Series, after: Series) -> tuple[Value, ...] | None:
    if before.items is None or after.items is None or len(before.items) != len(after.items):
        return None
    return tuple(join(one, other) for one, other in zip(before.items, after.items, strict=True))


def _either_element(before: Series, after: Series) -> Value:
    if before.items == ():
        return element_of(after)
    return element_of(before) if after.items == () else join(element_of(before), element_of(after))


def forget(holder: Series | Mapping) -> None:
    """Code that is not seen may have done anything to the list or dict."""
    change(holder, _unknown, surely=False)


def _unknown(value: Value) -> Value:
    if isinstance(value, Series):
        return _series(value, None, Python())
    if isinstance(value, Mapping):
        return _mapping(value, tuple((key, Python()) for key, _ in value.pairs), Python())
    return value


def made_of(display: Mapping) -> Mapping:
    """The dict that a display makes; of equal keys the last counts."""
    new = Mapping((), None)
    for key, value in display.pairs:
        new = _with_key(new, key, value)
    return Mapping(new.pairs, display.node if len(new.pairs) == len(display.pairs) else None, new.rest)


# Lists


def set_item(holder: Series | Mapping, key: Value, value: Value, *, surely: bool) -> None:
    """`holder[key] = value`, `key` not being a slice."""
    change(holder, lambda old: _with_item(old, key, value), surely=surely)


def set_slice(holder: Series, values: Value, *, surely: bool) -> None:
    """`holder[i:j] = values`."""
    change(holder, lambda old: _loose(old, _apart(old, element_of(values))), surely=surely)


def delete_item(holder: Series | Mapping, key: Value, *, surely: bool) -> None:
    """`del holder[key]`."""
    change(holder, lambda old: _without(old, key), surely=surely)


def extend(holder: Series, values: Value, *, surely: bool) -> None:
    """`holder.extend(values)` and `holder += values`."""
    change(holder, lambda old: _extended(old, values), surely=surely)


def call_list(holder: Series, method: str, given: list[Value], *, surely: bool) -> Value:
    """A method that changes a list; gives its result."""
    result: Value = python(None)
    argument = given[-1] if given else Python()
    if method == "append":
        change(holder, lambda old: _appended(old, argument), surely=surely)
    elif method == "extend":
        extend(holder, argument, surely=surely)
    elif method == "clear":
        change(holder, lambda old: _series(old, (), Python()), surely=surely)
    elif method == "reverse":
        change(holder, _reversed, surely=surely)
    elif method == "insert":
        change(holder, lambda old: _inserted(old, given[0] if given else Python(), argument), surely=surely)
    elif method == "pop":
        last = not given and holder.items is not None and len(holder.items) > 0
        result = current(holder.items[-1]) if last and holder.items is not None else element_of(holder)
        change(holder, lambda old: _without(old, given[0] if given else python(-1)), surely=surely)
    elif method == "__setitem__" and len(given) > 1:
        set_item(holder, given[0], argument, surely=surely)
    else:
        change(holder, lambda old: _loose(old, None), surely=surely)
    return result


def _series(old: Value, items: tuple[Value, ...] | None, element: Value) -> Value:
    assert isinstance(old, Series)
    return Series(items, element, old.kind, old.cell)


def _loose(old: Value, more: Value | None) -> Value:
    """The list with its items in another order or number, and perhaps others."""
    assert isinstance(old, Series)
    element = more if old.items == () and more is not None else join(element_of(old), more)
    return _series(old, None, element)


def _apart(old: Value, value: Value) -> Value:
    """The value, or nothing known of it where the list or dict would hold itself."""
    left, seen = [value], set()
    while left:
        part = current(left.pop())
        if not isinstance(part, Series | Mapping) or id(part) in seen:
            continue
        if part.cell is not None and part.cell is getattr(old, "cell", None):
            return Python()
        seen.add(id(part))
        left.extend((part.items or (part.element,)) if isinstance(part, Series) else [held for _, held in part.pairs])
    return value


def _appended(old: Value, value: Value) -> Value:
    assert isinstance(old, Series)
    value = _apart(old, value)
    if old.items is not None:
        return _series(old, (*old.items, value), Python())
    return _series(old, None, join(old.element, value))


def _extended(old: Value, values: Value) -> Value:
    assert isinstance(old, Series)
    if old.items is not None and isinstance(values, Series) and values.items is not None:
        return _series(old, (*old.items, *(_apart(old, item) for item in values.items)), Python())
    return _loose(old, _apart(old, element_of(values)))


def _inserted(old: Value, place: Value, value: Value) -> Value:
    assert isinstance(old, Series)
    value, constant = _apart(old, value), constant_of(place)
    if old.items is None or constant is None or not isinstance(constant.value, int):
        return _loose(old, value)
    items = list(old.items)
    items.insert(constant.value, value)
    return _series(old, tuple(items), Python())


def _reversed(old: Value) -> Value:
    assert isinstance(old, Series)
    return _series(old, old.items[::-1] if old.items is not None else None, old.element)


def _position(old: Series, key: Value) -> int | None:
    constant = constant_of(key)
    if old.items is None or constant is None or not isinstance(constant.value, int):
        return None
    return constant.value % len(old.items) if -len(old.items) <= constant.value < len(old.items) else None


# Lists and dicts


def _with_item(old: Value, key: Value, value: Value) -> Value:
    value = _apart(old, value)
    if isinstance(old, Mapping):
        return _with_key(old, key, value)
    assert isinstance(old, Series)
    place = _position(old, key)
    if old.items is None or place is None:
        items = None if old.items is None else tuple(join(item, value) for item in old.items)
        return _series(old, items, join(old.element, value) if items is None else Python())
    return _series(old, (*old.items[:place], value, *old.items[place + 1 :]), Python())


def _without(old: Value, key: Value) -> Value:
    if isinstance(old, Mapping):
        place = find_key(old, key)
        if place is not None:
            return _mapping(old, (*old.pairs[:place], *old.pairs[place + 1 :]), old.rest)
        return _mapping(old, old.pairs, old.rest if old.rest is not None else Python())
    assert isinstance(old, Series)
    position = _position(old, key)
    if old.items is None or position is None:
        return _loose(old, None)
    return _series(old, (*old.items[:position], *old.items[position + 1 :]), Python())


# Dicts


def _mapping(old: Value, pairs: tuple[tuple[Value, Value], ...], rest: Value | None) -> Mapping:
    assert isinstance(old, Mapping)
    return Mapping(pairs, None, rest, old.cell)


def _with_key(old: Mapping, key: Value, value: Value) -> Mapping:
    value = _apart(old, value)
    place = find_key(old, key)
    if place is not None:
        return _mapping(old, (*old.pairs[:place], (old.pairs[place][0], value), *old.pairs[place + 1 :]), old.rest)
    if constant_of(key) is None and not key.graph:
        pairs = tuple((other, join(held, value)) for other, held in old.pairs)
        return _mapping(old, pairs, join(old.rest, value))
    return _mapping(old, (*old.pairs, (key, value)), old.rest)


def call_dict(holder: Mapping, method: str, given: list[Value], keywords: dict[str, Value], *, surely: bool) -> Value:
    """A method that changes a dict; gives its result."""
    if method == "update":
        change(holder, lambda old: updated(old, given, keywords), surely=surely)
        return python(None)
    if method == "setdefault" and given:
        return _set_default(holder, given[0], given[1] if len(given) > 1 else python(None), surely=surely)
    if method == "pop" and given:
        result = item(holder, given[0], given[1] if len(given) > 1 else None)
        change(holder, lambda old: _without(old, given[0]), surely=surely)
        return result
    if method == "__setitem__" and len(given) > 1:
        set_item(holder, given[0], given[1], surely=surely)
        return python(None)
    if method == "clear":
        change(holder, lambda old: _mapping(old, (), None), surely=surely)
        return python(None)
    forget(holder)
    return Python()


def _set_default(holder: Mapping, key: Value, default: Value, *, surely: bool) -> Value:
    place = find_key(holder, key)
    known = constant_of(key) is not None and holder.rest is None
    if place is not None and known:
        return current(holder.pairs[place][1])
    set_item(holder, key, default, surely=surely and known and place is None)
    return default if known else join(item(holder, key, None), default)


def merged(parts: list[Value], keywords: dict[str, Value]) -> Mapping:
    """A new dict of the keys of others, and further ones."""
    made = updated(Mapping((), None), parts, keywords)
    assert isinstance(made, Mapping)
    return Mapping(made.pairs, None, made.rest)


def updated(old: Value, given: list[Value], keywords: dict[str, Value]) -> Value:
    """A dict after `update(*given, **keywords)`."""
    assert isinstance(old, Mapping)
    new: Mapping = old
    for other in given:
        if isinstance(other, Mapping):
            for key, value in other.pairs:
                new = _with_key(new, key, value if other.rest is None else join(value, item(new, key, None)))
            if other.rest is not None:
                pairs = tuple((key, join(held, other.rest)) for key, held in new.pairs)
                new = _mapping(new, pairs, join(new.rest, other.rest))
        else:
            unknown = _unknown(new)
            assert isinstance(unknown, Mapping)
            new = unknown
    for name, value in keywords.items():
        new = _with_key(new, python(name), value)
    return new


def item(holder: Mapping, key: Value, default: Value | None) -> Value:
    """`holder[key]`, or `holder.get(key, default)` where a default is given."""
    place = find_key(holder, key)
    if place is not None:
        found = current(holder.pairs[place][1])
        return found if default is None or holder.rest is None else join(found, default)
    if constant_of(key) is not None and holder.rest is None and default is not None:
        return default
    result = holder.rest
    for _, value in holder.pairs:
        result = join(result, current(value))
    if default is not None:
        result = join(result, default)
    return result or Python()
