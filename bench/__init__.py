"""Measurements: each prints a table, seeds its own data and ends by itself."""
