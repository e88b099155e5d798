"""Reads vector tiles, so that a measurement or a test sees what a map would draw."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Feature:
    """A feature: its properties and its rings or points, in the tile's 4096 units."""

    properties: dict[str, Any]
    parts: list[list[tuple[int, int]]]

    @property
    def at(self) -> tuple[int, int]:
        """The place of a point."""
        return self.parts[0][0]


@dataclass
class _Layer:
    name: str = ""
    features: list[bytes] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)


def read(tile: bytes) -> dict[str, list[Feature]]:
    """Return the features of a tile by layer."""
    layers = [_layer(body) for number, body in _fields(tile) if number == 3]
    return {layer.name: [_feature(layer, body) for body in layer.features] for layer in layers}


def _layer(body: bytes) -> _Layer:
    layer = _Layer()
    for number, value in _fields(body):
        if number == 1:
            layer.name = value.decode()
        elif number == 2:
            layer.features.append(value)
        elif number == 3:
            layer.keys.append(value.decode())
        elif number == 4:
            layer.values.append(_value(value))
    return layer


def _feature(layer: _Layer, body: bytes) -> Feature:
    found = dict(_fields(body))
    tags = list(_numbers(found.get(2, b"")))
    pairs = zip(tags[::2], tags[1::2], strict=True)
    properties = {layer.keys[key]: layer.values[value] for key, value in pairs}
    return Feature(properties, _parts(list(_numbers(found[4]))))


def _parts(commands: list[int]) -> list[list[tuple[int, int]]]:
    parts: list[list[tuple[int, int]]] = []
    x = y = place = 0
    while place < len(commands):
        kind, count = commands[place] & 7, commands[place] >> 3
        place += 1
        if kind == 7:
            continue
        for _ in range(count):
            x, y = x + _signed(commands[place]), y + _signed(commands[place + 1])
            place += 2
            if kind == 1:
                parts.append([])
            parts[-1].append((x, y))
    return parts


def _value(body: bytes) -> Any:
    number, value = next(_fields(body))
    if number == 1:
        return value.decode()
    if number == 3:
        return struct.unpack("<d", value)[0]
    if number == 6:
        return _signed(value)
    return bool(value) if number == 7 else value


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def _fields(body: bytes) -> Iterator[tuple[int, Any]]:
    place = 0
    while place < len(body):
        key, place = _number(body, place)
        wire = key & 7
        if wire == 0:
            value, place = _number(body, place)
            yield key >> 3, value
            continue
        size = 8 if wire == 1 else 4
        if wire == 2:
            size, place = _number(body, place)
        yield key >> 3, body[place : place + size]
        place += size


def _numbers(body: bytes) -> Iterator[int]:
    place = 0
    while place < len(body):
        value, place = _number(body, place)
        yield value


def _number(body: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = body[place]
        place += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, place
