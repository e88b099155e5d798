"""How far one can walk: streets, reach, circles, gaps, sites. numpy, scipy and shapely; no Django.

Distances are metres along the ground; seconds come from a speed at the very end, so one search
answers for every speed. Coordinates that come in are WGS84 degrees (EPSG:4326).
"""
