"""Places on the made-up layer of grids. Pure."""

import numpy as np

from gis_grid.demo.lattice import DECIMALS, GRID_DEG, SOUTH, WEST, Floats, blocks, lattice

__all__ = ["blocks", "lattice", "places"]


def places(side: int, count: int, seed: int = 2) -> Floats:
    """Return (count, 2) places in degrees: anywhere in the square, a few just outside the layer."""
    rng = np.random.default_rng(seed)
    found = np.array([WEST, SOUTH]) + rng.uniform(0, side * GRID_DEG, (count, 2))
    return np.asarray(found.round(DECIMALS))
