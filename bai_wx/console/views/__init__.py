"""The console's pages: `record_view` shows any collection, the others what one of them needs."""
