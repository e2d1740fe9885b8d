"""Field masks: what a query's `sheets(properties(title),data/rowData)` leaves of a reply, and what a request's
`gridProperties.rowCount,title` changes."""

from __future__ import annotations

import copy
import re
from typing import Any

from tests.sheets_emulator.book import ApiError, Json, invalid
from tests.sheets_emulator.schema import bad_request, names

Tree = dict[str, Any]
_TOKEN = re.compile(r"[A-Za-z0-9_*]+|[(),./]")


def parse(text: str, schema: str = "") -> Tree:
    """A mask as a tree: {} at a leaf means all of it. Raises ApiError for one that names what the schema has not."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text or not text:
        raise _unknown(text)
    tree, rest = _list(tokens)
    if rest:
        raise _unknown(text)
    for path in _paths(tree) if schema else ():
        if not names(schema, path):
            raise _unknown(".".join(path))
    return tree


def _unknown(path: str) -> ApiError:
    text = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    return bad_request("Request contains an invalid argument.", [("fields", text)])


def _paths(tree: Tree) -> list[list[str]]:
    return [[name, *path] for name, inner in tree.items() for path in (_paths(inner) or [[]])]


def _list(tokens: list[str]) -> tuple[Tree, list[str]]:
    tree: Tree = {}
    while True:
        path: list[str] = []
        while tokens and tokens[0] not in "(),":
            token, *tokens = tokens
            if token not in "./":
                path.append(token)
        if not path:
            raise _unknown("")
        inner: Tree = {}
        if tokens and tokens[0] == "(":
            inner, tokens = _list(tokens[1:])
            if not tokens or tokens[0] != ")":
                raise _unknown(".".join(path))
            tokens = tokens[1:]
        for more in _paths(inner) or [[]]:
            _add(tree, [*path, *more])
        if not tokens or tokens[0] != ",":
            return tree, tokens
        tokens = tokens[1:]


def _add(tree: Tree, path: list[str]) -> None:
    """Put a path into a tree; all of a thing and a part of it are all of it."""
    name, *rest = path
    if name in tree and not tree[name]:
        return
    if rest:
        _add(tree.setdefault(name, {}), rest)
    else:
        tree[name] = {}


def keep(value: Any, tree: Tree) -> Any:
    """What a mask leaves of a value. Cells are left as they are: they were made to their part of the mask."""
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [keep(item, tree) for item in value]
    if isinstance(value, dict):
        return {n: inner if n == "rowData" else keep(inner, tree[n]) for n, inner in value.items() if n in tree}
    return value


def asks(tree: Tree, *path: str) -> bool:
    """Whether a mask asks for anything under a path."""
    for name in path:
        if not tree or "*" in tree:
            return True
        if name not in tree:
            return False
        tree = tree[name]
    return True


def below(tree: Tree, *path: str) -> Tree:
    """The part of a mask under a path; {} for all of it."""
    for name in path:
        tree = {} if not tree or "*" in tree else tree.get(name, {})
    return tree


def changes(body: Json, schema: str) -> list[list[str]]:
    """The paths that a request's `fields` names; [["*"]] for all. Raises ApiError for none and for unknown ones."""
    text = body.get("fields", "")
    if not text:
        raise invalid("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    try:
        paths = _paths(parse(text))
    except ApiError:
        raise invalid(f"Invalid field: {text}") from None
    for path in paths:
        if path != ["*"] and ("*" in path or not names(schema, path)):
            raise invalid(f"Invalid field: {'.'.join(path)}")
    return paths


def changed(old: Json, new: Json, paths: list[list[str]], known: tuple[str, ...] = ()) -> Json:
    """`old` in which what the paths name is as in `new`, cleared where that says nothing. * is all of `known`, or all
    there is."""
    made = dict(old)
    for path in paths:
        for one in [[name] for name in known or {**old, **new}] if path == ["*"] else [path]:
            made = _at(made, new, one)
    return made


def _at(old: Json, new: Json, path: list[str]) -> Json:
    name, *rest = path
    made = dict(old)
    if rest:
        inner = _at(old.get(name) or {}, new.get(name) or {}, rest)
        made[name] = inner
        if not inner:
            made.pop(name)
    elif name in new:
        made[name] = copy.deepcopy(new[name])
    else:
        made.pop(name, None)
    return made
