"""Each worker has its own values, and no two live ones share a port or a folder."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from moonpool.environment import WorkerPlace, check_templates, claim_namespace, expand, open_place
from moonpool.environment.claims import claim
from moonpool.environment.ports import reserve_port
from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HOLD = """
import sys
from moonpool.environment.claims import claim
held = claim(sys.argv[1], named_sockets=sys.argv[2] == "True")
print(held is not None, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place() -> Iterator[WorkerPlace]:
    opened = open_place("gw3", "test-of-environment")
    yield opened
    opened.close()


@pytest.mark.parametrize("named_sockets", [sys.platform == "linux", False])
def test_a_word_is_held_until_its_holder_is_killed(named_sockets: bool) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, "a-word", str(named_sockets)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert claim("a-word", named_sockets=named_sockets) is None
        holder.kill()
    held = claim("a-word", named_sockets=named_sockets)
    assert held is not None
    held.close()


def test_a_reserved_port_is_free_for_its_owner_and_nobody_elses() -> None:
    port, held = reserve_port("a wish")
    other, held_too = reserve_port("a wish")
    assert other != port
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.listen()
    held.close()
    held_too.close()


def test_a_port_in_use_is_passed_over() -> None:
    port, held = reserve_port("another wish")
    held.close()
    with socket.socket() as server:
        server.bind(("", port))
        server.listen()
        next_port, held = reserve_port("another wish")
        held.close()
    assert next_port != port


def test_ports_lie_below_the_kernels_own(tmp_path: Path) -> None:
    file = tmp_path / "proc/sys/net/ipv4/ip_local_port_range"
    file.parent.mkdir(parents=True)
    file.write_text("20100\t60999\n")
    found = [reserve_port(f"wish {number}", root=tmp_path) for number in range(9)]
    assert len({port for port, _ in found}) == 9
    assert all(20000 <= port < 20100 for port, _ in found)
    for _, held in found:
        held.close()


def test_without_a_free_port_it_says_so() -> None:
    with pytest.raises(MoonpoolError, match=r"no port between 20000 and [0-9]+ is free") as caught:
        reserve_port("x", claim=lambda _word: None)
    assert caught.value.slug == "ports"


def test_runs_of_one_checkout_have_namespaces_of_their_own() -> None:
    first, held = claim_namespace("app", "/checkout")
    second, held_too = claim_namespace("app", "/checkout")
    assert held is not None
    assert held_too is not None
    assert second == f"{first}-2"
    assert claim_namespace("app", "/checkout", wanted="ci") == ("ci", None)
    held.close()
    held_too.close()
    again, held = claim_namespace("app", "/checkout")
    assert again == first
    assert held is not None
    held.close()


def test_placeholders_are_filled(place: WorkerPlace) -> None:
    told = expand(
        {
            "A": "redis://h/{index}",
            "B": "{namespace}:{worker}",
            "C": "{port} {port} {port:mail}",
            "D": "{tmp}/x",
            "E": "{{index}}",
        },
        place,
    )
    first, again, mail = told["C"].split()
    assert told["A"] == "redis://h/3"
    assert told["B"] == "test-of-environment:gw3"
    assert first == again == str(place.port())
    assert mail == str(place.port("mail")) != first
    assert told["D"] == f"{place.tmp}/x"
    assert told["E"] == "{index}"


def test_the_only_process_has_a_name_and_a_number_too() -> None:
    place = open_place(None, "test-of-environment")
    assert (place.worker, place.index) == ("main", 0)
    place.close()


def test_a_workers_folder_begins_empty_and_goes_with_it(place: WorkerPlace) -> None:
    (place.tmp / "left").touch()
    again = open_place("gw3", "test-of-environment")
    assert again.tmp == place.tmp
    assert list(again.tmp.iterdir()) == []
    again.close()
    assert not again.tmp.exists()


@pytest.mark.parametrize("wrong", ["{wroker}", "{index:2}", "{}"])
def test_an_unknown_placeholder_is_an_error(wrong: str) -> None:
    with pytest.raises(MoonpoolError) as caught:
        check_templates({"A": f"x{wrong}"})
    assert f"unknown placeholder `{wrong}`, expected one of `{{worker}}`" in caught.value.message
