"""Databases on a MySQL or MariaDB server."""
