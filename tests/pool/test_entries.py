from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.pool.entries import (
    RECORD_BYTES,
    STALE_SECONDS,
    Controller,
    Entry,
    decode_entry,
    effective_claim,
    encode_entry,
)
from moonpool.pool.shares import Claim

ENTRY = Entry(
    Controller("backend", "/src/shop", 4711, "run-1", "2026-01-02T03:04:05"),
    Claim("4711-ab", 0.75, 300, wanted=8, held=3, floor=0, since=12.5),
    updated=20.0,
)
ONE_SLOT = Claim("x", wanted=1, held=1)


def test_a_record_reads_back_as_it_was() -> None:
    assert decode_entry("4711-ab", encode_entry(ENTRY)) == ENTRY


@given(st.text(), st.text())
def test_a_record_has_its_size_and_its_numbers_whatever_the_names_are(
    project: str, checkout: str
) -> None:
    record = encode_entry(ENTRY._replace(controller=Controller(project, checkout, 1)))
    assert len(record) == RECORD_BYTES
    assert decode_entry("4711-ab", record).claim == ENTRY.claim


@pytest.mark.parametrize("sign", ["\\", '"', "ü", "\x00", "\udc80", "\U0001f600"])
def test_the_longest_names_fit_and_keep_their_ends(sign: str) -> None:
    controller = Controller(sign * 5000 + "end", sign * 5000 + "end", 1, sign * 5000, sign * 5000)
    record = encode_entry(ENTRY._replace(controller=controller))
    read = decode_entry("4711-ab", record)
    assert (len(record), read.understood) == (RECORD_BYTES, True)
    assert read.controller.project.endswith("end")
    assert read.controller.checkout.endswith("end")


def test_a_name_cannot_command_the_terminal() -> None:
    record = encode_entry(ENTRY._replace(controller=Controller("\x1b[31mred\n", "/c", 1)))
    assert decode_entry("x", record).controller.project == "?[31mred?"


@given(st.binary(max_size=RECORD_BYTES))
def test_garbage_counts_as_one_slot(garbage: bytes) -> None:
    entry = decode_entry("x", b"\xff" + garbage)
    assert (entry.claim, entry.understood) == (ONE_SLOT, False)


@pytest.mark.parametrize(
    "content", ["", "[]", "null", "{}", "[" * 2000, "9" * 2000, '{"version": 1}', '{"held": true}']
)
def test_what_is_no_record_counts_as_one_slot(content: str) -> None:
    entry = decode_entry("x", content.encode())
    assert (entry.claim, entry.understood) == (ONE_SLOT, False)


@given(
    st.dictionaries(
        st.sampled_from(["version", "weight", "worker_bytes", "wanted", "held", "floor", "since"]),
        st.integers() | st.floats() | st.text() | st.none() | st.booleans() | st.just(10**400),
    )
)
def test_no_number_that_a_record_can_hold_does_harm(content: dict[str, object]) -> None:
    claim = decode_entry("x", json.dumps({"version": 1, "updated": 1, **content}).encode()).claim
    assert 0 <= claim.held <= 10_000
    assert 0 <= claim.weight <= 10_000
    assert 0 <= claim.worker_bytes <= 2**60


def test_a_record_of_a_later_version_counts_for_what_can_be_read() -> None:
    later = {"version": 2, "project": "new", "held": 3, "weight": 0.5, "worker_bytes": 7, "more": 1}
    entry = decode_entry("x", json.dumps(later).encode())
    assert entry.claim == Claim("x", 0.5, 7, wanted=3, held=3)
    assert (entry.controller.project, entry.understood) == ("new", False)
    assert effective_claim(entry, now=1e9) == entry.claim


def test_one_that_fell_silent_wants_only_what_it_holds() -> None:
    assert effective_claim(ENTRY, now=20.0 + STALE_SECONDS) == ENTRY.claim
    silent = effective_claim(ENTRY, now=20.1 + STALE_SECONDS)
    assert silent == ENTRY.claim._replace(wanted=3)


def test_one_whose_clock_is_ahead_is_not_silent() -> None:
    assert effective_claim(ENTRY, now=0.0) == ENTRY.claim
