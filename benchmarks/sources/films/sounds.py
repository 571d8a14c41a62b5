"""Sound: codecs, rates, channels without a place, tracks of one channel, languages, and what must not be heard."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.sources.card import Card
from benchmarks.sources.films.common import (
    AAC,
    BOTH,
    H264,
    LANGUAGES,
    PCM,
    SD_YUV,
    STEREO,
    V601,
    WIDE,
    Inputs,
    by_older,
    ours,
    shown_of,
    words,
)
from benchmarks.sources.source import Heard, Run, Shown, Source
from benchmarks.sources.tones import ENG, NOT_HEARD_HZ, UIG, ZHO, Tones

_MPEG4 = (*SD_YUV, *words("-c:v mpeg4 -q:v 2"))
_ZHO_UIG = (Heard("zho"), Heard("uig", (UIG[0], UIG[1])))
_MONO = replace(shown_of(BOTH), sound=(Heard(hz=(400.0, 400.0)),))
_EMPTY = Tones((NOT_HEARD_HZ,))


def sound(name: str, suffix: str, *options: str, picture: tuple[str, ...] = H264, tone: Tones = STEREO) -> Source:
    """The tone by another coder, in another container."""
    shown = _MONO if len(tone.hz) == 1 else None
    return ours(
        f"sound-{name}",
        f"sound-{name}.{suffix}",
        *picture,
        *options,
        inputs=(("card", WIDE), ("tone", tone)),
        shown=shown,
    )


def pcm(form: str, suffix: str, *, rate_hz: int = 48000) -> Source:
    """Samples of another width, order or rate."""
    picture = _MPEG4 if suffix == "avi" else H264
    name = f"pcm-{form}-{suffix}-{rate_hz}"
    return by_older(sound(name, suffix, "-c:a", f"pcm_{form}", picture=picture, tone=Tones(rate_hz=rate_hz)))


def channels(name: str, suffix: str, hz: tuple[float, ...], layout: str, *options: str, shown: Shown) -> Source:
    """One track of many channels, as it is laid out there."""
    inputs: Inputs = (("card", WIDE), ("tone", Tones(hz)))
    graph = "asetnsamples=1024" if layout == "none" else f"aformat=channel_layouts={layout}"
    return ours(
        f"channels-{name}", f"channels-{name}.{suffix}", *H264, "-af", graph, *options, inputs=inputs, shown=shown
    )


def monos(name: str, suffix: str, tracks: tuple[Tones, ...], *options: str, shown: Shown) -> Source:
    """A track for each channel, as cameras write them."""
    inputs: Inputs = (("card", WIDE), *((f"tone{index}", tone) for index, tone in enumerate(tracks)))
    opened = [word for index in range(len(tracks)) for word in ("-i", f"{{tone{index}}}")]
    maps = [word for index in range(len(tracks)) for word in ("-map", f"{index + 1}:a")]
    step = Run("ffmpeg", ("-i", "{card}", *opened, "-map", "0:v", *maps, *options, "{out}"))
    return Source(f"monos-{name}", f"monos-{name}.{suffix}", "ffmpeg", (step,), inputs, shown)


def languages(
    name: str, suffix: str, said: tuple[str, ...], *options: str, shown: Shown, picture: tuple[str, ...] = H264
) -> Source:
    """Tracks in languages; `said` is of each track in its order, Chinese first."""
    inputs: Inputs = (*LANGUAGES, ("eng", Tones(ENG)))
    opened = words("-i {card} -i {tone} -i {uig} -i {eng} -map 0:v") + tuple(
        word for index in range(len(said)) for word in ("-map", f"{index + 1}:a")
    )
    tags = tuple(word for index, code in enumerate(said) for word in (f"-metadata:s:a:{index}", f"language={code}"))
    step = Run("ffmpeg", (*opened, *picture, *options, *tags, "{out}"))
    return Source(f"languages-{name}", f"languages-{name}.{suffix}", "ffmpeg", (step,), inputs, shown)


def timed(name: str, seconds: float) -> Source:
    """Sound that is shorter or longer than the picture: the delivery is as long as the picture."""
    gaps = tuple(gap for gap in (0.7, 2.1) if gap + 0.3 < seconds)
    shown = replace(shown_of(BOTH), gaps_s=gaps)
    return ours(
        f"sound-{name}",
        f"sound-{name}.mp4",
        *H264,
        *AAC,
        inputs=(("card", WIDE), ("tone", Tones(seconds=seconds))),
        shown=shown,
    )


def silent(name: str, suffix: str, *options: str) -> Source:
    """A film without a track of sound: house rules refuse it."""
    step = Run("ffmpeg", ("-i", "{card}", *H264, *options, "-an", "{out}"))
    return Source(
        f"sound-{name}", f"sound-{name}.{suffix}", "ffmpeg", (step,), BOTH, replace(shown_of(BOTH), sound=(), gaps_s=())
    )


_IN_BOTH = replace(shown_of(BOTH), sound=_ZHO_UIG)
# QuickTime has no code of its own for zho: the file says nothing of the first track
_UNSAID_UIG = replace(shown_of(BOTH), sound=(Heard(), _ZHO_UIG[1]))
_UNHEARD = replace(shown_of(BOTH), unheard_hz=(NOT_HEARD_HZ,))
_SURROUND = replace(shown_of(BOTH), sound=(Heard(also_hz=(700.0,)),))
_51 = (ZHO[0], ZHO[1], 700.0, 60.0, 900.0, 1100.0)
_LEFT = Tones((ZHO[0], 0.0), seconds=2.5, gaps_s=(0.7,))
_PAIR = (Tones((ZHO[0],)), Tones((ZHO[1],)))
_QUIET = Tones((0.0,))
_MXF = (*("-vf", V601), *words("-pix_fmt yuv420p -c:v mpeg2video -b:v 12M -g 12 -bf 2"), *PCM)

SOURCES = (
    sound("mp3-mp4", "mp4", *words("-c:a libmp3lame -b:a 192k")),
    sound("ac3-mp4", "mp4", *words("-c:a ac3 -b:a 192k")),
    sound("eac3-mp4", "mp4", *words("-c:a eac3 -b:a 192k")),
    sound("alac-mov", "mov", *words("-c:a alac")),
    sound("flac-mp4", "mp4", *words("-c:a flac -strict -2")),
    sound("opus-mp4", "mp4", *words("-c:a libopus -b:a 128k")),
    sound("mp2-mp4", "mp4", *words("-c:a mp2 -b:a 256k")),
    sound("dts-mkv", "mkv", *words("-c:a dca -strict -2 -b:a 768k")),
    sound("truehd-mkv", "mkv", *words("-c:a truehd -strict -2")),
    sound("tta-mkv", "mkv", *words("-c:a tta")),
    sound("vorbis-mkv", "mkv", *words("-c:a libvorbis -q:a 5")),
    sound("adpcm-ms", "avi", *words("-c:a adpcm_ms"), picture=_MPEG4),
    sound("adpcm-ima", "avi", *words("-c:a adpcm_ima_wav"), picture=_MPEG4),
    sound("adpcm-qt", "mov", *words("-c:a adpcm_ima_qt")),
    sound("adpcm-flash", "flv", *words("-c:a adpcm_swf -ar 44100")),
    sound("nellymoser", "flv", *words("-c:a nellymoser -ar 22050 -ac 1"), tone=Tones((400.0,))),
    sound("mp3-flash-11", "flv", *words("-c:a libmp3lame -ar 11025 -b:a 64k")),
    sound("mp3-avi-22", "avi", *words("-c:a libmp3lame -ar 22050 -q:a 2"), picture=_MPEG4),
    sound("aac-8k", "mp4", *words("-c:a aac -ar 8000 -ac 1"), tone=Tones((400.0,))),
    sound("aac-96k", "mp4", *words("-c:a aac -ar 96000 -b:a 256k")),
    sound("aac-44k", "mp4", *words("-c:a aac -ar 44100 -b:a 192k")),
    sound("gsm-alaw", "avi", *words("-c:a pcm_alaw -ar 8000 -ac 1"), picture=_MPEG4, tone=Tones((400.0,))),
    sound("mulaw-mov", "mov", *words("-c:a pcm_mulaw -ar 44100")),
    sound("wma-mkv", "mkv", *words("-c:a wmav2 -b:a 192k")),
    sound("mono-aac", "mp4", *AAC, tone=Tones((400.0,))),
    pcm("u8", "avi"),
    pcm("s16be", "mov"),
    pcm("s24le", "mov"),
    pcm("s24be", "mov", rate_hz=96000),
    pcm("s32le", "mkv"),
    pcm("f32le", "mkv", rate_hz=44100),
    pcm("f64be", "mov"),
    pcm("s24le", "avi", rate_hz=32000),
    channels("four-unplaced", "mkv", (*ZHO, NOT_HEARD_HZ, NOT_HEARD_HZ), "none", *PCM, shown=_UNHEARD),
    channels("eight-unplaced", "mkv", (*ZHO, *[NOT_HEARD_HZ] * 6), "none", *PCM, shown=_UNHEARD),
    channels("51-aac", "mp4", _51, "5.1", *words("-c:a aac -b:a 384k"), shown=_SURROUND),
    channels("51-ac3", "mkv", _51, "5.1", *words("-c:a ac3 -b:a 448k"), shown=_SURROUND),
    channels("51-pcm", "mov", _51, "5.1", *PCM, shown=_SURROUND),
    channels("quad-aac", "mp4", (*ZHO, 900.0, 1100.0), "quad", *AAC, shown=shown_of(BOTH)),
    channels("71-flac", "mkv", (*_51, 1300.0, 1700.0), "7.1", *words("-c:a flac"), shown=_SURROUND),
    channels("dual-mono", "mp4", (ZHO[0], ZHO[0]), "stereo", *AAC, shown=_MONO),
    ours(
        "channels-left-only",
        "channels-left-only.mp4",
        *H264,
        *AAC,
        inputs=(("card", Card(seconds=2.5)), ("tone", _LEFT)),
        shown=replace(shown_of(BOTH), end_s=2.5, gaps_s=(0.7,), sound=(Heard(hz=(ZHO[0], 0.0)),)),
    ),
    monos("pair-mov", "mov", _PAIR, *H264, *PCM, shown=shown_of(BOTH)),
    monos("pair-mxf", "mxf", _PAIR, *_MXF, shown=shown_of(BOTH)),
    monos("four-mxf", "mxf", (*_PAIR, _QUIET, _QUIET), *_MXF, shown=shown_of(BOTH)),
    monos("eight-mxf", "mxf", (*_PAIR, *[_QUIET] * 6), *_MXF, shown=shown_of(BOTH)),
    monos("four-other-mxf", "mxf", (*_PAIR, _EMPTY, _EMPTY), *_MXF, shown=_UNHEARD),
    languages("mp4", "mp4", ("zho", "uig"), *AAC, shown=_IN_BOTH),
    languages("chi-mkv", "mkv", ("chi", "uig"), *AAC, shown=_IN_BOTH),
    languages("mov", "mov", ("zho", "uig"), *PCM, shown=_UNSAID_UIG),
    languages(
        "three-mkv",
        "mkv",
        ("zho", "uig", "eng"),
        *AAC,
        shown=replace(_IN_BOTH, sound=(*_ZHO_UIG, Heard("eng", (ENG[0], ENG[1])))),
    ),
    languages(
        "last-first", "mp4", ("zho", "uig"), *AAC, *words("-disposition:a:0 0 -disposition:a:1 default"), shown=_IN_BOTH
    ),
    languages(
        "mixed-channels",
        "mkv",
        ("zho", "uig"),
        *words("-c:a:0 aac -ac:a:0 1 -c:a:1 ac3 -b:a 192k"),
        shown=replace(_IN_BOTH, sound=(Heard("zho", (0.0, 0.0), (ZHO[0], ZHO[1])), _ZHO_UIG[1])),
    ),
    languages("line-end", "mkv", ("zho\n", "uig"), *AAC, shown=_IN_BOTH),
    timed("short", 2.6),
    timed("long", 3.6),
    silent("none", "mp4"),
)
