"""A `Coverage` that analyses each file once for all reports; coverage.py does it for each report.

It answers two of coverage.py's own, undocumented questions from memory. A release that asks them
under other names takes longer and reports the same.
"""

from __future__ import annotations

from typing import Any

from coverage import Coverage

__all__ = ["RememberingCoverage"]


class RememberingCoverage(Coverage):
    """Remembers by name what it found out about a file, from its first report on."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._file_reporters: dict[object, Any] = {}
        self._analyses: dict[object, Any] = {}

    def _get_file_reporter(self, morf: Any) -> Any:
        if morf not in self._file_reporters:
            self._file_reporters[morf] = super()._get_file_reporter(morf)
        return self._file_reporters[morf]

    def _analyze(self, morf: Any, *others: Any, **more: Any) -> Any:
        if morf not in self._analyses:
            try:
                self._analyses[morf] = super()._analyze(morf, *others, **more)
            except Exception as error:
                # Of a file that does not parse its reporter says the next time that it is empty.
                self._analyses[morf] = error
        if isinstance(self._analyses[morf], Exception):
            raise self._analyses[morf]
        return self._analyses[morf]
