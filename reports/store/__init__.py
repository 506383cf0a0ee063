"""The only writer of reports, problems and counts, and the reader of one report."""
