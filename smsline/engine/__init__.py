"""The engine: what the line is and how it answers.

Pure: no file, no clock, no socket, no environment, no log. `tests/test_house.py` sees to it.
"""
