from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moonpool.machine import machine_class

if TYPE_CHECKING:
    from pathlib import Path

X86 = """\
processor\t: 0
vendor_id\t: AuthenticAMD
model name\t: AMD EPYC  7763 64-Core Processor

processor\t: 1
model name\t: something else
"""
ARM = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n"


@pytest.mark.parametrize(
    ("cpuinfo", "expected"),
    [
        (X86, "m AMD EPYC 7763 64-Core Processor"),
        (ARM, "m 0x41 0xd40"),
        ("", "m"),
        ("nonsense", "m"),
        (None, "m"),
    ],
)
def test_a_class_is_the_architecture_and_the_first_cpus_model(
    tmp_path: Path, cpuinfo: str | None, expected: str
) -> None:
    if cpuinfo is not None:
        (tmp_path / "proc").mkdir()
        (tmp_path / "proc/cpuinfo").write_text(cpuinfo)
    assert machine_class(root=tmp_path, architecture="m") == expected


def test_this_machine_has_a_class() -> None:
    assert machine_class()
    assert machine_class() == machine_class()
