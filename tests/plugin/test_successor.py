from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from moonpool.plugin.successor import Successor, known

if TYPE_CHECKING:
    import pytest

_SESSION = cast("pytest.Session", SimpleNamespace(path=Path("root"), nodeid=""))


class _Item:
    path = Path("test_a.py")

    def listchain(self) -> list[int]:
        return [1, 2]


def _successor(item: _Item | None) -> tuple[Successor, list[str]]:
    asked: list[str] = []

    def find() -> pytest.Item | None:
        asked.append("asked")
        return cast("pytest.Item | None", item)

    return Successor(find, _SESSION), asked


def test_nothing_is_asked_before_somebody_looks() -> None:
    successor, asked = _successor(_Item())
    assert repr(successor) == "<successor, not known yet>"
    assert successor == successor
    assert asked == []


def test_it_is_found_once_and_then_behaves_as_the_item() -> None:
    item = _Item()
    successor, asked = _successor(item)
    assert successor
    assert successor.listchain() == [1, 2]
    assert successor.path == Path("test_a.py")
    assert successor == item
    assert [object(), item].index(successor) == 1
    assert hash(successor) == hash(item)
    assert isinstance(cast("object", successor), _Item)
    assert cast("object", known(successor)) is item
    assert repr(successor) == f"<successor {item!r}>"
    assert asked == ["asked"]


def test_when_nothing_follows_it_is_false_and_in_no_file() -> None:
    successor, asked = _successor(None)
    assert not successor
    assert successor.path == Path("root")
    assert successor.nodeid == ""
    assert not isinstance(cast("object", successor), _Item)
    assert known(successor) is None
    assert asked == ["asked"]
