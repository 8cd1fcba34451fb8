"""What the pages of orders, customers and carts read. It knows nothing of HTTP."""
