"""The first code that runs in a worker: measuring begins, then pytest-xdist's own module runs.

execnet sends this file's source to the worker and runs it there with a global `channel`; pytest
and the project's plugins have not been imported yet.
"""

if __name__ == "__channelexec__":
    import runpy
    from importlib.util import find_spec
    from pathlib import Path

    from moonpool.plugin.worker import begin, finish

    begin()
    # Looking for `xdist.remote` itself would import the package before pytest can rewrite it.
    xdist = find_spec("xdist")
    assert xdist is not None
    assert xdist.origin is not None
    given = {"channel": channel}  # type: ignore[name-defined]  # noqa: F821 (set by execnet)
    remote = Path(xdist.origin).with_name("remote.py")
    runpy.run_path(str(remote), init_globals=given, run_name="__channelexec__")
    finish()
