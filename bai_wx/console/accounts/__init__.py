"""Who may enter the console: operators, their passwords and second factors, sessions, logins."""
