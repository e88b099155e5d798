"""A made-up layer of grids that tile a square without gap or overlap. Pure.

The corners are a jittered lattice; between two neighbouring corners runs one ragged line that both
grids share, vertex for vertex. Each line stays within 11 degrees of its chord, and chords at one
corner are at least 40 degrees apart, so lines meet in corners only and every grid is valid.
"""

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]

WEST, SOUTH = 105.0, 31.0  # degrees; nobody's border runs here
GRID_DEG = 0.003  # about 300 m
JITTER = 0.15  # of a grid's side
SEGMENTS = 16  # of a line; a grid has 64 vertices
SLOPE = 0.2
DECIMALS = 7  # 1 cm


def lattice(side: int, seed: int = 1) -> npt.NDArray[np.object_]:
    """Return (side, side) polygons in degrees, [row, column] from the south-west corner."""
    rng = np.random.default_rng(seed)
    corners = _corners(side, rng)
    eastward = _ragged(corners[:, :-1], corners[:, 1:], rng)
    northward = _ragged(corners[:-1], corners[1:], rng)
    south, north = eastward[:-1], eastward[1:]
    west, east = northward[:, :-1], northward[:, 1:]
    sides = [south[:, :, :-1], east[:, :, :-1], north[:, :, :0:-1], west[:, :, :0:-1]]
    rings = np.concatenate(sides, axis=2)  # counter-clockwise, each line without its last point
    return np.asarray(shapely.polygons(shapely.linearrings(rings)))


def blocks(grids: npt.NDArray[np.object_], size: int) -> npt.NDArray[np.object_]:
    """Join each `size` x `size` grids (fewer at the far edges) into their parent's polygon."""
    starts = range(0, len(grids), size)
    return np.array(
        [
            [shapely.coverage_union_all(grids[r : r + size, c : c + size].ravel()) for c in starts]
            for r in starts
        ]
    )


def _corners(side: int, rng: np.random.Generator) -> Floats:
    steps = np.arange(side + 1.0)
    lattice = np.stack(np.meshgrid(steps, steps), axis=-1)
    return lattice + rng.uniform(-JITTER, JITTER, lattice.shape)


def _ragged(starts: Floats, ends: Floats, rng: np.random.Generator) -> Floats:
    """Draw a line between each pair of corners (…, 2). Returns (…, SEGMENTS + 1, 2) degrees."""
    along = np.linspace(0, 1, SEGMENTS + 1)
    room = SLOPE * np.minimum(along, 1 - along)
    aside = rng.uniform(-room, room, (*starts.shape[:-1], SEGMENTS + 1))
    chord = ends - starts
    across = np.stack([-chord[..., 1], chord[..., 0]], axis=-1)
    line = starts[..., None, :] + along[:, None] * chord[..., None, :]
    line += aside[..., None] * across[..., None, :]
    return np.asarray((np.array([WEST, SOUTH]) + line * GRID_DEG).round(DECIMALS))
