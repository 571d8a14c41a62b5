"""Draws the sample films and the sample course: everything is made here, nothing taken from elsewhere.

    pip install -c constraints.txt -e '.[samples]' && python -m samples.make

(`python -m samples.make course` makes that one alone.) Four moving scenes at 50 fields a second with title cards in
Chinese and Uyghur, plucked music and a synthetic voice: 24 s of 1080i25, top field first, -24 LKFS. The course
(`lessons.py` has its words): a lecturer in 720p25 with Chinese slides, a lesson of sound with Uyghur slides, slides
alone with a hand-out. A film in languages: 16 s of 720p25 without titles, a second voice, subtitles in three languages and
encodings. The fonts (OFL) are drawn from packages and not shipped.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable
from importlib.metadata import files
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from samples import lessons

WIDTH, HEIGHT, FIELDS, RATE = 1920, 1080, 50, 48000
SCENE_S, SCENES = 6, 4
TARGET_LKFS = -24.0
HERE = Path(__file__).parent / "film"
COURSE = Path(__file__).parent / "course"
LANGUAGES = Path(__file__).parent / "languages"
LANGUAGES_S = 16
Picture = NDArray[np.uint8]

X = np.arange(WIDTH, dtype=np.float32)[None, :]
Y = np.arange(HEIGHT, dtype=np.float32)[:, None]


def sky(top: tuple[int, int, int], low: tuple[int, int, int]) -> Picture:
    share = (Y / HEIGHT)[..., None]
    row = np.array(top) * (1 - share) + np.array(low) * share
    return np.ascontiguousarray(np.broadcast_to(row, (HEIGHT, WIDTH, 3))).astype(np.uint8)


def ridge(t: float, speed: float, base: float, height: float, seed: float) -> NDArray[np.float32]:
    x = X + t * speed
    waves = np.sin(x / 210 + seed) + 0.5 * np.sin(x / 83 + 2 * seed) + 0.22 * np.sin(x / 31 + 3 * seed)
    return (base - height * waves).astype(np.float32)


def disc(picture: Picture, x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
    x0, x1 = max(0, int(x - radius)), min(WIDTH, int(x + radius) + 1)
    y0, y1 = max(0, int(y - radius)), min(HEIGHT, int(y + radius) + 1)
    if x0 < x1 and y0 < y1:
        inside = (X[:, x0:x1] - x) ** 2 + (Y[y0:y1] - y) ** 2 <= radius**2
        picture[y0:y1, x0:x1][inside] = colour


def box(picture: Picture, x: float, y: float, width: float, height: float, colour: tuple[int, int, int]) -> None:
    picture[max(0, int(y)) : max(0, int(y + height)), max(0, int(x)) : max(0, int(x + width))] = colour


def mountains(t: float) -> Picture:
    picture = sky((40, 70, 140), (250, 190, 120))
    disc(picture, 400 + 60 * t, 760 - 70 * t, 90, (255, 236, 170))
    for speed, base, height, colour in (
        (30, 700, 90, (96, 104, 140)),
        (70, 800, 70, (62, 78, 100)),
        (150, 930, 40, (34, 52, 50)),
    ):
        picture[ridge(t, speed, base, height, speed) < Y] = colour
    return picture


def road(t: float) -> Picture:
    picture = sky((120, 180, 230), (220, 235, 240))
    picture[ridge(t, 40, 620, 40, 2) < Y] = (120, 150, 110)
    picture[720:] = (190, 170, 110)
    picture[860:1000] = (70, 70, 76)
    for mark in range(-1, 12):
        box(picture, mark * 220 - (420 * t) % 220, 924, 110, 12, (235, 235, 225))
    for house in range(5):
        at = house * 520 - (160 * t) % 520
        box(picture, at, 600, 210, 140, (214, 188, 150))
        box(picture, at + 80, 660, 50, 80, (110, 70, 44))
        box(picture, at - 14, 580, 238, 26, (150, 66, 48))
    box(picture, 560 + 90 * t, 800, 420, 110, (40, 110, 70))
    box(picture, 980 + 90 * t, 840, 110, 70, (220, 90, 40))
    for wheel in (640, 880, 1030):
        disc(picture, wheel + 90 * t, 915, 36, (24, 24, 26))
    return picture


def cotton(t: float) -> Picture:
    picture = sky((90, 160, 220), (200, 225, 235))
    for row in range(9):
        depth = 500 + row * row * 8
        sway = 6 * np.sin(X / 60 + 3 * t + row)
        green = (60 + 8 * row, 110 + 8 * row, 50)
        picture[depth + sway + 10 * np.sin((X + (30 + 22 * row) * t) / (18 + 6 * row)) < Y] = green
        for plant in range(14):
            x = plant * (90 + 20 * row) - ((30 + 22 * row) * t) % (90 + 20 * row)
            disc(picture, x, depth + 14 + row, 5 + 2 * row, (245, 245, 238))
    return picture


def windmills(t: float) -> Picture:
    picture = sky((70, 90, 170), (240, 200, 170))
    picture[ridge(t, 60, 860, 50, 5) < Y] = (90, 84, 60)
    for number, x in enumerate((380, 980, 1580)):
        hub = (x - 25 * t, 420.0)
        box(picture, hub[0] - 8, hub[1], 16, 470, (236, 236, 236))
        for blade in range(3):
            angle = 2.2 * t + number + blade * 2 * np.pi / 3
            for along in range(10, 230, 6):
                disc(
                    picture,
                    hub[0] + along * np.cos(angle),
                    hub[1] + along * np.sin(angle),
                    13 - along / 24,
                    (246, 246, 246),
                )
        disc(picture, *hub, 18, (200, 60, 50))
    return picture


DRAW: tuple[Callable[[float], Picture], ...] = (mountains, road, cotton, windmills)

TITLES = (
    r"""[Script Info]
ScriptType: v4.00+
PlayResX: 1920
PlayResY: 1080
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: zho,Noto Sans CJK SC,92,&H00FFFFFF,&H00302010,&H80000000,0,1,4,2,5,80,80,80,-1
Style: uig,Noto Sans Arabic,72,&H00C8F0FF,&H00302010,&H80000000,0,1,4,2,5,80,80,80,-1
Style: low,Noto Sans CJK SC,58,&H00FFFFFF,&H00302010,&H80000000,0,1,3,1,2,80,80,90,-1
Style: lowu,Noto Sans Arabic,50,&H00C8F0FF,&H00302010,&H80000000,0,1,3,1,2,80,80,170,-1
[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:00.40,0:00:04.60,zho,{\fad(300,300)\move(960,330,960,310)}七一展播样片：家乡的一天
Dialogue: 0,0:00:00.80,0:00:04.60,uig,{\fad(300,300)\move(960,470,960,450)}"""
    + "\u202b"
    + "يۇرتۇمنىڭ بىر كۈنى"
    + "\u202c"
    + r"""
Dialogue: 0,0:00:06.50,0:00:11.00,low,{\fad(200,200)}清晨，货车驶过村口
Dialogue: 0,0:00:06.50,0:00:11.00,lowu,{\fad(200,200)}"""
    + "\u202b"
    + "سەھەردە يۈك ماشىنىسى يېزىدىن ئۆتتى."
    + "\u202c"
    + r"""
Dialogue: 0,0:00:12.50,0:00:17.00,low,{\fad(200,200)}棉田在风里起伏
Dialogue: 0,0:00:12.50,0:00:17.00,lowu,{\fad(200,200)}"""
    + "\u202b"
    + "كېۋەزلىك شامالدا دولقۇنلايدۇ."
    + "\u202c"
    + r"""
Dialogue: 0,0:00:19.00,0:00:23.60,zho,{\fad(300,300)\move(960,200,960,190)}谢谢观看
Dialogue: 0,0:00:19.20,0:00:23.60,uig,{\fad(300,300)\move(960,300,960,290)}"""
    + "\u202b"
    + "كۆرگىنىڭىزگە رەھمەت"
    + "\u202c"
    + "\n"
)


def music(total: int) -> NDArray[np.float64]:
    """Plucked strings on a pentatonic scale, left and right in turn."""
    out = np.zeros((total, 2))
    scale = [220.0 * 2 ** (step / 12) for step in (0, 3, 5, 7, 10, 12, 15)]
    order = [0, 2, 3, 5, 4, 3, 2, 1, 0, 3, 5, 6, 5, 4, 3, 2]
    for number in range(int(total / RATE / 0.375)):
        start = int(number * 0.375 * RATE)
        t = np.arange(min(RATE, total - start)) / RATE
        tone = sum(np.sin(2 * np.pi * scale[order[number % 16]] * k * t) / k**1.6 for k in range(1, 6))
        pan = 0.35 + 0.3 * (number % 2)
        out[start : start + len(t)] += (tone * np.exp(-4 * t))[:, None] * [1 - pan, pan]
    return 0.12 * out


def voice(total: int, height: float = 1.0) -> NDArray[np.float64]:
    """A voice by formants: a pulse train with a falling or rising tone, shaped by two resonances a syllable."""
    out = np.zeros(total)
    vowels = [(730, 1090), (270, 2290), (300, 870), (530, 1840), (570, 840)]
    for number in range(int(total / RATE / 0.3)):
        if number % 9 == 8:  # a breath
            continue
        start, count = int((number * 0.3 + 1.0) * RATE), int(0.24 * RATE)
        if start + count > total:
            break
        t = np.arange(count) / RATE
        pitch = height * 150 + 30 * np.sin(number * 1.7) + (number % 4 - 1.5) * 60 * t
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        first, second = vowels[number * 3 % 5]
        sound = np.zeros(count)
        for k in range(1, 24):
            f = k * 150
            gain = 1 / (1 + ((f - first) / 90) ** 2) + 0.5 / (1 + ((f - second) / 120) ** 2) + 0.02
            sound += gain * np.sin(k * phase)
        out[start : start + count] += sound * np.sin(np.pi * t / t[-1]) ** 0.5
    return 0.16 * out


def lecturer(t: float) -> Picture:
    """One who stands before a board, turns to it and points along it."""
    picture = np.full((720, 1280, 3), (206, 196, 178), dtype=np.uint8)
    box(picture, 90, 70, 1100, 400, (96, 66, 40))
    box(picture, 106, 86, 1068, 368, (38, 84, 66))
    for number in range(4):
        box(picture, 700, 140 + 70 * number, 380 - 60 * number, 8, (226, 232, 222))
    picture[620:] = (120, 88, 60)
    x = 470 + 26 * np.sin(0.9 * t)
    hand = (x + 250 + 40 * np.sin(2.1 * t), 330 - 90 * np.sin(0.7 * t) + 14 * np.sin(5 * t))
    box(picture, x - 110, 330, 220, 300, (44, 70, 120))
    disc(picture, x - 80, 345, 48, (44, 70, 120))
    disc(picture, x + 80, 345, 48, (44, 70, 120))
    for along in np.linspace(0, 1, 30):
        disc(picture, x + 90 + (hand[0] - x - 90) * along, 360 + (hand[1] - 360) * along, 22, (44, 70, 120))
    for along in np.linspace(0, 1, 40):
        disc(picture, hand[0] + 170 * along, hand[1] - 60 * along, 5, (30, 24, 20))
    disc(picture, *hand, 26, (226, 184, 150))
    disc(picture, x, 216, 84, (60, 46, 38))
    disc(picture, x + 4, 234, 76, (226, 184, 150))
    for eye in (-22, 30):
        disc(picture, x + eye, 226, 7, (40, 30, 26))
    box(picture, x - 18, 268, 44, 5 + 9 * abs(np.sin(9 * t)), (150, 60, 56))
    return picture


def write_sound(path: Path, seconds: int, accompaniment: float = 1.0, height: float = 1.0) -> None:
    total = seconds * RATE
    mix = accompaniment * music(total) + voice(total, height)[:, None]
    fade = np.minimum(1, np.minimum(np.arange(total), np.arange(total)[::-1]) / (0.3 * RATE))
    mix *= fade[:, None]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(mix, -1, 1) * 32767).astype("<i2").tobytes())


def fonts(folder: Path) -> None:
    for package in ("fontpkg-noto-sans-arabic", "noto-cjk-sans-otc"):
        for item in files(package) or []:
            if item.suffix in (".ttf", ".ttc", ".otf"):
                (folder / re.sub(r"[^A-Za-z.]", "", item.name)).write_bytes(Path(str(item.locate())).read_bytes())


def loudness(ffmpeg: str, sound: Path) -> float:
    done = subprocess.run(
        [ffmpeg, "-nostdin", "-hide_banner", "-i", str(sound), "-af", "ebur128", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(re.findall(r"I:\s+(-?[0-9.]+) LUFS", done.stderr)[-1])


def film(ffmpeg: str) -> None:
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fonts").mkdir()
        fonts(folder / "fonts")
        (folder / "titles.ass").write_text(TITLES, encoding="utf-8")
        write_sound(folder / "sound.wav", SCENE_S * SCENES)
        gain = TARGET_LKFS - loudness(ffmpeg, folder / "sound.wav")
        colour = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"]
        coded = [
            "-c:v",
            "libx264",
            "-preset",
            "slow",
            "-flags",
            "+ildct+ilme",
            "-x264-params",
            "tff=1",
            *colour,
            "-c:a",
            "aac",
            "-b:a",
            "128k",
            "-metadata:s:a:0",
            "language=zho",
            "-movflags",
            "+faststart",
        ]
        argv = [
            ffmpeg,
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "warning",
            "-y",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            f"{WIDTH}x{HEIGHT}",
            "-r",
            str(FIELDS),
            "-i",
            "pipe:0",
            "-i",
            "sound.wav",
            "-af",
            f"volume={gain:.2f}dB",
            "-vf",
            "ass=titles.ass:fontsdir=fonts,zscale=matrixin=gbr:matrix=709:range=limited:primariesin=709:"
            "primaries=709:transferin=709:transfer=709,format=yuv420p,interlace=scan=tff:lowpass=complex,"
            "setparams=field_mode=tff:color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv",
            *coded,
            "-crf",
            "22",
            "-maxrate",
            "3M",
            "-bufsize",
            "4M",
            str(HERE.absolute() / "film.mp4"),
        ]
        encoder = subprocess.Popen(argv, cwd=folder, stdin=subprocess.PIPE)
        assert encoder.stdin is not None
        for field in range(SCENE_S * SCENES * FIELDS):
            scene, t = divmod(field / FIELDS, SCENE_S)
            encoder.stdin.write(DRAW[int(scene)](t).tobytes())
        encoder.stdin.close()
        if encoder.wait() != 0:
            sys.exit("the encoder failed")
        black = "drawbox=t=fill:color=black:enable='between(t,4,6.96)'"
        subprocess.run(
            [
                ffmpeg,
                "-nostdin",
                "-hide_banner",
                "-loglevel",
                "warning",
                "-y",
                "-i",
                str(HERE / "film.mp4"),
                "-t",
                "12",
                "-vf",
                black,
                "-af",
                "volume=0:enable='between(t,7,11)'",
                *coded,
                "-crf",
                "28",
                "-maxrate",
                "1500k",
                "-bufsize",
                "3M",
                str(HERE / "faulty.mp4"),
            ],
            check=True,
        )


def course(ffmpeg: str) -> None:
    for name, content in lessons.documents().items():
        (COURSE / name).parent.mkdir(parents=True, exist_ok=True)
        (COURSE / name).write_bytes(content)
    lecture, lesson = (COURSE.absolute() / name for name in (f"{lessons.SOWING}.mp4", f"{lessons.CARE}.m4a"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quiet = [ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "warning", "-y"]
        sound = ["-c:a", "aac", "-b:a", "96k", "-metadata:s:a:0", "language=zho", "-movflags", "+faststart"]
        gains = {}
        for said, seconds, accompaniment in (
            ("lecture.wav", lessons.LECTURE_S, 0.0),
            ("lesson.wav", lessons.LESSON_S, 0.25),
        ):
            write_sound(folder / said, seconds, accompaniment)
            gains[said] = f"volume={TARGET_LKFS - loudness(ffmpeg, folder / said):.2f}dB"
        argv = [*quiet, "-i", "lesson.wav", "-af", gains["lesson.wav"], *sound, str(lesson)]
        subprocess.run(argv, cwd=folder, check=True)
        tags = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"]
        argv = [
            *quiet,
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "1280x720", "-r", "25", "-i", "pipe:0"),
            *("-i", "lecture.wav", "-af", gains["lecture.wav"]),
            *(
                "-vf",
                "zscale=matrixin=gbr:matrix=709:range=limited:primariesin=709:primaries=709:transferin=709:"
                "transfer=709,format=yuv420p",
            ),
            *("-c:v", "libx264", "-preset", "slow", "-crf", "22"),
            *tags,
            *sound,
            str(lecture),
        ]
        encoder = subprocess.Popen(argv, cwd=folder, stdin=subprocess.PIPE)
        assert encoder.stdin is not None
        for number in range(lessons.LECTURE_S * 25):
            encoder.stdin.write(lecturer(number / 25).tobytes())
        encoder.stdin.close()
        if encoder.wait() != 0:
            sys.exit("the encoder failed")


TIMES = ((0.6, 3.6), (4.4, 7.4), (8.4, 11.6), (12.4, 15.6))
SPOKEN = {
    "zho": (
        "清晨，太阳从山后升起来了",
        "货车驶过村口，往县城去",
        "棉田在风里起伏，今年的收成比去年好，大家都很高兴",
        "谢谢观看，我们明年再见",
    ),
    "uig": (
        "سەھەردە قۇياش تاغ ئارقىسىدىن كۆتۈرۈلدى.",
        "يۈك ماشىنىسى يېزىدىن ئۆتتى، CCTV 2026.",
        "كېۋەزلىك شامالدا دولقۇنلايدۇ، بۇ يىل ھوسۇل ياخشى بولدى.",
        "كۆرگىنىڭىزگە رەھمەت!",
    ),
    "kaz": (
        "Таңертең күн таудың артынан көтерілді",
        "Жүк көлігі ауылдан өтіп барады",
        "Мақта алқабы желмен толқиды, биыл өнім жақсы",
        "Көргеніңізге рахмет!",
    ),
}


def stamp(seconds: float, mark: str) -> str:
    return f"00:00:{int(seconds):02}{mark}{round(seconds % 1 * 1000):03}"


def languages(ffmpeg: str) -> None:
    """SubRip in GB18030 as an editing room saves it, ASS, and WebVTT."""
    LANGUAGES.mkdir(exist_ok=True)
    cues = {code: list(zip(TIMES, lines, strict=True)) for code, lines in SPOKEN.items()}
    srt = "".join(
        f"{number}\r\n{stamp(a, ',')} --> {stamp(b, ',')}\r\n{text}\r\n\r\n"
        for number, ((a, b), text) in enumerate(cues["zho"], start=1)
    )
    (LANGUAGES / "film.zho.srt").write_bytes(srt.encode("gb18030"))
    ass = "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n" + "".join(
        f"Dialogue: 0,{stamp(a, '.')[1:-1]},{stamp(b, '.')[1:-1]},Default,{text}\n" for (a, b), text in cues["uig"]
    )
    (LANGUAGES / "film.uig.ass").write_text(ass, encoding="utf-8", newline="\n")
    vtt = "WEBVTT\n\n" + "".join(f"{stamp(a, '.')} --> {stamp(b, '.')}\n{text}\n\n" for (a, b), text in cues["kaz"])
    (LANGUAGES / "film.kaz.vtt").write_text(vtt, encoding="utf-8", newline="\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quiet = [ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "warning", "-y"]
        gains = {}
        for code, height in (("zho", 1.0), ("uig", 0.72)):
            write_sound(folder / f"{code}.wav", LANGUAGES_S, 1.0, height)
            gains[code] = TARGET_LKFS - loudness(ffmpeg, folder / f"{code}.wav")
        sound = ["-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart"]
        subprocess.run(
            [
                *quiet,
                "-i",
                "uig.wav",
                "-af",
                f"volume={gains['uig']:.2f}dB",
                "-metadata:s:a:0",
                "language=uig",
                *sound,
                str((LANGUAGES / "film.uig.m4a").absolute()),
            ],
            cwd=folder,
            check=True,
        )
        tags = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"]
        argv = [
            *quiet,
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            f"{WIDTH}x{HEIGHT}",
            "-r",
            "25",
            "-i",
            "pipe:0",
            "-i",
            "zho.wav",
            "-af",
            f"volume={gains['zho']:.2f}dB",
            "-vf",
            "zscale=w=1280:h=720:matrixin=gbr:matrix=709:"
            "range=limited:primariesin=709:primaries=709:transferin=709:transfer=709,format=yuv420p",
            "-c:v",
            "libx264",
            "-preset",
            "slow",
            "-crf",
            "23",
            *tags,
            "-metadata:s:a:0",
            "language=zho",
            *sound,
            str((LANGUAGES / "film.mp4").absolute()),
        ]
        encoder = subprocess.Popen(argv, cwd=folder, stdin=subprocess.PIPE)
        assert encoder.stdin is not None
        for number in range(LANGUAGES_S * 25):
            scene, t = divmod(number / 25, LANGUAGES_S / SCENES)
            encoder.stdin.write(DRAW[int(scene)](t).tobytes())
        encoder.stdin.close()
        if encoder.wait() != 0:
            sys.exit("the encoder failed")


MADE: dict[str, Callable[[str], None]] = {"film": film, "course": course, "languages": languages}


def main(*wanted: str) -> None:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    for name in wanted or MADE:
        MADE[name](ffmpeg)
        for made in sorted((HERE.parent / name).rglob("*.*")):
            print(made, made.stat().st_size, "bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
