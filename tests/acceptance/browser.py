"""Debian's Chromium by its driver, over plain HTTP on loopback; no line leads out."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--proxy-server=127.0.0.1:9",  # nobody answers there
)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver, section 12.1


class Browser:
    """One session."""

    def __init__(self, port: int, options: dict[str, Any]):
        self._base = f"http://127.0.0.1:{port}"
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"performance": "ALL"}}
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{made['sessionId']}"

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        asked = urllib.request.Request(  # noqa: S310 - of the driver
            self._base + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - likewise
            return json.loads(answer.read())["value"]

    def offline(self) -> None:
        """Take the network away."""
        conditions = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        for command, parameters in (("Network.enable", {}), ("Network.emulateNetworkConditions", conditions)):
            self._ask("POST", f"{self._session}/goog/cdp/execute", {"cmd": command, "params": parameters})

    def size(self, width: int, height: int) -> None:
        """The page's own size, as a telephone has it too."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
        command = {"cmd": "Emulation.setDeviceMetricsOverride", "params": screen}
        self._ask("POST", f"{self._session}/goog/cdp/execute", command)

    def open(self, url: str) -> None:
        self._ask("POST", f"{self._session}/url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function of this body gives."""
        return self._ask("POST", f"{self._session}/execute/sync", {"script": script, "args": list(arguments)})

    def click(self, selector: str) -> None:
        """As a person does it: what can't be seen or is covered can't be clicked."""
        found = self._ask("POST", f"{self._session}/element", {"using": "css selector", "value": selector})
        self._ask("POST", f"{self._session}/element/{found[ELEMENT]}/click", {})

    def is_shown(self, selector: str) -> bool:
        """Whether something of it is there and to be seen."""
        found = self._ask("POST", f"{self._session}/elements", {"using": "css selector", "value": selector})
        return any(self._ask("GET", f"{self._session}/element/{item[ELEMENT]}/displayed") for item in found)

    def wait(self, script: str, seconds: float = 40.0) -> Any:
        """Until it gives something."""
        deadline = time.monotonic() + seconds
        while not (found := self.run(script)):
            assert time.monotonic() < deadline, script
            time.sleep(0.05)
        return found

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._ask("GET", f"{self._session}/screenshot")))

    def asked_for(self) -> list[str]:
        """The addresses that were asked for since the last time."""
        rows = self._ask("POST", f"{self._session}/se/log", {"type": "performance"})
        messages = [json.loads(row["message"])["message"] for row in rows]
        wanted = (item["params"] for item in messages if item["method"] == "Network.requestWillBeSent")
        return [item["request"]["url"] for item in wanted]

    def close(self) -> None:
        self._ask("DELETE", self._session)


@contextmanager
def browsers(folder: Path, fonts: Path) -> Iterator[Callable[..., Browser]]:
    """`start(scripts=True)`: browsers with profiles of their own, and with fonts besides the machine's.

    Args:
        folder: for profiles.
    """
    for name in ("chromium", "chromedriver"):
        assert shutil.which(name), f"{name} is missing: Debian's chromium and chromium-driver"
    log = folder / "driver.log"
    home = folder / "home"
    home.mkdir()
    with log.open("wb") as out:
        driver = subprocess.Popen(
            ["chromedriver", "--port=0"],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={"PATH": "/usr/bin:/bin", "HOME": str(home), "XDG_DATA_HOME": str(fonts)},
        )
    started: list[Browser] = []
    try:
        deadline = time.monotonic() + 30
        while b"started successfully on port " not in (said := log.read_bytes()):
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
        port = int(said.rpartition(b"on port ")[2].split(b".")[0])

        def start(*, scripts: bool = True) -> Browser:
            profile = folder / f"profile-{len(started)}"
            options: dict[str, Any] = {
                "binary": shutil.which("chromium"),
                "args": [*ARGUMENTS, f"--user-data-dir={profile}"],
            }
            if not scripts:
                options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
            started.append(Browser(port, options))
            started[-1].offline()
            return started[-1]

        yield start
    finally:
        for item in started:
            item.close()
        driver.terminate()
        driver.wait(30)
