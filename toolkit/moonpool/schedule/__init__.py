"""The order of test files, and who runs which: pure decisions."""

from moonpool.schedule.bound import Binding, Bound, lower_bound
from moonpool.schedule.dispatch import Dispatch, Step
from moonpool.schedule.growth import worthwhile_workers
from moonpool.schedule.order import longest_first
from moonpool.schedule.simulate import Simulation, simulate
from moonpool.schedule.split import split_units
from moonpool.schedule.unit import Unit, file_of, form_units, group_of, scope_of
from moonpool.schedule.verdict import advice, verdict

__all__ = [
    "Binding",
    "Bound",
    "Dispatch",
    "Simulation",
    "Step",
    "Unit",
    "advice",
    "file_of",
    "form_units",
    "group_of",
    "longest_first",
    "lower_bound",
    "scope_of",
    "simulate",
    "split_units",
    "verdict",
    "worthwhile_workers",
]
