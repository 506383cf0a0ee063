import logging

from oopsweb.log_lines import OneLine


def test_a_record_is_one_line_whatever_is_in_it() -> None:
    try:
        raise ValueError("a\nb")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "first\nsecond", (), (ValueError, error, error.__traceback__)
        )
    line = OneLine().format(record)
    assert "\n" not in line
    assert line.endswith("ValueError: a ⏎ b")
