"""The steps of the schema, in order; `bai_wx.process.schema` applies them."""
