"""The invented demo district: pure geometry, people and happenings; `place` loads it."""
