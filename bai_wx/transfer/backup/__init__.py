"""Backups of a shop: one archive with its database and its uploaded files, made while it serves."""
