"""The place: what stands there when nothing happens."""

__version__ = "0.1.0"
