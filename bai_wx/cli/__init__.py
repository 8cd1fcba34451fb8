"""The commands of `bai-wx`, a module a subject."""
