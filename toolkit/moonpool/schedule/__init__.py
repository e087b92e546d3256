"""The order of test files, and who runs which: pure decisions."""

from moonpool.schedule.bound import Binding, Bound, lower_bound
from moonpool.schedule.dispatch import Dispatch, Step
from moonpool.schedule.growth import worthwhile_workers
from moonpool.schedule.order import longest_first
from moonpool.schedule.simulate import Simulation, simulate
from moonpool.schedule.unit import Unit, file_of, form_units, scope_of
from moonpool.schedule.verdict import verdict

__all__ = [
    "Binding",
    "Bound",
    "Dispatch",
    "Simulation",
    "Step",
    "Unit",
    "file_of",
    "form_units",
    "longest_first",
    "lower_bound",
    "scope_of",
    "simulate",
    "verdict",
    "worthwhile_workers",
]
