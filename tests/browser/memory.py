"""What a page keeps in memory, for tests that nothing grows."""

import time
from typing import Any

from playwright.sync_api import Page

KEPT = ("Nodes", "JSEventListeners", "JSHeapUsedSize")
COLLECTIONS, APART = 5, 0.2  # how often, and seconds between two


class Memory:
    """Counts what a page of Chromium holds on to."""

    def __init__(self, page: Page) -> None:
        """Begin to count."""
        self.session = page.context.new_cdp_session(page)
        self.session.send("Performance.enable")

    def kept(self) -> dict[str, float]:
        """Return nodes, listeners and bytes of heap: the least of several collections of garbage.

        What was closed a moment ago, such as a stream, is let go only by a later one.
        """
        readings = [self._after_a_collection() for _ in range(COLLECTIONS)]
        return {name: min(each[name] for each in readings) for name in KEPT}

    def _after_a_collection(self) -> dict[str, Any]:
        time.sleep(APART)
        self.session.send("HeapProfiler.collectGarbage")
        said = self.session.send("Performance.getMetrics")["metrics"]
        return {each["name"]: each["value"] for each in said}
