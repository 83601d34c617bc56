"""Reads YAML as version 1.2 has it, with the line of every key; what a definition has no use for is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

DEEPEST = 12
LARGEST_CHARACTERS = 1_000_000
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = ("", "~", "null", "Null", "NULL")
_INT = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C where PyYAML has it: five times as fast."""
Line = tuple[int, str]


class Lined(dict[str, Any]):
    """A mapping that knows the line it begins on, and that of each key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """The line of a key; that of the mapping where it has no such key."""
        return self.lines.get(key, self.line)


def read_lined(text: str) -> tuple[Any, list[Line]]:
    """The one document of a YAML text, and every mistake with its line; the document is None where it has no form.

    `yes` and `no` stay words, dates stay texts. Anchors, tags, a second document and a key given twice
    are mistakes.
    """
    if len(text) > LARGEST_CHARACTERS:
        return None, [(1, f"the file has {len(text):,} characters; at most {LARGEST_CHARACTERS:,} are read")]
    try:
        mistakes = list(_form_mistakes(text))
        node = None if mistakes else yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = _line_of(error)
        said = ": ".join(part for part in (error.context, error.problem) if part)
        return None, [(line, f"is not YAML: {said}")]
    except yaml.YAMLError as error:
        return None, [(1, f"is not YAML: {' '.join(str(error).split())}")]
    if node is None:
        return None, mistakes or [(1, "the file is empty")]
    return _value(node, mistakes), mistakes


def _line_of(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return 1 if mark is None else mark.line + 1


def _form_mistakes(text: str) -> Iterator[Line]:
    depth, documents = 0, 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield line, "anchors and aliases (& and *) are not read; write it out"
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents == 2:
                yield line, "a second document begins; one file holds one process"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            yield line, f"is nested more than {DEEPEST} deep"
            return


def _value(node: yaml.Node, mistakes: list[Line]) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, mistakes)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, mistakes) for item in node.value]
    assert isinstance(node, yaml.ScalarNode)
    if node.tag.startswith("!") or ":python/" in node.tag:
        mistakes.append((node.start_mark.line + 1, f"the tag {node.tag} is not read"))
    return node.value if node.style else _plain(node.value)


def _mapping(node: yaml.MappingNode, mistakes: list[Line]) -> Lined:
    made = Lined(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = key_node.value
        if not isinstance(key_node, yaml.ScalarNode) or (not key_node.style and not isinstance(_plain(key), str)):
            mistakes.append((line, "a key is a word; put numbers, true and false in quotes"))
            continue
        if key in made:
            mistakes.append((line, f"the key {key} is given twice, first in line {made.lines[key]}"))
            continue
        made.lines[key] = line
        made[key] = _value(value_node, mistakes)
    return made


def _plain(text: str) -> Any:
    """A scalar without quotes, by the core schema of YAML 1.2."""
    if text in _BOOLS:
        return _BOOLS[text]
    if text in _NULLS:
        return None
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
