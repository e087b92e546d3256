from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonpool.budget import Budget, Capacity, Limit, Suite, Wish, decide

MIB = 2**20
AUTO = Wish("default")
EIGHT_CPUS = Capacity(8.0, "/sys/fs/cgroup/cpu.max")
LONG = Suite(
    files=40,
    file_seconds=(10.0,) * 40,
    start_seconds=1.0,
    worker_bytes=400 * MIB,
    reserve_bytes=256 * MIB,
    measured=True,
)


def _names(budget: Budget) -> list[str]:
    return [limit.name for limit in budget.considered]


def test_a_long_suite_gets_a_worker_per_cpu() -> None:
    budget = decide(EIGHT_CPUS, LONG, AUTO)
    assert (budget.workers, budget.bound.name) == (8, "cpu")
    assert budget.bound.reason == "8 CPUs (/sys/fs/cgroup/cpu.max)"
    assert _names(budget) == ["cpu", "files", "payback"]


@pytest.mark.parametrize(
    ("cpus", "workers"), [(0.5, 1), (1.0, 1), (1.5, 1), (1.74, 1), (1.75, 2), (2.0, 2), (2.5, 2)]
)
def test_a_fraction_of_a_cpu_counts_from_three_quarters(cpus: float, workers: int) -> None:
    assert decide(EIGHT_CPUS._replace(cpus=cpus), LONG, AUTO).workers == workers


@pytest.mark.parametrize(
    ("busy", "workers"), [(0.5, 16), (0.05, 32), (0.96, 8), (2.0, 4), (3.0, 2), (16.0, 1)]
)
def test_workers_that_wait_are_more_than_the_cpus_and_those_with_threads_fewer(
    busy: float, workers: int
) -> None:
    suite = LONG._replace(worker_cpus=busy)
    budget = decide(EIGHT_CPUS, suite, AUTO)
    assert (budget.workers, budget.bound.name) == (workers, "cpu")
    said = "" if workers == 8 else f", of which a worker keeps {busy:g} busy"
    assert budget.bound.reason == f"8 CPUs (/sys/fs/cgroup/cpu.max){said}"


def test_memory_bounds_when_it_is_known() -> None:
    small = EIGHT_CPUS._replace(
        memory_bytes=1536 * MIB,
        memory_limit_bytes=2048 * MIB,
        memory_source="/sys/fs/cgroup/a/memory.max",
    )
    budget = decide(small, LONG, AUTO)
    assert (budget.workers, budget.bound.name) == (3, "memory")
    assert budget.bound.reason == (
        "1.5 GiB free of 2.0 GiB (/sys/fs/cgroup/a/memory.max), less a reserve of 256.0 MiB, "
        "at 400.0 MiB per worker"
    )


def test_one_worker_is_left_when_memory_is_short_of_the_reserve() -> None:
    tiny = EIGHT_CPUS._replace(memory_bytes=100 * MIB)
    assert decide(tiny, LONG, AUTO).workers == 1


def test_unknown_memory_is_no_limit() -> None:
    assert "memory" not in _names(decide(EIGHT_CPUS, LONG, AUTO))


def test_there_are_no_more_workers_than_test_files() -> None:
    few = LONG._replace(files=3, file_seconds=(100.0,) * 3)
    budget = decide(EIGHT_CPUS, few, AUTO)
    assert (budget.workers, budget.bound.name) == (3, "files")
    assert budget.bound.reason == "3 test files, each on one worker"


def test_a_suite_shorter_than_a_start_stays_in_process() -> None:
    short = LONG._replace(file_seconds=(0.02,) * 40)
    budget = decide(EIGHT_CPUS, short, AUTO)
    assert budget.in_process
    assert budget.bound.name == "payback"
    assert budget.bound.reason == (
        "800 ms of tests (measured): two workers would start for 1.0 s to save 400 ms"
    )


def test_another_worker_must_save_more_than_its_start() -> None:
    # 12 s of tests on 2 CPUs' worth of start-up: the fifth worker would not be repaid.
    suite = LONG._replace(file_seconds=(0.5,) * 24, start_seconds=2.0)
    budget = decide(EIGHT_CPUS, suite, AUTO)
    assert budget.bound.name == "cpu"
    one_long_file = suite._replace(file_seconds=(6.0, *((0.5,) * 12)))
    assert decide(EIGHT_CPUS, one_long_file, AUTO).workers == 2


@pytest.mark.parametrize("workers", [0, 1, 3, 200])
def test_a_fixed_number_stands_whatever_the_machine_has(workers: int) -> None:
    budget = decide(EIGHT_CPUS, LONG, Wish("`-n`", workers=workers))
    assert (budget.workers, budget.bound.name) == (workers, "wish")
    assert budget.bound.reason == f"`-n` asks for {workers}"


def test_a_percentage_is_a_share_of_the_cpus() -> None:
    budget = decide(EIGHT_CPUS, LONG, Wish("x", share=0.5))
    assert budget.workers == 4
    assert budget.bound.reason == "50% of 8 CPUs (/sys/fs/cgroup/cpu.max)"


def test_a_ceiling_of_the_user_is_a_limit_like_others() -> None:
    budget = decide(EIGHT_CPUS, LONG, AUTO, Limit("maxprocesses", 2, "`--maxprocesses 2`"))
    assert (budget.workers, budget.bound.name) == (2, "maxprocesses")


def test_tests_that_may_run_apart_are_what_can_be_shared() -> None:
    whole = LONG._replace(files=1, file_seconds=(240.0,), tests=6)
    assert decide(EIGHT_CPUS, whole, AUTO).workers == 1
    budget = decide(EIGHT_CPUS, whole._replace(longest_test_seconds=40.0), AUTO)
    assert budget.workers == 6
    assert budget.bound.reason == "6 tests, each on one worker"
    unknown = whole._replace(longest_test_seconds=40.0, measured=False)
    assert "files" not in _names(decide(EIGHT_CPUS, unknown, AUTO))


suites = st.builds(
    Suite,
    files=st.none() | st.integers(1, 200),
    file_seconds=st.lists(st.floats(0, 100), max_size=30).map(
        lambda seconds: tuple(sorted(seconds, reverse=True))
    ),
    start_seconds=st.floats(0.1, 10),
    worker_bytes=st.integers(MIB, 4096 * MIB),
    reserve_bytes=st.integers(0, 1024 * MIB),
    measured=st.booleans(),
    fixed_start_seconds=st.floats(-5, 5),
    worker_cpus=st.floats(1, 8),
    tests=st.integers(0, 10_000),
    longest_test_seconds=st.none() | st.floats(0, 100),
)
capacities = st.builds(
    Capacity,
    cpus=st.floats(0.1, 64),
    cpu_source=st.just("here"),
    memory_bytes=st.none() | st.integers(0, 2**36),
    memory_limit_bytes=st.none() | st.integers(0, 2**36),
    memory_source=st.just("there"),
    doubts=st.just(("`/sys/x` cannot be read",)),
)


@given(capacities, suites)
def test_the_number_is_the_smallest_limit_and_never_below_one(
    capacity: Capacity, suite: Suite
) -> None:
    budget = decide(capacity, suite, AUTO)
    assert budget.workers == min(limit.workers for limit in budget.considered) >= 1
    assert budget.bound in budget.considered
    assert budget.doubts == capacity.doubts


@given(capacities, suites, st.floats(0.1, 0.9))
def test_fewer_cpus_never_mean_more_workers_than_cpus_allow(
    capacity: Capacity, suite: Suite, share: float
) -> None:
    budget = decide(capacity, suite, Wish("x", share=share))
    assert budget.workers <= max(1, capacity.cpus * share + 0.25)
