"""Processes that begin with what this one has imported already, forked from a server of their own.

The server is a copy of this process from a moment when little had happened in it: it holds modules,
and no connection, lock, thread or code of the project. Everything that is forked from it starts
from that moment. Where it is not safe, `hindrance` says why; the other modules are Linux only.
"""

from moonpool.forkserver.safety import hindrance

__all__ = ["hindrance"]
