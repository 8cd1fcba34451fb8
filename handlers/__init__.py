"""One module a contract file, one function an operationId: call one thing, return a value."""
