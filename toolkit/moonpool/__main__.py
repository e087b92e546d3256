"""The `moonpool` program: goes through the pytest door for `moonpool test`, else through click's.

`moonpool test` must cost no more than `pytest` and must *be* pytest for whoever signals it (moon
signals only its direct child), so it starts no second process and imports nothing of click.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> int:
    """Run the command line of this process and return its exit code."""
    words = sys.argv[1:]
    if words[:1] == ["test"] and words[1:2] not in (["--help"], ["-h"]):
        from moonpool.plugin.launch import become_pytest

        return become_pytest(words[1:])
    from moonpool.cli.group import run

    return run(words)


if __name__ == "__main__":
    sys.exit(main())
