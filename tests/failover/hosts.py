"""Where database nodes run: on 127.0.0.1, or in network namespaces, whose cables can be pulled."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

TIMEOUT_S = 20
NETWORK = "198.18.19"  # of RFC 2544's test networks, which nobody routes


@dataclass(frozen=True)
class Host:
    """An address, the words before a command that make it run there, and the switch it is plugged into."""

    address: str
    entering: tuple[str, ...] = ()
    switch: str = ""
    port: str = ""

    def cut_off(self) -> None:
        """Pull its cable: nothing it sends arrives anywhere, nothing is refused."""
        _ip("-n", self.switch, "link", "set", self.port, "down")

    def plug_in(self) -> None:
        """Put the cable back."""
        _ip("-n", self.switch, "link", "set", self.port, "up")


LOOPBACK = Host("127.0.0.1")


@dataclass(frozen=True)
class Network:
    """This machine and two others, as far as they know."""

    here: Host
    nodes: tuple[Host, Host]


BESIDE = Network(LOOPBACK, (LOOPBACK, LOOPBACK))
"""All on 127.0.0.1, where no cable can be pulled."""


def why_not() -> str:
    """Why no network can be made here. Returns: an empty text where it can."""
    if os.geteuid() != 0:
        return "network namespaces are made by root alone"
    if shutil.which("ip") is None:
        return "the program ip is missing: apt-get install iproute2"
    name = f"bai-wx-{os.getpid()}-try"
    made = _run("netns", "add", name)
    if made.returncode:
        return f"no network namespace may be made here: {made.stderr.strip()}"
    bridge = _run("-n", name, "link", "add", "bridge", "type", "bridge")
    _ip("netns", "del", name)
    return f"no bridge may be made here: {bridge.stderr.strip()}" if bridge.returncode else ""


@contextmanager
def separate() -> Iterator[Network]:
    """Two namespaces and a switch between them and us, which is a third: no firewall of ours is in the way."""
    pid = os.getpid()
    switch = f"bai-wx-{pid}-switch"
    with ExitStack() as stack:
        _namespace(switch, stack)
        _ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        _ip("-n", switch, "link", "set", "bridge", "up")
        ours = f"bw{pid}"
        _ip("link", "add", ours, "type", "veth", "peer", "name", "port-0", "netns", switch)
        stack.callback(_run, "link", "del", ours)
        _plug("port-0", switch)
        _ip("address", "add", f"{NETWORK}.1/24", "dev", ours)
        _ip("link", "set", ours, "up")
        nodes = [_node(number, switch, stack) for number in (1, 2)]
        yield Network(Host(f"{NETWORK}.1"), (nodes[0], nodes[1]))


def _node(number: int, switch: str, stack: ExitStack) -> Host:
    name, port, address = f"{switch}-{number}", f"port-{number}", f"{NETWORK}.{number + 10}"
    _namespace(name, stack)
    _ip("-n", name, "link", "set", "lo", "up")
    cable = ("eth0", "type", "veth", "peer", "name", port, "netns", switch)
    _ip("-n", name, "link", "add", *cable)
    _plug(port, switch)
    _ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
    _ip("-n", name, "link", "set", "eth0", "up")
    return Host(address, ("ip", "netns", "exec", name), switch, port)


def _namespace(name: str, stack: ExitStack) -> None:
    _ip("netns", "add", name)
    stack.callback(_run, "netns", "del", name)


def _plug(port: str, switch: str) -> None:
    _ip("-n", switch, "link", "set", port, "master", "bridge")
    _ip("-n", switch, "link", "set", port, "up")


def _ip(*words: str) -> None:
    done = _run(*words)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["ip", *words], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
