"""Rows that come in as a file, and rows that go out as one."""
