"""The one error of backups."""


class BackupRefused(Exception):
    """A backup cannot be made, read or restored. The message is one line and says what would be right."""
