"""What the main job costs above its encodes, and how it compares to a script that does each thing by itself.

    python benchmarks/transcode.py --media FOLDER [--rounds 2] [--minutes 10] [--no-vmaf] [--against CHECKOUT]

Two films of 30 s in 1080i25 at 25 Mb/s (H.264 with fields, MPEG-2) are made of the real clips in FOLDER and taken, in
turns within one run, through

  floor   decoding, deinterlacing and scaling once, then each of the six encodes alone, from raw pictures
  run     `showcase run` from cold with the store up: inspection, both transport streams, four rungs, sound, poster,
          sprite, verification, checksums, upload
  naive   one ffmpeg for each check and each output, the way the job is done by hand

Printed are ratios of the medians in wall time and CPU, the verification's share, the rerun's seconds, peak memory of
the tree, and how VMAF of each output differs from the naive script's. With --minutes a film of that length is run for
its memory alone: after the clips it stands still, since buffers are of sizes and lengths, not of what moves. With
--against `run` alone is compared with that of another checkout with a `.venv` of its own, in turns.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this file's own folder: names in it would hide libraries of Python's
sys.path.insert(0, ".")

import argparse
import json
import re
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import imageio_ffmpeg

from benchmarks.machine import Cost, against, run, showcase

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
QUIET = (FFMPEG, "-nostdin", "-v", "error", "-y")
SECONDS = 30
CLIPS = ("toy_rabbit_480p30.mp4", "bbb_rock_720p_51.mp4", "toy_pig_480p30.mp4", "car_from_above_432p12.mp4")
MUSIC = "music_lets_go_fishin.ogg"
FILMS = {
    "H.264 MBAFF": (
        "h264.ts",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-x264-params",
        "tff=1",
        "-b:v",
        "25M",
        "-maxrate",
        "25M",
        "-bufsize",
        "25M",
    ),
    "MPEG-2": ("mpeg2.ts", "-c:v", "mpeg2video", "-b:v", "25M", "-maxrate", "25M", "-bufsize", "8M"),
}
GOP = ("-sc_threshold", "0", "-preset", "medium")
CBR = "-b:v {r} -minrate {r} -maxrate {r} -bufsize {b} -x264-params nal-hrd=cbr -g 25 -keyint_min 25 -bf 2"
RUNG = "-crf 21 -maxrate {n}k -bufsize {m}k -g 50 -keyint_min 50 -profile:v high"


def _rung(cap: int) -> list[str]:
    return RUNG.format(n=cap, m=2 * cap).split()


# name → size, encoder options (sheet on what the main job costs)
ENCODES = {
    "iptv-hd": ("1920x1080", [*CBR.format(r="8M", b="4M").split(), "-profile:v", "high", "-level", "4.0"]),
    "iptv-sd": ("720x576", [*CBR.format(r="2M", b="1M").split(), "-profile:v", "main", "-level", "3.0"]),
    "hls-1080": ("1920x1080", _rung(4700)),
    "hls-720": ("1280x720", _rung(3100)),
    "hls-540": ("960x540", _rung(1300)),
    "hls-360": ("640x360", _rung(800)),
}
SIZES = tuple(dict.fromkeys(size for size, _ in ENCODES.values()))


def film(media: Path, path: Path, *options: str, still: float = 0) -> Path:
    """Real pictures, one clip after the other, in fields; then the last one for as long as asked."""
    inputs = [word for clip in CLIPS for word in ("-stream_loop", "-1", "-t", "8", "-i", str(media / clip))]
    # in the colours of HD and tagged so, as a camera's film is: the clips are in those of SD
    fit = (
        "scale=1920:1080:force_original_aspect_ratio=increase:out_color_matrix=bt709,crop=1920:1080,setsar=1,fps=50,"
        "format=yuv420p,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    )
    chains = ";".join(f"[{index}:v]{fit}[v{index}]" for index in range(len(CLIPS)))
    joined = "".join(f"[v{index}]" for index in range(len(CLIPS)))
    end = f"trim=end={SECONDS},tpad=stop_mode=clone:stop_duration={still},interlace=scan=tff,setfield=tff"
    graph = f"{chains};{joined}concat=n={len(CLIPS)},{end}[v]"
    subprocess.run(
        [
            *QUIET,
            *inputs,
            "-stream_loop",
            "-1",
            "-i",
            str(media / MUSIC),
            "-filter_complex",
            graph,
            "-map",
            "[v]",
            "-map",
            f"{len(CLIPS)}:a",
            "-t",
            str(SECONDS + still),
            "-flags",
            "+ildct+ilme",
            *options,
            "-c:a",
            "mp2",
            "-ar",
            "48000",
            "-ac",
            "2",
            str(path),
        ],
        check=True,
    )
    return path


def floor(source: Path, folder: Path) -> Cost:
    """The pictures of every size once, thrown away; then each encode alone from raw pictures, as fast as it goes."""
    split = "".join(f"[s{index}]" for index in range(len(SIZES)))
    graph = f"[0:v]bwdif=mode=send_frame,split={len(SIZES)}{split};" + ";".join(
        f"[s{index}]scale={size.replace('x', ':')}:flags=bicubic[o{index}]" for index, size in enumerate(SIZES)
    )
    outputs = [word for index in range(len(SIZES)) for word in ("-map", f"[o{index}]", "-f", "null", "-")]
    total = run([*QUIET, "-i", str(source), "-filter_complex", graph, *outputs])
    raw = {size: folder / f"{size}.y4m" for size in SIZES}
    written = [word for index, size in enumerate(SIZES) for word in ("-map", f"[o{index}]", str(raw[size]))]
    if not all(path.exists() for path in raw.values()):
        run([*QUIET, "-i", str(source), "-filter_complex", graph, *written])
    for size, options in ENCODES.values():
        total += run([*QUIET, "-i", str(raw[size]), "-c:v", "libx264", *GOP, *options, "-f", "null", "-"])
    return total


CHECKS = ("blackdetect", "freezedetect", "idet", "cropdetect")


def naive(source: Path, folder: Path) -> Cost:
    """One ffmpeg for each check and for each output."""
    total = Cost(0.0, 0.0, 0)
    for check in CHECKS:
        total += run([*QUIET, "-i", str(source), "-an", "-vf", check, "-f", "null", "-"])
    total += run([*QUIET, "-i", str(source), "-vn", "-af", "silencedetect", "-f", "null", "-"])
    loudness = "loudnorm=I=-24:TP=-2:print_format=json"
    total += run([*QUIET, "-i", str(source), "-vn", "-af", loudness, "-f", "null", "-"])
    for name, (size, options) in ENCODES.items():
        picture = ["-vf", f"bwdif=mode=send_frame,scale={size.replace('x', ':')}:flags=bicubic", "-c:v", "libx264"]
        hls = name.startswith("hls")
        sound = ["-an"] if hls else ["-af", "loudnorm=I=-24:TP=-2", "-c:a", "mp2", "-b:a", "192k", "-ar", "48000"]
        mux = ["-muxrate", "8940k" if name == "iptv-hd" else "2440k"] if not hls else []
        total += run(
            [
                *QUIET,
                "-i",
                str(source),
                *picture,
                *GOP,
                *options,
                *sound,
                *mux,
                str(folder / f"{name}.{'mp4' if hls else 'ts'}"),
            ]
        )
    total += run(
        [
            *QUIET,
            "-i",
            str(source),
            "-vn",
            "-af",
            "loudnorm=I=-24:TP=-2",
            "-c:a",
            "aac",
            "-b:a",
            "128k",
            str(folder / "sound.m4a"),
        ]
    )
    total += run([*QUIET, "-ss", "9", "-i", str(source), "-frames:v", "1", str(folder / "poster.jpg")])
    total += run(
        [*QUIET, "-i", str(source), "-vf", "fps=1,scale=160:90,tile=10x3", "-frames:v", "1", str(folder / "sprite.jpg")]
    )
    for name in ENCODES:
        total += run(["sha256sum", str(folder / f"{name}.{'mp4' if name.startswith('hls') else 'ts'}")])
    return total


def vmaf(made: Path, source: Path, size: str) -> float:
    """Against the source's own pictures at that size; every third one."""
    scale = size.replace("x", ":")
    graph = (
        f"[0:v]setpts=PTS-STARTPTS,settb=1/25,setpts=N[a];[1:v]bwdif=mode=send_frame,scale={scale}:flags=bicubic,"
        "settb=1/25,setpts=N[b];[a][b]libvmaf=n_threads=2:n_subsample=3"
    )
    done = subprocess.run(
        [
            FFMPEG,
            "-nostdin",
            "-hide_banner",
            "-i",
            str(made),
            "-i",
            str(source),
            "-filter_complex",
            graph,
            "-f",
            "null",
            "-",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(re.findall(r"VMAF score: ([0-9.]+)", done.stderr)[-1])


def ours(workspace: Path, name: str) -> Path:
    """Where the last run's output lies."""
    file = f"ts/{name}.ts" if name.startswith("iptv") else f"hls/{name.removeprefix('hls-')}/index.m3u8"
    return next(iter(sorted((workspace / ".showcase" / "work" / "transcode").glob(f"*/outputs/{file}"))))


def served(workspace: Path, checkout: Path | None) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(showcase(checkout, "store", "serve", "-q"), cwd=workspace, stdout=subprocess.DEVNULL)
    time.sleep(5)
    return process


def once(source: Path, root: Path, number: int, checkout: Path | None = None) -> tuple[Cost, float, float, Path]:
    """A cold run, the verification's share of it, and the rerun's seconds."""
    workspace = root / f"w{number}-{source.stem}{'-there' if checkout else ''}"
    workspace.mkdir()
    store = served(workspace, checkout)
    try:
        argv = showcase(checkout, "run", "-q", str(source), "--accept", "benchmark")
        cold = run(argv, workspace)
        again = run(argv, workspace)
    finally:
        store.send_signal(signal.SIGINT)
        store.wait()
    lines = (workspace / ".showcase" / "journal.jsonl").read_text().splitlines()
    verified = sum(row["wall_s"] for row in map(json.loads, lines) if row["event"] == "outputs.verified")
    return cold, verified / cold.wall_s, again.wall_s, workspace


def compare(title: str, source: Path, root: Path, rounds: int, *, with_vmaf: bool) -> None:
    folder = root / f"raw-{source.stem}"
    folder.mkdir()
    floors, runs, naives, shares, reruns = [], [], [], [], []
    workspace = root
    for number in range(rounds):
        floors.append(floor(source, folder))
        cold, share, again, workspace = once(source, root, number)
        runs.append(cold)
        shares.append(share)
        reruns.append(again)
        naives.append(naive(source, folder))

    def middle(costs: list[Cost], field: str) -> float:
        return statistics.median(getattr(item, field) for item in costs)

    for field, word in (("wall_s", "wall"), ("cpu_s", "CPU")):
        bare = middle(floors, field)
        print(
            f"{title}, {word}: run {middle(runs, field) / bare:.2f} x the floor ({bare:.1f} s), "
            f"{middle(runs, field) / middle(naives, field):.2f} x naive"
        )
    print(
        f"{title}: verification {statistics.median(shares):.3f} of the run, rerun {statistics.median(reruns):.2f} s, "
        f"peak {max(item.peak_bytes for item in runs) / 1e9:.2f} GB",
        flush=True,
    )
    for path in folder.glob("*.y4m"):
        path.unlink()
    if with_vmaf:
        for name, (size, _) in ENCODES.items():
            by_hand = folder / f"{name}.{'mp4' if name.startswith('hls') else 'ts'}"
            mine, theirs = vmaf(ours(workspace, name), source, size), vmaf(by_hand, source, size)
            print(f"{title}, {name}: VMAF {mine:.2f}, naive {theirs:.2f}, {mine - theirs:+.2f}", flush=True)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--media", type=Path, required=True)
    words.add_argument("--rounds", type=int, default=2)
    words.add_argument("--minutes", type=float, default=0)
    words.add_argument("--no-vmaf", action="store_true")
    words.add_argument("--against", type=Path, metavar="CHECKOUT")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        if not given.minutes:
            for title, (file, *options) in FILMS.items():
                source = film(given.media, root / file, *options)
                if given.against:
                    turns = [
                        [once(source, root, number, checkout)[0] for checkout in (None, given.against)]
                        for number in range(given.rounds)
                    ]
                    print(against(f"run of {title}", *zip(*turns, strict=True)), flush=True)
                    continue
                compare(title, source, root, given.rounds, with_vmaf=not given.no_vmaf)
            return
        file, *options = FILMS["H.264 MBAFF"]
        source = film(given.media, root / file, *options, still=given.minutes * 60 - SECONDS)
        cold, share, again, _ = once(source, root, 0)
        print(
            f"{given.minutes:g} minutes: {cold.wall_s / given.minutes / 60:.2f} x its length, peak "
            f"{cold.peak_bytes / 1e9:.2f} GB, verification {share:.3f}, rerun {again:.2f} s"
        )


if __name__ == "__main__":
    main()
