"""Field masks: `sheets(properties(title),data/rowData)` → what is kept of a reply."""

from __future__ import annotations

import re
from typing import Any

from tests.sheets_emulator.book import invalid

Tree = dict[str, Any]
_TOKEN = re.compile(r"[A-Za-z0-9_*]+|[(),./]")


def parse(text: str) -> Tree:
    """A mask as a tree: {} at a leaf means all of it."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise invalid(f"Invalid field mask: {text}")
    tree, rest = _list(tokens)
    if rest:
        raise invalid(f"Invalid field mask: {text}")
    return tree


def _list(tokens: list[str]) -> tuple[Tree, list[str]]:
    tree: Tree = {}
    while True:
        path: list[str] = []
        while tokens and tokens[0] not in "(),":
            token, *tokens = tokens
            if token not in "./":
                path.append(token)
        if not path:
            raise invalid("Invalid field mask: empty name")
        inner: Tree = {}
        if tokens and tokens[0] == "(":
            inner, tokens = _list(tokens[1:])
            if not tokens or tokens[0] != ")":
                raise invalid("Invalid field mask: unbalanced")
            tokens = tokens[1:]
        _merge(tree, path, inner)
        if not tokens or tokens[0] != ",":
            return tree, tokens
        tokens = tokens[1:]


def _merge(tree: Tree, path: list[str], inner: Tree) -> None:
    known = path[0] in tree
    node = tree.setdefault(path[0], {})
    if len(path) > 1:
        if not known or node:
            _merge(node, path[1:], inner)
    elif known and (not node or not inner):
        node.clear()
    else:
        for name, below in inner.items():
            node.setdefault(name, {}).update(below)


def keep(value: Any, tree: Tree) -> Any:
    """What a mask leaves of a value."""
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [keep(item, tree) for item in value]
    if isinstance(value, dict):
        return {name: keep(inner, tree[name]) for name, inner in value.items() if name in tree}
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
