"""The attacks of the OWASP API Security Top 10 (2023), a file each. docs/security.md names them."""
