from __future__ import annotations

from moonpool.history import FileHistory, FileRun, History
from moonpool.history.summary import FileSummary, summarise


def test_files_are_summed_up_longest_first() -> None:
    short = FileHistory({"m": (FileRun(1.0, 2),)})
    long = FileHistory(
        {
            "ci": (FileRun(99.0, 9),),
            "m": (
                FileRun(5.0, 3, cpus=0.5, peak_bytes=10),
                FileRun(7.0, 4, cpus=1.5, peak_bytes=30),
            ),
        }
    )
    assert summarise(History({"short": short, "long": long}), "m") == (
        FileSummary("long", 6.0, 4, 2, 1.0, 20, "m"),
        FileSummary("short", 1.0, 2, 1, 1.0, 0, "m"),
    )


def test_a_file_of_another_machine_is_shown_with_that_machine() -> None:
    known = History({"a": FileHistory({"old": (FileRun(1.0, 1),), "ci": (FileRun(2.0, 1),)})})
    (file,) = summarise(known, "m")
    assert (file.machine, file.seconds) == ("ci", 2.0)
