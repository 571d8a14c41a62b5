"""The inspection's accuracy on its corpus, and the same film in five forms: by hand, before an issue is resolved."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film
from pipeline.model.inspection_request import InspectionRequest
from pipeline.policy import evaluate, load
from tests.conftest import REAL_MEDIA, ROOT
from tests.factories import PROFILES

sys.path.append(str(ROOT))

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(3600)]

FORMS = {
    "mpg": ("-c:v", "mpeg2video", "-b:v", "15M", "-maxrate", "15M", "-bufsize", "4M", "-c:a", "mp2", "-b:a", "256k"),
    "mxf": ("-c:v", "mpeg2video", "-b:v", "30M", "-maxrate", "30M", "-bufsize", "8M", "-c:a", "pcm_s16le"),
    "mov": ("-c:v", "prores_ks", "-profile:v", "2", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le"),
    "mp4": ("-c:v", "libx264", "-crf", "18", "-c:a", "aac", "-b:a", "192k"),
    "mkv": ("-c:v", "libvpx-vp9", "-b:v", "4M", "-deadline", "realtime", "-cpu-used", "6", "-c:a", "libopus"),
}
CONTENT = ("content.black", "content.freeze", "content.silence", "content.dead_channel", "content.flash")


def test_accuracy_on_the_half_that_nothing_was_tuned_on(tmp_path: Path) -> None:
    from benchmarks import qc_accuracy
    from benchmarks.qc import flashes

    corpus = qc_accuracy.measure(REAL_MEDIA, "test", tmp_path)
    qc_accuracy.report(corpus)
    assert corpus.macro_f1 >= 0.95
    assert corpus.accused == 0
    assert flashes.report() == 0


def test_the_same_film_in_five_forms_says_the_same(ffmpeg: Path, tmp_path: Path) -> None:
    """Clipping is left out (packing takes equal samples away), field codes too (VP9 has no fields)."""
    picture = (
        "[0:v]settb=1/25,setpts=N,scale=1280:720,setsar=1,loop=loop=80:size=1:start=60,setpts=N/25/TB,trim=end_frame=500,"
        "drawbox=t=fill:color=black:enable='between(t,8,10.95)',"
        "drawbox=t=fill:color=white:enable='between(t,13,16)*lt(mod(t+0.001,0.16),0.08)',"
        "drawbox=t=fill:color=0x181818:enable='between(t,13,16)*gte(mod(t+0.001,0.16),0.08)'[v];"
        "[1:a]aformat=channel_layouts=stereo,aresample=48000,asetnsamples=480,volume=0:enable='between(t,4,8)',"
        "asplit[a][b];[b]pan=stereo|c0=c0|c1=0*c0,volume=0:enable='lt(t,12)'[c];"
        "[a]volume=0:enable='gte(t,12)'[d];[c][d]amix=normalize=0[s]"
    )
    seen: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for suffix, options in FORMS.items():
        path = tmp_path / f"film.{suffix}"
        subprocess.run(
            [
                ffmpeg,
                "-v",
                "error",
                "-stream_loop",
                "9",
                "-i",
                REAL_MEDIA / "toy_rabbit_480p30.mp4",
                "-ss",
                "20",
                "-i",
                REAL_MEDIA / "music_lets_go_fishin.ogg",
                "-filter_complex",
                picture,
                "-map",
                "[v]",
                "-map",
                "[s]",
                "-t",
                "20",
                "-r",
                "25",
                *options,
                path,
            ],
            check=True,
        )
        made = film.inspect(path, InspectionRequest(), Runner(ffmpeg, tmp_path, tmp_path / "log"), sha256="0")
        told = evaluate.judge(made, load.policy("showcase-film", PROFILES)).findings
        seen[suffix] = {
            code: [(item.start_s or 0.0, item.end_s or 0.0) for item in told if item.code == code] for code in CONTENT
        }
        print(suffix, seen[suffix])
    first = seen["mpg"]
    assert all(first[code] for code in CONTENT)
    for suffix, found in seen.items():
        for code in CONTENT:
            slack = 0.081 if code in ("content.black", "content.freeze", "content.flash") else 0.101
            assert len(found[code]) == len(first[code]), (suffix, code, found[code], first[code])
            for here, there in zip(found[code], first[code], strict=True):
                assert here == pytest.approx(there, abs=slack), (suffix, code)
