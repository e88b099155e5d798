"""The happening: something reported, routed, handled, watched."""
