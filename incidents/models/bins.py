"""The cluster pyramid: how many incidents of a state lie in each bin of each map tile.

A tile has 16 x 16 bins. Only `incidents/bins.py` writes here. Places are whole numbers on a world
of 2**30 x 2**30 (Web Mercator, x east, y south): sums of them stay exact however often they change.
"""

from django.db import models

from incidents.models.incidents import Incident


class Bin(models.Model):
    """The incidents of one state in one bin, as one area sees them.

    `scope` is an area's id: an incident counts for its area and for each one above. 0: unrouted.
    `changed` is the sequence number of the newest event that touched the bin; an emptied bin stays
    for its sake.
    """

    pk = models.CompositePrimaryKey("z", "scope", "x", "y", "bin", "state")
    z = models.SmallIntegerField()
    scope = models.BigIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    bin = models.SmallIntegerField()
    state = models.CharField(max_length=16)
    count = models.IntegerField()
    sum_x = models.BigIntegerField()
    sum_y = models.BigIntegerField()
    changed = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.z}/{self.x}/{self.y} {self.scope} {self.state}: {self.count}"


class Binned(models.Model):
    """What the pyramid counts for an incident now, so that its next change is a difference."""

    incident = models.OneToOneField(
        Incident, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    x = models.IntegerField()
    y = models.IntegerField()
    path = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=16)

    def __str__(self) -> str:
        return f"{self.incident_id} {self.state}"
