"""`bai-wx scaffold`: what the contract declares and the code lacks, written as text.

`names` refuses before anything is written, `tree` says what is there. A collection without a model gets one
(`model`), a migration (`migration`) and PocketBase's copy for the conformance (`peer`); an operation without
a function gets its function (`native`, or a `stubs` that answers 501), a test row (`rows`) and its line on
docs/api.md (`page`). `writer` puts the texts into their files; `formatting` has ruff sort and format them.
"""
