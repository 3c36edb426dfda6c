"""The layout holds: channel folders are complete, locks are clean, nothing of a machine is committed."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOUBLES_AND_DOORS = {"__pycache__"}


def test_every_channel_folder_is_complete() -> None:
    folders = [
        p for p in (ROOT / "channels").iterdir() if p.is_dir() and p.name not in DOUBLES_AND_DOORS
    ]
    assert folders
    for folder in folders:
        names = {path.name for path in folder.glob("*.py")}
        assert {"parse.py", "send.py", "channel.py"} <= names, folder.name
        assert list((ROOT / "tests/payloads" / folder.name).iterdir()), folder.name


def test_locks_have_hashes_and_no_addresses() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|index-url|find-links", text), lock.name


def test_distributions_that_would_overwrite_us_are_never_locked() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        names = re.findall(r"^([A-Za-z0-9_.-]+)==", lock.read_text(), re.MULTILINE)
        assert len(names) > 20
        assert not {"channels", "openai-agents", "agents"} & {name.lower() for name in names}


def test_the_portals_locks_have_hashes_and_no_registry() -> None:
    packages = (ROOT / "portal/package-lock.json").read_text()
    assert '"integrity"' in packages
    assert '"resolved"' not in packages
    node = (ROOT / "portal/node.lock").read_text()
    assert "--hash=sha256:" in node
    assert "://" not in node


def test_no_path_of_a_machine_is_in_a_tracked_file() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    wanted = re.compile("|".join(("/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/[a-z]")))
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if (
            path.suffix
            in {".py", ".md", ".toml", ".yaml", ".in", ".lock", ".ts", ".tsx", ".json", ""}
            and path.is_file()
        ):
            assert not wanted.search(path.read_text(encoding="utf-8", errors="ignore")), name


def test_no_two_test_files_have_one_name() -> None:
    """Python could not tell them apart when all of them run."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
