"""SIGTERM as pytest's own interruption: summary, JUnit file and databases are finished."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

    import pytest

__all__ = ["interrupt_on_terminate"]


def interrupt_on_terminate(config: pytest.Config) -> None:
    """Answer SIGTERM with KeyboardInterrupt until pytest is done; a user's handler stays.

    moon sends SIGTERM to its tasks when another one failed; by default Python would end at once,
    without a summary and with workers still running.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return
    signal.signal(signal.SIGTERM, _interrupt)
    config.add_cleanup(lambda: _restore(signal.SIGTERM))


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(f"signal {signal.Signals(number).name}")


def _restore(number: int) -> None:
    signal.signal(number, signal.SIG_DFL)
