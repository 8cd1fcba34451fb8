"""The pages for people: `/`, and `/pb/docs`. Imported when the first of them is asked for."""
