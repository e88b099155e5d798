"""The walking engine: streets, network, snapping, reach, sites."""
