"""Fixtures for the tests of programs that use this SDK."""
