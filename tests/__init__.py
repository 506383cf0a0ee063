"""Tests: they mirror the layout of reports/ and oopsweb/."""
