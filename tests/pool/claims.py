"""Claims and capacities as hypothesis draws them."""

from __future__ import annotations

from hypothesis import strategies as st

from moonpool.pool import Capacity, Claim

__all__ = ["capacities", "claim_lists", "plain_claim_lists"]

capacities = st.builds(
    Capacity,
    cpus=st.sampled_from([0.5, 1.0, 1.5, 2.0, 4.0, 7.5, 16.0]),
    memory_bytes=st.none() | st.integers(1, 4000),
)
_since = st.none() | st.floats(0, 100, allow_nan=False)
_claims = st.builds(
    Claim,
    id=st.text("abcdefgh", min_size=1, max_size=3),
    weight=st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0, 1.3, 2.0, 8.0]),
    worker_bytes=st.sampled_from([0, 1, 100, 700, 1500, 9000]),
    wanted=st.integers(0, 12),
    held=st.integers(0, 6),
    floor=st.integers(0, 1),
    since=_since,
    own_bytes=st.sampled_from([0, 50, 400]),
    firm_bytes=st.booleans(),
)
claim_lists = st.lists(_claims, max_size=8, unique_by=lambda claim: claim.id)

# Workers of one CPU and no bytes, all of whom nobody has yet.
plain_claim_lists = st.lists(
    st.builds(
        Claim,
        id=st.text("abcdefgh", min_size=1, max_size=3),
        weight=st.just(1.0),
        worker_bytes=st.just(0),
        wanted=st.integers(0, 12),
        held=st.just(0),
        floor=st.integers(0, 1),
        since=_since,
        own_bytes=st.just(0),
    ),
    max_size=8,
    unique_by=lambda claim: claim.id,
)
