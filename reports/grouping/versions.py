"""The version of the rules, stored with each signature.

Raise it with every change that gives any report another key: new reports get
signatures of the new rules, those that are stored keep theirs.
"""

from __future__ import annotations

CURRENT_VERSION = 1
