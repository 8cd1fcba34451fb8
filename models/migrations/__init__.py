"""The steps of the schema, in order; `models.schema` applies them."""
