"""Threads of numeric libraries, divided among the workers that share the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["THREAD_VARIABLES", "thread_environment"]

# Each of these libraries starts one thread per host core unless its variable says otherwise
# (https://scikit-learn.org/stable/computing/parallelism.html, and polars' and numba's docs).
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
    "TBB_NUM_THREADS",
)


def thread_environment(workers: int, cpus: float, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables to set so that all workers' threads together fit the CPUs.

    A variable that the user set is left out, and so is everything when one worker has the
    machine to itself. OMP_NUM_THREADS set by the user speaks for the libraries that fall back to
    it, so nothing at all is set then.
    """
    if workers <= 1 or "OMP_NUM_THREADS" in environ:
        return {}
    threads = str(max(1, int(cpus / workers)))
    return {name: threads for name in THREAD_VARIABLES if name not in environ}
