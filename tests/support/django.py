"""A stand-in for pytest-django, which registers itself in every suite of its environment."""

from __future__ import annotations

__all__ = ["DJANGO_PLUGIN", "WITH_SETTINGS"]

DJANGO_PLUGIN = """
def pytest_addoption(parser):
    parser.addini("DJANGO_SETTINGS_MODULE", "")
"""
# Of a suite that is Django's; without it the plugin does nothing.
WITH_SETTINGS = ("-p", "django", "-o", "DJANGO_SETTINGS_MODULE=site.settings")
