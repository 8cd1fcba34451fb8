"""The data key replaced twice under clients who write their numbers: none is unreadable, none is lost."""

import json
import threading
from pathlib import Path

from tests.databases import without_sql
from tests.running import Client, Server

CLIENTS = 4
PROFILE = "/wechat/profile"


@without_sql
def test_numbers_are_readable_throughout(tmp_path: Path) -> None:
    """Two workers and four clients; each answer has the number that its client has just written."""
    with Server(tmp_path / "home", workers=2, BAI_WX_DATA_KEY="") as server:
        wrong: list[tuple[str, str]] = []
        written = [0] * CLIENTS
        stop = threading.Event()

        def write(place: int, client: Client) -> None:
            while not stop.is_set():
                written[place] += 1
                phone = f"139{place:02d}{written[place]:06d}"
                said = client.data(PROFILE, {"users_phone": phone})["user"]["users_phone"]
                if said != phone:
                    wrong.append((phone, said))

        clients = [Client(server.url).login(f"rotated-{n}") for n in range(CLIENTS)]
        threads = [threading.Thread(target=write, args=each) for each in enumerate(clients)]
        for thread in threads:
            thread.start()
        try:
            rotated = [server.command("data-key", "rotate", "--json").stdout for _ in range(2)]
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        keys = [json.loads(each)["key"] for each in rotated]
        print(f"{sum(written)} numbers written during two rotations, {len(wrong)} wrong")
        assert wrong == []
        assert min(written) > 0
        held = server.rows("SELECT users_phone FROM tbl_auth_users WHERE users_phone != ''")
        assert {row["users_phone"].split(":")[1] for row in held} == {keys[-1]}
        for place, client in enumerate(clients):
            user = client.data(PROFILE, {})["user"]
            assert user["users_phone"] == f"139{place:02d}{written[place]:06d}"
        assert "Traceback" not in server.log
