"""A report's way through this system, and where its code lives.

*intake* takes bytes in by HTTP, AMQP and datedir and keeps them in the inbox.
The *pipeline* claims them in batches and turns them into reports and problems:
*formats* reads bytes, *grouping* names the problem, *store* is the only writer,
of the word index, too. *search* finds by words, *summaries* counts. *web* and
*api* show.

A stage uses only what is below it; import contracts in pyproject.toml hold it
to that. `report.py` is what all of them speak of, `models` is what lasts.
"""
