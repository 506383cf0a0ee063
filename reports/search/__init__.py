"""Search: what somebody typed to the reports that hold it, the newest first.

The `lexer` and the `parser` turn text into a `tree`; `finding` asks the word
index which reports may match and looks at the newest of them itself, by the
rules of `matching`. `errors` name the place in the text and what to do.
"""
