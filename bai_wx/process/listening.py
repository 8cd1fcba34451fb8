"""Binds the addresses that a server listens on. It imports next to nothing: the supervisor needs it, too."""

import socket
import sys

UNSENT_BYTES = 128 * 1024  # of one connection, in the kernel
BACKLOG = 2048


def bound(host: str, port: int) -> socket.socket:
    """Take an address; nobody can connect yet. Children inherit the socket. Raises: `ListenError`."""
    try:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as exc:  # the machine has no IPv6, say
        raise ListenError(host, port, exc) from exc
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, UnicodeError) as exc:
        listener.close()
        raise ListenError(host, port, exc) from exc
    listener.set_inheritable(True)
    if sys.platform == "linux":
        # Connections inherit it. The kernel would keep megabytes for each client who does not read, and
        # tell of one who reads slowly only after a third of them.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    return listener


def listen(listener: socket.socket, host: str, port: int) -> None:
    """Let clients connect. Raises: `ListenError`."""
    try:
        listener.listen(BACKLOG)
    except OSError as exc:  # another one was quicker
        raise ListenError(host, port, exc) from exc


def listening(host: str, port: int) -> int:
    """Listen on an address. Returns: the descriptor. Raises: `ListenError`."""
    with bound(host, port) as listener:  # closed by whatever fails
        listen(listener, host, port)
        return listener.detach()


class ListenError(Exception):
    """An address cannot be listened on. The message says which, and why."""

    def __init__(self, host: str, port: int, problem: Exception) -> None:
        said = problem.strerror if isinstance(problem, OSError) else problem
        super().__init__(f"cannot listen on {host}:{port}: {said}")
