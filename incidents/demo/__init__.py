"""The demo district's incidents: lived through by the real deeds, each at its own time."""

from incidents.demo.office import set_up
from incidents.demo.playing import play

__all__ = ["play", "set_up"]
