"""One controller's part in the pool: tells what it wants, learns what it may hold, gives back.

Whatever fails (a ledger that vanishes, a full disk, somebody stopped inside the critical section),
the controller keeps what it holds, is told once, and tries again at the next call.
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from typing import TYPE_CHECKING, Self

from moonpool.pool.allowance import (
    Allowance,
    Holder,
    decide_allowance,
    independent_allowance,
    still_allowance,
)
from moonpool.pool.clock import boot_seconds
from moonpool.pool.entries import Controller, Entry, effective_claim, encode_entry
from moonpool.pool.place import prepare_folder
from moonpool.pool.shares import Capacity, Claim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moonpool.pool.ledger import Ledger, OwnRecord

__all__ = ["Membership"]

# A section takes milliseconds, and two hundred controllers may stand in line.
_PATIENCE_SECONDS = 2.0

# Whoever is still inside at the second attempt is stopped, perhaps for long. Waiting for that in
# full each time would stop everybody else as well.
_SPENT_PATIENCE_SECONDS = 0.05


class Membership:
    """A controller in the pool, until ``leave`` or the end of its process, whatever ends it.

    Safe to call from several threads. A forked child's copy is inert.
    """

    def __init__(
        self,
        ledger: Ledger | None,
        capacity: Capacity,
        controller: Controller,
        *,
        floor: int = 1,
        trouble: str | None = None,
        clock: Callable[[], float] = boot_seconds,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._ledger = ledger
        self._capacity = capacity
        self._controller = controller
        self._claim = Claim("", floor=floor)
        self._clock = clock
        self._patience = self._full_patience = patience_seconds
        self._seen_inside: str | None = None
        self._mutex = threading.Lock()
        self._own: OwnRecord | None = None
        self._neighbours = 0
        self._notes = [trouble] if trouble else []
        self._told: set[str] = set()
        if ledger is not None:
            _members.add(self)
            with self._noting(ledger):
                self._be_present(ledger)

    @property
    def held(self) -> int:
        """The workers that count as this controller's."""
        return self._claim.held

    @property
    def neighbours(self) -> int:
        """The other controllers that held or wanted workers when this one asked last."""
        return self._neighbours

    def sync(
        self,
        wanted: int,
        *,
        weight: float,
        worker_bytes: int,
        own_bytes: int = 0,
        held: int | None = None,
        firm_bytes: bool = False,
        spare: int = 0,
    ) -> Allowance:
        """Tell what this controller would like, and learn what it may hold from now on.

        ``weight`` is the CPUs of one worker, ``own_bytes`` this process's own memory, and
        ``firm_bytes`` says that ``worker_bytes`` is no guess (see ``Claim``). ``granted``
        of the answer is held from this moment, before a single worker of it has started. ``held``
        corrects what was held until now: a number of workers that somebody insists on, or fewer
        than were granted. ``spare`` slots are taken beyond ``wanted`` while nobody else wants them.
        To be called every few seconds while less is held than wanted, and at file boundaries.
        """
        with self._mutex:
            self._claim = self._claim._replace(
                wanted=wanted,
                weight=weight,
                worker_bytes=worker_bytes,
                own_bytes=own_bytes,
                firm_bytes=firm_bytes,
                held=self._claim.held if held is None else held,
            )
            if self._ledger is None:
                return self._outside(independent_allowance(self._capacity, self._claim, None))
            allowance = None
            with self._noting(self._ledger):
                allowance = self._settle(self._ledger, spare)
            return allowance or self._outside(still_allowance(self._claim, None))

    def release(self, workers: int = 1) -> None:
        """Give back slots whose processes are really gone; more than are held is all of them."""
        with self._mutex:
            self._claim = self._claim._replace(held=max(0, self._claim.held - workers))
            if self._ledger is None:
                return
            with self._noting(self._ledger):
                own = self._be_present(self._ledger)
                # To hold less harms nobody, so it does not depend on getting in.
                with self._ledger.section(self._patience):
                    own.write(self._record(self._claim))

    def leave(self) -> None:
        """Give back everything; leaving twice is leaving once."""
        with self._mutex:
            self._claim = self._claim._replace(wanted=0, held=0, since=None)
            own, self._own, self._ledger = self._own, None, None
            _members.discard(self)
            if own is not None:
                own.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def _settle(self, ledger: Ledger, spare: int) -> Allowance | None:
        """Decide and record in one critical section; None when nobody could get in."""
        self._be_present(ledger)
        with ledger.section(self._patience) as entered:
            if not entered:
                self._lose_patience(ledger.last_entry())
                return None
            self._patience, self._seen_inside = self._full_patience, None
            # Once more, since a grant that is recorded in a deleted file is seen by nobody.
            own = self._be_present(ledger)
            now = self._clock()
            entries = ledger.entries(without=own.id, reap=True)
            claim = self._claim._replace(id=own.id, since=self._since(self._claim.held, now))
            others = [effective_claim(entry, now) for entry in entries]
            self._neighbours = sum(bool(other.held or other.wanted) for other in others)
            allowance = decide_allowance(self._capacity, claim, others)
            if spare and not allowance.others_wait:
                more = claim._replace(wanted=claim.wanted + spare)
                allowance = decide_allowance(self._capacity, more, others)
            claim = claim._replace(held=allowance.granted)
            claim = claim._replace(since=claim.since if claim.held < claim.wanted else None)
            own.write(self._record(claim))
        self._claim = claim
        short = claim.held < claim.wanted
        return allowance._replace(
            waiting_for=_holders(entries) if short else (),
            note=self._next_note(),
        )

    def _lose_patience(self, inside: str | None) -> None:
        """Tell a process that does not move from a long line of those who do."""
        if inside is not None and inside == self._seen_inside:
            self._patience = min(self._patience, _SPENT_PATIENCE_SECONDS)
            self._note("stuck", _stuck(inside.split()[0]))
        self._seen_inside = inside

    def _since(self, held: int, now: float) -> float | None:
        """When the waiting began that goes on now."""
        if held >= self._claim.wanted:
            return None
        return now if self._claim.since is None else self._claim.since

    def _be_present(self, ledger: Ledger) -> OwnRecord:
        """Return the own record, made anew when somebody cleared the folder away."""
        if self._own is None or not self._own.in_place():
            if reason := prepare_folder(ledger.folder):
                raise OSError(reason)
            lost, self._own = self._own, None
            if lost is not None:
                lost.close()
            self._own = ledger.enter(self._record(self._claim))
        return self._own

    def _record(self, claim: Claim) -> bytes:
        return encode_entry(Entry(self._controller, claim, self._clock()))

    def _outside(self, allowance: Allowance) -> Allowance:
        """Hold what was given without asking the others, and say why."""
        held = max(self._claim.held, allowance.granted)
        self._claim = self._claim._replace(held=held)
        # A promised first worker needs nobody's consent, but others should know of it.
        if self._own is not None:
            with contextlib.suppress(OSError):
                self._own.write(self._record(self._claim))
        return allowance._replace(note=self._next_note())

    @contextlib.contextmanager
    def _noting(self, ledger: Ledger) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._note("broken", _broken(ledger, error))

    def _note(self, kind: str, text: str) -> None:
        """Have something told once, however often and in whatever words it happens again."""
        if kind not in self._told:
            self._told.add(kind)
            self._notes.append(text)

    def _next_note(self) -> str | None:
        return self._notes.pop(0) if self._notes else None

    def _forget(self) -> None:
        """Be inert in a forked child, where the lock and the slots are the parent's."""
        if self._own is not None:
            self._own.close()
        self._own = self._ledger = None
        self._mutex = threading.Lock()


def _holders(entries: list[Entry]) -> tuple[Holder, ...]:
    holders = [
        Holder(
            entry.controller.project,
            entry.controller.checkout,
            entry.controller.pid,
            entry.claim.held,
            entry.claim.held * entry.claim.weight,
        )
        for entry in entries
        if entry.claim.held
    ]
    return tuple(sorted(holders, key=lambda holder: (-holder.cpus, holder.pid)))


def _stuck(pid: str) -> str:
    return (
        f"process {pid} keeps the pool of workers locked and does not move; "
        "until it does, this run keeps what it has"
    )


def _broken(ledger: Ledger, error: OSError) -> str:
    why = (error.strerror or str(error)).lower()
    return f"the pool of workers in `{ledger.folder}` fails ({why}); this run keeps what it has"


_members: weakref.WeakSet[Membership] = weakref.WeakSet()


def _forget_in_child() -> None:
    for member in list(_members):
        member._forget()
    _members.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
