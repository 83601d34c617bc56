"""Features as a layer of a Mapbox Vector Tile 2.1, written as one run of numbers: no feature is touched by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from maps.tile_grid import EXTENT
from maps.varints import Numbers, one, sizes, written, zigzag

_MOVE, _LINE, _CLOSE = 9, 2, 15
_SHORT = 125
_TEXT_HEADS = pa.array([bytes([34, size + 2, 10, size]) for size in range(_SHORT + 1)], pa.binary())
"""What stands before a short text as a value of a layer: two keys with their lengths, of one byte each."""
_NUMBER_HEAD = b"\x22\x09\x19"
_ID, _TAGS, _TYPE, _GEOMETRY = 8, 18, 24, 34
"""The keys of a feature's fields, each with its kind of content."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Vertices in whole units of the tile, y downwards: parts of features, in the order of the features.

    `vertices` has two columns, `part_sizes` says how many vertices each part has, `feature_of` which feature it
    belongs to, counted from 0 without gaps. Rings come without their last vertex, which is the first one again.
    """

    vertices: Numbers
    part_sizes: Numbers
    feature_of: Numbers
    kind: int
    """1 points, 2 lines, 3 areas."""


def tile_layer(name: str, drawn: Drawn, ids: Numbers, columns: Mapping[str, pa.Array]) -> bytes:
    """One layer, ready to stand in a tile beside others; empty where nothing is drawn."""
    count = len(ids)
    if not count:
        return b""
    keys, values, tags, tags_each = _attributes(columns, count)
    commands, commands_each = _commands(drawn, count)
    features = _features(ids, drawn.kind, tags, tags_each, commands, commands_each)
    content = b"".join(
        [
            _bytes_field(1, name.encode()),
            features,
            *(_bytes_field(3, key.encode()) for key in keys),
            values,
            _number_field(5, EXTENT),
            _number_field(15, 2),
        ]
    )
    return _bytes_field(3, content)


def _features(
    ids: Numbers, kind: int, tags: Numbers, tags_each: Numbers, commands: Numbers, commands_each: Numbers
) -> bytes:
    """Every part of a feature is a varint, lengths too: so all features are one run of them."""
    count = len(ids)
    tag_bytes, command_bytes = _sums(sizes(tags), tags_each), _sums(sizes(commands), commands_each)
    head = np.column_stack(
        [
            np.full(count, 18),
            np.zeros(count, dtype=np.int64),
            np.full(count, _ID),
            ids,
            np.full(count, _TYPE),
            np.full(count, kind),
            np.full(count, _TAGS),
            tag_bytes,
        ]
    )
    middle = np.column_stack([np.full(count, _GEOMETRY), command_bytes])
    head[:, 1] = 1 + sizes(ids) + 2 + 1 + sizes(tag_bytes) + tag_bytes + 1 + sizes(command_bytes) + command_bytes
    lengths = head.shape[1] + tags_each + middle.shape[1] + commands_each
    starts = np.cumsum(lengths) - lengths
    run = np.empty(int(lengths.sum()), dtype=np.int64)
    run[(starts[:, None] + np.arange(head.shape[1])).ravel()] = head.ravel()
    after_head = starts + head.shape[1]
    run[_places(after_head, tags_each)] = tags
    after_tags = after_head + tags_each
    run[(after_tags[:, None] + np.arange(2)).ravel()] = middle.ravel()
    run[_places(after_tags + 2, commands_each)] = commands
    return written(run)


def _commands(drawn: Drawn, count: int) -> tuple[Numbers, Numbers]:
    """The drawing commands of all features, and how many numbers each feature has."""
    if drawn.kind == 1:
        return _points(drawn, count)
    closes = int(drawn.kind == 3)
    steps = zigzag(_steps(drawn))
    lengths = 4 + 2 * (drawn.part_sizes - 1) + closes
    starts = np.cumsum(lengths) - lengths
    run = np.empty(int(lengths.sum()), dtype=np.int64)
    run[starts] = _MOVE
    run[starts + 3] = ((drawn.part_sizes - 1) << 3) | _LINE
    within = _within(drawn.part_sizes)
    place = np.repeat(starts, drawn.part_sizes) + 1 + 2 * within + (within > 0)
    run[place], run[place + 1] = steps[:, 0], steps[:, 1]
    if closes:
        run[starts + lengths - 1] = _CLOSE
    return run, np.bincount(drawn.feature_of, weights=lengths, minlength=count).astype(np.int64)


def _points(drawn: Drawn, count: int) -> tuple[Numbers, Numbers]:
    """All points of a feature are one command."""
    each = np.bincount(drawn.feature_of, weights=drawn.part_sizes, minlength=count).astype(np.int64)
    lengths = 1 + 2 * each
    starts = np.cumsum(lengths) - lengths
    run = np.empty(int(lengths.sum()), dtype=np.int64)
    run[starts] = (each << 3) | 1
    run[_places(starts + 1, 2 * each)] = zigzag(_steps(drawn)).ravel()
    return run, lengths


def _steps(drawn: Drawn) -> Numbers:
    """From each vertex to the next; the first of each feature from the tile's corner."""
    feature = np.repeat(drawn.feature_of, drawn.part_sizes)
    steps = drawn.vertices.copy()
    steps[1:] -= np.where((feature[1:] == feature[:-1])[:, None], drawn.vertices[:-1], 0)
    return steps


def _attributes(columns: Mapping[str, pa.Array], count: int) -> tuple[list[str], bytes, Numbers, Numbers]:
    """Names, values that occur, and for each feature the pairs of both; features go without what they do not have."""
    names, values, known = list[str](), list[bytes](), 0
    pairs, present = list[Numbers](), list[npt.NDArray[np.bool_]]()
    for name, column in columns.items():
        codes = pc.dictionary_encode(column)
        there = np.asarray(pc.is_valid(codes.indices).to_numpy(zero_copy_only=False), dtype=np.bool_)
        index = np.asarray(pc.fill_null(codes.indices, 0).to_numpy(), dtype=np.int64)
        pairs.append(np.column_stack([np.full(count, len(names)), index + known]))
        present.append(there)
        names.append(name)
        values.append(_values(codes.dictionary))
        known += len(codes.dictionary)
    if not names:
        return names, b"", np.empty(0, dtype=np.int64), np.zeros(count, dtype=np.int64)
    kept = np.column_stack(present)
    return names, b"".join(values), np.stack(pairs, axis=1)[kept].ravel(), 2 * kept.sum(axis=1)


def _values(values: pa.Array) -> bytes:
    """Texts or numbers as the values of a layer, one after another."""
    if not len(values):
        return b""
    if pa.types.is_floating(values.type):
        fields = np.empty((len(values), len(_NUMBER_HEAD) + 8), dtype=np.uint8)
        fields[:, : len(_NUMBER_HEAD)] = np.frombuffer(_NUMBER_HEAD, dtype=np.uint8)
        fields[:, len(_NUMBER_HEAD) :] = np.asarray(values.to_numpy(), dtype="<f8").view(np.uint8).reshape(-1, 8)
        return fields.tobytes()
    if not pa.types.is_string(values.type):
        raise TypeError(f"A tile holds texts and numbers, not {values.type}.")
    texts = values.cast(pa.binary())
    lengths = pc.binary_length(texts)
    if pc.max(lengths).as_py() > _SHORT:
        return b"".join(_bytes_field(4, _bytes_field(1, text)) for text in texts.to_pylist())
    fields = pc.binary_join_element_wise(_TEXT_HEADS.take(lengths), texts, b"")
    offsets = np.frombuffer(fields.buffers()[1], dtype=np.int32)[fields.offset : fields.offset + len(fields) + 1]
    return bytes(memoryview(fields.buffers()[2])[offsets[0] : offsets[-1]])


def _bytes_field(number: int, content: bytes) -> bytes:
    return one((number << 3) | 2) + one(len(content)) + content


def _number_field(number: int, value: int) -> bytes:
    return one(number << 3) + one(value)


def _sums(values: Numbers, each: Numbers) -> Numbers:
    """The sum of so many values after one another, for each feature."""
    ends = np.concatenate([[0], np.cumsum(values)])
    at = np.cumsum(each)
    return np.asarray(ends[at] - ends[at - each], dtype=np.int64)


def _within(lengths: Numbers) -> Numbers:
    """0, 1, 2, ... in each group."""
    starts = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) - np.repeat(starts, lengths)


def _places(starts: Numbers, lengths: Numbers) -> Numbers:
    """Every place from each start on, so many each."""
    return np.repeat(starts, lengths) + _within(lengths)
