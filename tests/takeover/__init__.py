"""Taking over from PocketBase, with directories that its real binaries of four versions made."""
