from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moonpool.plugin.renumbering import renumber

_NAMES = st.lists(st.sampled_from("abcd"), max_size=8)


@given(_NAMES.flatmap(lambda names: st.tuples(st.just(names), st.permutations(names))))
def test_the_same_tests_in_another_order_are_found_in_both_directions(
    pair: tuple[list[str], list[str]],
) -> None:
    ours, theirs = pair
    found = renumber(ours, theirs)
    assert found is not None
    assert [theirs[position] for position in found.outward] == ours
    assert [found.outward[ours_] for ours_ in found.inward] == list(range(len(theirs)))


@given(_NAMES, _NAMES)
def test_other_tests_have_no_place(ours: list[str], theirs: list[str]) -> None:
    assert (renumber(ours, theirs) is None) == (sorted(ours) != sorted(theirs))


def test_a_test_that_was_collected_twice_keeps_its_order() -> None:
    found = renumber(["a", "b", "a"], ["b", "a", "a"])
    assert found is not None
    assert found.outward == (1, 0, 2)
