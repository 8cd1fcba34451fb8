"""The console at `/console`: web pages for the people who run the shop."""
