"""Words: every word of every report can be found, and its index is a tenth of the body's size.

`tokens` says what a word is, `keys` gives it a number, a `segment` is the
index of some hundred reports of one day, `writing` writes it beside the
reports, `merging` joins small ones, and `backfilling` serves reports older than
the index. `looking` reads them for the search.
"""
