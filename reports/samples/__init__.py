"""A book shop that really runs and really fails, to have real reports to look at.

`shop` and `payments` are small WSGI applications, `jobs` their programs in the
background, `vendor` a library that they use. `visits` says who comes and asks
for what; `servers` runs each visit under the released python-oops packages;
`sending` posts what they report. Nothing in here is written for a report: each
one is what oops_wsgi made of a failure. Time alone is not real (`clock`).
"""
