"""Address parts with a shape of their own."""


class TileNumber:
    """A tile's z, x or y: a whole number of at most seven digits."""

    regex = "[0-9]{1,7}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Return its digits."""
        return str(value)
