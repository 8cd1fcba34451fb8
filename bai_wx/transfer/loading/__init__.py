"""Loading: the rows of one table into one collection, checked first and written in short transactions."""
