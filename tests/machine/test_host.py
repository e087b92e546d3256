from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.machine.host import cpu_list, cpu_numbers, read_host
from moonpool.machine.tree import Tree
from tests.machine.planting import plant

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0\n", {0}),
        ("0-3\n", {0, 1, 2, 3}),
        ("0-1,4,6-7\n", {0, 1, 4, 6, 7}),
        ("8191", {8191}),
    ],
)
def test_a_list_of_cpus_is_read(text: str, numbers: set[int]) -> None:
    assert cpu_numbers(text) == frozenset(numbers)


@pytest.mark.parametrize("text", ["", "a", "0-", "-3", "0,", "0--3", "1.5", "٣", "8192", "0-99999"])
def test_anything_else_is_no_list_of_cpus(text: str) -> None:
    assert cpu_numbers(text) is None


@given(st.frozensets(st.integers(0, 200), min_size=1))
def test_a_list_that_is_written_reads_back_the_same(numbers: frozenset[int]) -> None:
    assert cpu_numbers(cpu_list(numbers)) == numbers


def test_the_host_is_known_by_its_boot(tmp_path: Path) -> None:
    plant({"/proc/sys/kernel/random/boot_id": "0c2e4a68-1357\n"}, tmp_path)

    assert read_host(Tree(tmp_path)).key == "host:0c2e4a68-1357"


def test_memory_is_read_in_bytes(tmp_path: Path) -> None:
    plant({"/proc/meminfo": "MemTotal:  2048 kB\nMemAvailable:       1 kB\n"}, tmp_path)

    host = read_host(Tree(tmp_path))

    assert (host.memory_bytes, host.memory_available_bytes) == (2048 * 1024, 1024)


def test_a_kernel_without_memavailable_leaves_it_unknown(tmp_path: Path) -> None:
    plant({"/proc/meminfo": "MemTotal:  2048 kB\nMemFree:  1024 kB\n"}, tmp_path)
    tree = Tree(tmp_path)

    assert read_host(tree).memory_available_bytes is None
    assert tree.unreadable == ()


def test_cpus_are_counted_in_cpuinfo_where_sys_is_missing(tmp_path: Path) -> None:
    plant({"/proc/cpuinfo": "processor\t: 0\nflags\t: fpu\n\nprocessor\t: 1\n"}, tmp_path)

    host = read_host(Tree(tmp_path))

    assert (host.cpus, host.cpus_source) == (2, str(tmp_path / "proc/cpuinfo"))


def test_a_tree_that_tells_no_cpus_leaves_them_unknown(tmp_path: Path) -> None:
    assert read_host(Tree(tmp_path)).cpus is None
