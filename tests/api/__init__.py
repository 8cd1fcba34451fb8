"""Whole requests over real HTTP: every sentence of the contract as a named case."""
