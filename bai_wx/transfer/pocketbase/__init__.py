"""Taking over the data of a PocketBase: its folder is read, its rows become those of our collections."""
