"""Measurements of the product against plainer ways to do the same: docs/benchmarks.md.

Each is a ratio of two sides, taken in one run in alternating rounds, and each compares what the
two sides left behind. May import the product; the product never imports this.
"""
