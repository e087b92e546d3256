"""The names under which the parts of the pytest door find one another."""

from __future__ import annotations

__all__ = [
    "ASKS",
    "CONTROLLER",
    "COVERAGE_CONTEXTS",
    "COVERAGE_FOLDER",
    "COVERAGE_PROJECT",
    "GROUPS",
    "LAUNCH",
    "MEASURES",
    "NAMESPACE",
    "PREPARED",
    "RECORDER",
    "REFUSALS",
    "WORKER_ID",
]

# Names in pytest's plugin manager.
LAUNCH = "moonpool-launch"
CONTROLLER = "moonpool-controller"
RECORDER = "moonpool-recorder"
REFUSALS = "moonpool-refusals"

# Set by pytest-xdist in each worker's environment before pytest is configured there.
WORKER_ID = "PYTEST_XDIST_WORKER"

# Set by the controller in `workerinput`: the worker may ask for its next test when it must know it.
ASKS = "moonpool_asks"

# Set by the controller in `workerinput`: the worker tells the `xdist_group` of each test.
GROUPS = "moonpool_groups"

# Set by the controller in `workerinput`: the worker measures what its test files cost.
MEASURES = "moonpool_measures"

# Set by the controller for its workers: the folder that takes each process's coverage data, and
# the project whose configuration says what is measured, and whether by test.
COVERAGE_FOLDER = "MOONPOOL_COVERAGE_FOLDER"
COVERAGE_PROJECT = "MOONPOOL_COVERAGE_PROJECT"
COVERAGE_CONTEXTS = "MOONPOOL_COVERAGE_CONTEXTS"

# Set in the process whose database URLs have been rewritten, so that a pytest started by one of
# its tests does not rewrite them again.
PREPARED = "MOONPOOL_PREPARED"

# Set by the controller for its workers: the word that tells this run's things apart.
NAMESPACE = "MOONPOOL_WORKER_NAMESPACE"
