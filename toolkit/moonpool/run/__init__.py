"""The pytest run as values: its test files and the folder it works in."""

from moonpool.run.scratch import Scratch, open_scratch
from moonpool.run.testfiles import find_test_files

__all__ = ["Scratch", "find_test_files", "open_scratch"]
