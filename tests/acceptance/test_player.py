"""Ladders in a real browser: every rung, every language, a seek, to the end, without an error.

By hand: `pytest -m acceptance tests/acceptance/test_player.py`. Needs Debian's `chromium` and `npm` (for hls.js).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, ClassVar

import pytest

from pipeline import shipped
from pipeline.model.capability import Capability
from tests.conftest import Showcase
from tests.ladders import FAST, made

pytestmark = pytest.mark.acceptance

PAGE = """<!doctype html><meta charset="utf-8"><title>player</title>
<video muted playsinline width="640"></video><script src="/hls.js"></script><script>
const video = document.querySelector("video"), url = new URLSearchParams(location.search).get("url");
const wait = (target, name, seconds = 60) => new Promise((done, fail) => {
  const late = setTimeout(() => fail(new Error("no " + name)), seconds * 1000);
  target.addEventListener(name, () => { clearTimeout(late); done(); }, {once: true});
});
const heard = (hls, name) => new Promise((done, fail) => {
  const late = setTimeout(() => fail(new Error("no " + name)), 20000);
  hls.once(name, (_, data) => { clearTimeout(late); done(data); });
});
async function watch(level, act) {
  const hls = new Hls({startLevel: level}), errors = [];
  hls.on(Hls.Events.ERROR, (_, data) => {  // a load that it gives up by itself when told to switch is none
    const why = data.details + " " + (data.reason || data.error);
    if (data.details !== Hls.ErrorDetails.INTERNAL_ABORTED) errors.push(why);
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  await heard(hls, Hls.Events.MANIFEST_PARSED);
  hls.currentLevel = level;
  await heard(hls, Hls.Events.FRAG_BUFFERED);
  await video.play();
  const more = act ? await act(hls) : {};
  video.playbackRate = 4;
  if (!video.ended) await wait(video, "ended");
  const made = {
    level, width: video.videoWidth, height: video.videoHeight, duration: video.duration, errors, ...more,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    audio: hls.audioTracks.map(track => track.lang), texts: hls.subtitleTracks.map(track => track.lang),
    begins: video.buffered.length ? video.buffered.start(0) : null, parts: video.buffered.length,
  };
  hls.destroy();
  return made;
}
(async () => {
  const results = [];
  try {
    const probe = new Hls();
    probe.loadSource(url);
    const {levels} = await heard(probe, Hls.Events.MANIFEST_PARSED);
    const sounds = probe.allAudioTracks.length, texts = probe.allSubtitleTracks.length;
    probe.destroy();
    for (let level = 0; level < levels.length; level++) results.push(await watch(level));
    for (let sound = 1; sound < sounds; sound++) results.push(await watch(0, async hls => {
      const switched = heard(hls, Hls.Events.AUDIO_TRACK_SWITCHED);
      hls.audioTrack = sound;
      return {switched: (await switched).id};
    }));
    for (let text = 0; text < texts; text++) results.push(await watch(0, async hls => {
      hls.subtitleTrack = text;
      hls.subtitleDisplay = true;
      await heard(hls, Hls.Events.SUBTITLE_FRAG_PROCESSED);
      const track = [...video.textTracks].find(item => item.mode === "showing"), cues = [...track.cues];
      return {text, cues: cues.map(cue => [cue.startTime, cue.endTime, cue.text]), spoken: track.language};
    }));
    results.push(await watch(0, async () => {
      video.currentTime = video.duration * 0.6;
      await wait(video, "seeked");
      return {sought: video.currentTime};
    }));
    results.push(await watch(0, async hls => {
      await new Promise(done => setTimeout(done, 1000));
      const switched = heard(hls, Hls.Events.LEVEL_SWITCHED);
      hls.nextLevel = levels.length - 1;
      return {switchedLevel: (await switched).level};
    }));
  } catch (error) { results.push({fatal: String(error)}); }
  fetch("/report", {method: "POST", body: JSON.stringify(results)});
})();
</script>"""
SEEK_BAR = """<!doctype html><meta charset="utf-8"><title>seek bar</title><link rel="stylesheet" href="/plyr.css">
<video playsinline width="640" src="/film.mp4"></video><script src="/plyr.js"></script><script>
(async () => {
  const found = [];
  try {
    const previewThumbnails = {enabled: true, src: "/sprite.vtt"};
    const player = new Plyr("video", {previewThumbnails, muted: true, iconUrl: ""});
    await new Promise(done => player.on("ready", done));
    for (let tries = 0; !player.duration || !player.previewThumbnails?.loaded; tries++) {
      if (tries > 100) throw new Error("no thumbnails");
      await new Promise(done => setTimeout(done, 100));
    }
    for (const share of [0.1, 0.5, 0.9]) {
      const bar = document.querySelector(".plyr__progress"), box = bar.getBoundingClientRect();
      const at = {bubbles: true, clientX: box.left + share * box.width, clientY: box.top + 2, pageX: box.left};
      bar.dispatchEvent(new MouseEvent("mouseenter", at));
      bar.dispatchEvent(new MouseEvent("mousemove", at));
      await new Promise(done => setTimeout(done, 800));
      const thumb = document.querySelector(".plyr__preview-thumb"), image = thumb.querySelector("img");
      found.push({shown: thumb.classList.contains("plyr__preview-thumb--is-shown"), image: image.src.split("/").pop(),
                  whole: image.naturalWidth, left: image.style.left, top: image.style.top,
                  time: thumb.querySelector(".plyr__preview-thumb__time-container").textContent});
    }
  } catch (error) { found.push({fatal: String(error)}); }
  fetch("/report", {method: "POST", body: JSON.stringify(found)});
})();
</script>"""
TIMES = (("00:01", "00:02"), ("00:09", "00:10"), ("00:17", "00:18"))  # at 10, 50 and 90 % of 20 s
WORDS = {"zho": "棉田在风里起伏", "uig": "كېۋەزلىك شامالدا دولقۇنلايدۇ.", "kaz": "Мақта алқабы желмен толқиды"}
# hls.js counts a transport stream from its first decoding time: it finds the film two pictures later, and jumps there
AT_START = ("bufferAppendNoProgress", "bufferSeekOverHole fragment loaded with buffer holes, seeking from 0 to 0.")
TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".m4s": "video/iso.segment", ".vtt": "text/vtt", ".ts": "video/mp2t"}


class Site(SimpleHTTPRequestHandler):
    """The ladder, the player's page, and where it reports."""

    extensions_map: ClassVar = {**SimpleHTTPRequestHandler.extensions_map, **TYPES}
    reports: ClassVar[Queue[Any]] = Queue()

    def do_POST(self) -> None:
        self.reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def players(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `hls.js` and `plyr`, two players of the web."""
    folder = tmp_path_factory.mktemp("npm")
    npm = shutil.which("npm")
    assert npm, "Debian package npm is missing"
    wanted = ["hls.js@1", "plyr@3"]
    subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund", *wanted], cwd=folder, check=True, timeout=300
    )
    for name in ("hls.js/dist/hls.js", "plyr/dist/plyr.js", "plyr/dist/plyr.css"):
        shutil.copy(folder / "node_modules" / name, folder)
    return folder


Play = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def play(players: Path, tmp_path: Path) -> Iterator[Play]:
    """`play(folder)`: what the page reports that plays the ladder in a folder."""
    chromium = shutil.which("chromium")
    assert chromium, "Debian package chromium is missing"
    started: list[ThreadingHTTPServer] = []

    def watch(folder: Path, page: str = PAGE) -> list[dict[str, Any]]:
        (folder / "player.html").write_text(page)
        for name in ("hls.js", "plyr.js", "plyr.css"):
            shutil.copy(players / name, folder)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=str(folder)))
        started.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/player.html?url=/master.m3u8"
        browser = subprocess.Popen(
            [
                chromium,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--mute-audio",
                "--no-first-run",
                "--autoplay-policy=no-user-gesture-required",
                f"--user-data-dir={tmp_path / 'profile'}",
                url,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            found: list[dict[str, Any]] = Site.reports.get(timeout=300)
        finally:
            browser.terminate()
            browser.wait(30)
        return found

    yield watch
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("profile", ["hls", "hls-ts"])
def test_every_rung_and_language_plays_to_the_end(
    profile: str,
    lavfi: Callable[..., Path],
    ffmpeg: Path,
    able: Capability,
    tmp_path: Path,
    play: Play,
) -> None:
    source = lavfi(
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=640x360:r=25:d=20",
        "-f",
        "lavfi",
        "-i",
        "sine=f=500:r=48000:d=20",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-threads",
        "1",
        "-c:a",
        "aac",
    )
    (tmp_path / "made").mkdir()
    folder = made(source, tmp_path / "made", ffmpeg, able, profile, FAST, ("zho", "uig"), WORDS)
    found = play(folder)
    print(json.dumps(found, indent=1))
    assert not [row for row in found if "fatal" in row]
    errors = [word for row in found for word in row["errors"]]
    assert not [word for word in errors if profile == "hls" or not word.startswith(AT_START)]
    assert {(row["width"], row["height"]) for row in found[:2]} == {(640, 360), (416, 234)}
    assert all(row["frames"] >= 450 for row in found[:3])  # a busy machine drops some at four times the pace
    late = 0.05 if profile == "hls" else 0.1  # see AT_START
    assert all(abs(row["duration"] - 20) < late for row in found)
    assert all(row["audio"] == ["zh", "ug"] for row in found)
    assert found[2]["switched"] == 1
    shown = {row["spoken"]: row["cues"] for row in found if "cues" in row}
    assert list(shown) == ["zh", "ug", "kk"]
    for cues, text in zip(shown.values(), WORDS.values(), strict=True):
        assert [words.strip("\u202b\u202c") for _, _, words in cues] == [text, text]
        times = [time for begins, ends, _ in cues for time in (begins, ends)]
        assert all(abs(time - then) < late for time, then in zip(times, (1, 4, 5, 14), strict=True))
    assert abs(found[-2]["sought"] - 12) < 0.1
    assert found[-1]["switchedLevel"] == 1


@pytest.mark.usefixtures("served")
def test_the_sample_in_languages_plays_to_the_end(showcase: Showcase, tmp_path: Path, play: Play) -> None:
    """As it is shipped, by the shipped set: every rung, both languages, three of subtitles."""
    shutil.copytree(shipped.folder("samples") / "languages", showcase.folder, dirs_exist_ok=True)
    made = showcase("run", showcase.folder / "submission.yaml", "--json", timeout=600)
    assert made.code == 0, made.err
    package = Path(str(made.rows[-1]["package"]))
    shutil.copytree(package / "hls", tmp_path / "site")
    found = play(tmp_path / "site")
    print(json.dumps(found, indent=1, ensure_ascii=False))
    assert not [row for row in found if "fatal" in row or row["errors"]]
    assert [row["height"] for row in found[:3]] == [360, 540, 720]
    assert all(row["audio"] == ["zh", "ug"] and row["texts"] == ["zh", "ug", "kk"] for row in found)
    assert {row["spoken"]: len(row["cues"]) for row in found if "cues" in row} == {"zh": 4, "ug": 4, "kk": 4}
    assert found[3]["switched"] == 1
    streams = sorted(path.name for path in (package / "ts").glob("*.ts"))
    assert len(streams) == 8


def test_small_pictures_are_shown_on_a_seek_bar(
    lavfi: Callable[..., Path], tmp_path: Path, play: Play, showcase: Showcase
) -> None:
    source = lavfi(
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=640x360:r=25:d=20",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-movflags",
        "+faststart",
    )
    film = showcase.folder / "film.mp4"
    shutil.copy(source, film)
    made = showcase("transcode", film, "--profile", "sprite", "-o", tmp_path / "site")
    assert made.code == 0, made.err
    shutil.copy(film, tmp_path / "site")
    (tmp_path / "site" / "film.sprite.vtt").rename(tmp_path / "site" / "sprite.vtt")
    found = play(tmp_path / "site", SEEK_BAR)
    print(json.dumps(found, indent=1))
    assert [row.get("fatal") for row in found] == [None] * 3
    assert all(row["shown"] and row["image"] == "film.sprite.jpg" and row["whole"] == 1600 for row in found)
    assert len({(row["left"], row["top"]) for row in found}) == 3
    assert [row["time"] in wanted for row, wanted in zip(found, TIMES, strict=True)] == [True] * 3, found
