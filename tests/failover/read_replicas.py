"""A primary with standbys that are read from, and confirm nothing."""

from pathlib import Path
from typing import Self

from tests.failover.cluster import DATABASE, Cluster, Node

REPLICAS = 2


class ReadReplicas(Cluster):
    """A primary and two standbys, in a folder of their own that goes with them."""

    def __init__(self) -> None:
        super().__init__(synchronous=False, standby=False)
        self.replicas: list[Node] = []

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            for number in range(1, REPLICAS + 1):
                self._add(Node(f"replica-{number}", self._folder))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.replicas:
            node.kill()
        super().__exit__()

    @property
    def address(self) -> str:
        """The address of the primary."""
        return self._address(self.primary)

    @property
    def reads(self) -> str:
        """The address of the standbys."""
        return self._address(*self.replicas)

    def log_of(self, node: Node) -> str:
        """What a node wrote to its log."""
        return Path(node.log).read_text(errors="replace")

    def _address(self, *nodes: Node) -> str:
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in nodes)
        return f"postgresql://postgres@{hosts}/{DATABASE}"

    def _add(self, node: Node) -> None:
        self.replicas.append(node)
        source = (
            f"host=127.0.0.1 port={self.primary.port} user=postgres application_name={node.name}"
        )
        copy = ["-D", str(node.data), "-d", source, "-R", "-X", "stream", "-c", "fast"]
        node.run("pg_basebackup", *copy)
        node.start()
        self.primary.await_true(
            f"SELECT 1 FROM pg_stat_replication WHERE application_name = '{node.name}'"  # ours
        )


def replayed(primary: Node, replica: Node) -> None:
    """Wait until a replica shows what the primary has committed."""
    ((position,),) = primary.ask("SELECT pg_current_wal_flush_lsn()::text")
    replica.await_true(f"SELECT 1 WHERE pg_last_wal_replay_lsn() >= '{position}'")
