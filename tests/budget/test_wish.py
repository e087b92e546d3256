from __future__ import annotations

import pytest

from moonpool.budget import MOST_WORKERS, Wish, parse_wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("auto", Wish("x")),
        (" auto ", Wish("x")),
        ("4", Wish("x", workers=4)),
        (4, Wish("x", workers=4)),
        ("0", Wish("x", workers=0)),
        (str(MOST_WORKERS), Wish("x", workers=MOST_WORKERS)),
        ("50%", Wish("x", share=0.5)),
        ("12.5 %", Wish("x", share=0.125)),
        ("100%", Wish("x", share=1.0)),
    ],
)
def test_a_wish_is_auto_a_number_or_a_percentage(text: str | int, wish: Wish) -> None:
    assert parse_wish(text, "x") == wish


@pytest.mark.parametrize("text", ["-1", -4, "513", "0%", "101%", "four", "", "1.5", "4 workers"])
def test_anything_else_is_named_with_its_source_and_what_was_expected(text: str | int) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        parse_wish(text, "MOONPOOL_WORKERS")
    assert str(caught.value) == (
        f"MOONPOOL_WORKERS is `{text}`, expected `auto`, a number from 0 to 512, or a percentage "
        "such as `50%`"
    )


def test_only_a_number_is_fixed() -> None:
    assert parse_wish("3", "x").is_fixed
    assert parse_wish("0", "x").is_fixed
    assert not parse_wish("auto", "x").is_fixed
    assert not parse_wish("50%", "x").is_fixed
