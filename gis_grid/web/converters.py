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


class AreaCode:
    """An area's code: free text, so anything a column of 40 characters can hold."""

    regex = r"[^\x00-\x1f\x7f]{1,40}"

    def to_python(self, value: str) -> str:
        """Return the code as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code as it stands."""
        return value
