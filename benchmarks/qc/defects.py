"""What is put into a base film, and what must be said of it; near misses and clean forms must stay unsaid."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.qc.bases import SECONDS

H264 = ("-c:v", "libx264", "-preset", "superfast", "-crf", "20", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "192k")
MPEG2 = ("-c:v", "mpeg2video", "-b:v", "12M", "-maxrate", "12M", "-bufsize", "4M", "-c:a", "mp2", "-b:a", "256k")
PRORES = ("-c:v", "prores", "-profile:v", "2", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le")
LOW = (
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-b:v",
    "1500k",
    "-maxrate",
    "2M",
    "-bufsize",
    "2M",
    "-pix_fmt",
    "yuv420p",
    "-c:a",
    "aac",
    "-b:a",
    "128k",
)
FORMS = {"mp4": H264, "ts": MPEG2, "mov": PRORES, "low.mp4": LOW}
TFF = ("-flags", "+ildct+ilme")


@dataclass(frozen=True)
class Case:
    """One way to change a base; `at` is the stretch that must be found, None where it is the whole film's."""

    name: str
    code: str | None  # None: nothing may be said
    picture: str = "fps=25"
    sound: str = "anull"
    at: tuple[float, float] | None = None
    also: tuple[str, ...] = ()  # what may be said beside it
    options: tuple[str, ...] = ()
    forms: tuple[str, ...] = ("mp4", "ts", "mov")
    damage: str = ""
    head: str = ""  # a source that goes before the film
    tail: str = ""
    house: bool = False  # of a size that the house takes: the others are told of theirs


def _box(start: float, end: float, look: str) -> str:
    return f"fps=25,drawbox=t=fill:{look}:enable='gte(t,{start - 0.001})*lt(t,{end - 0.001})'"


def _hold(first: int, count: int) -> str:
    """Picture `first` stands for `count` more, what follows moves on."""
    return f"fps=25,loop=loop={count}:size=1:start={first},setpts=N/25/TB,trim=end_frame={SECONDS * 25}"


def _quiet(start: float, end: float, volume: str = "0") -> str:
    return f"volume={volume}:enable='between(t,{start},{end})'"


def _flash(hz: float, where: str = "x=0:y=0:w=iw:h=ih", light: str = "0xEBEBEB", dark: str = "0x101010") -> str:
    half = f"lt(mod(t+0.001,{1 / hz}),{0.5 / hz})*between(t,2.999,6.999)"
    other = f"gte(mod(t+0.001,{1 / hz}),{0.5 / hz})*between(t,2.999,6.999)"
    return (
        f"fps=25,drawbox=t=fill:{where}:color={light}:enable='{half}',"
        f"drawbox=t=fill:{where}:color={dark}:enable='{other}'"
    )


_NARROW = "fps=25,scale={w}:{h},pad=640:360:(ow-iw)/2:(oh-ih)/2,setsar=1"
_LINES = ",".join(
    f"drawbox=t=fill:x={150 + 18 * (n % 5)}:y={30 + 20 * n}:w={210 - 15 * (n % 4)}:h=6:color=0xDCDCDC"
    for n in range(15)
)
BARS = "smptehdbars=s=640x360:r=25,trim=end_frame=100"
PAL = "pal75bars=s=640x360:r=25,trim=end_frame=100"
TONE = "sine=1000:r=48000,volume=-0.9dB,aformat=channel_layouts=stereo"  # lavfi's sine is at −18 dBFS

CASES = (
    Case("clean", None, forms=("mp4", "ts", "mov", "low.mp4")),
    # black
    Case("black", "content.black", _box(3, 6, "color=black"), at=(3, 6), forms=("mp4", "ts", "mov", "low.mp4")),
    Case(
        "black grain",
        "content.black",
        _box(3, 6, "color=0x080808") + ",noise=alls=6:allf=t:c0s=6",
        at=(3, 6),
        forms=("mov",),
    ),
    Case("black end", "content.black", _box(7, 99, "color=black"), at=(7, 10)),
    Case("black head", "content.black", _box(0, 2.4, "color=black"), at=(0, 2.4)),
    Case(
        "black after fade",
        "content.black",
        "fps=25,fade=out:st=3:d=1:enable='lt(t,6)',fade=in:st=6:d=0.04:enable='gte(t,6)'",
        at=(3.92, 6),
    ),
    Case("near: 1 s black", None, _box(3, 4, "color=black")),
    Case("near: credits", None, f"fps=25,drawbox=t=fill:color=black,{_LINES},scroll=vertical=0.003"),
    Case(
        "near: night",
        None,
        "fps=25,lutyuv=y='16+(val-16)*0.16':u='128+(val-128)*0.16':v='128+(val-128)*0.16',drawbox=t=fill:x=450:y=50:w=45:h=60:color=0xC8C8A0,"
        "drawbox=t=fill:x=100:y=150:w=30:h=45:color=0xB4B4B4,drawbox=t=fill:x=250:y=210:w=45:h=30:color=0xA0A0A0",
    ),
    # freeze
    Case("freeze", "content.freeze", _hold(75, 75), at=(3, 6.04), forms=("mp4", "ts", "mov", "low.mp4")),
    Case("freeze end", "content.freeze", _hold(160, 200), at=(6.4, 10)),
    Case("near: held card", None, _hold(75, 30)),
    Case(
        "near: clock",
        None,
        _hold(75, 120) + ",drawbox=t=fill:x=320:y=165:w=3:h=30:color=white:"
        "enable='lt(mod(t,2),1)',drawbox=t=fill:x=320:y=165:w=30:h=3:color=white:enable='gte(mod(t,2),1)'",
    ),
    Case("near: grain", None, _hold(75, 120) + ",noise=alls=8:allf=t", forms=("ts", "mov")),
    # sound
    Case("silence", "content.silence", sound=_quiet(3, 7), at=(3, 7)),
    Case("silence noise", "content.silence", sound=_quiet(3, 7, "0.0005"), at=(3, 7)),
    Case("silence end", "content.silence", sound=_quiet(6, 20), at=(6, 10)),
    Case("near: pause", None, sound=_quiet(3, 4.4)),
    Case("near: quiet", None, sound=_quiet(3, 5.5, "0.15")),
    Case(
        "clipped",
        "content.clipping",
        sound="volume=24dB,aformat=sample_fmts=s16,volume=-20dB",
        at=(0, 10),
        also=("content.loudness_high", "content.true_peak"),
        forms=("mov", "mp4"),
    ),
    Case(
        "clipped part",
        "content.clipping",
        sound="volume=26dB:enable='between(t,4,7)',aformat=sample_fmts=s16,volume=-8dB:enable='between(t,4,7)'",
        at=(4, 7),
        also=("content.loudness_high", "content.true_peak"),
        forms=("mov",),
    ),
    Case(
        "clipped end",
        "content.clipping",
        sound="volume=26dB:enable='gte(t,6)',aformat=sample_fmts=s16,volume=-12dB:enable='gte(t,6)'",
        at=(6, 10),
        also=("content.loudness_high", "content.true_peak"),
        forms=("mov",),
    ),
    Case(
        "near: limiter",
        None,
        sound="volume=12dB,alimiter=limit=-4dB:level=0,volume=-11dB",
        also=("content.loudness_low", "content.loudness_high"),
    ),
    Case(
        "near: bass",
        None,
        sound="volume=-3dB[x];aevalsrc='0.25*sin(2*PI*55*t)|0.25*sin(2*PI*55*t)':s=48000[y];"
        "[x][y]amix=normalize=0:duration=first",
        also=("content.loudness_high",),
    ),
    Case("loud", "content.loudness_high", sound="volume=4dB"),
    Case("soft", "content.loudness_low", sound="volume=-5dB"),
    Case("near: a little loud", None, sound="volume=1.2dB"),
    Case(
        "peak",
        "content.true_peak",
        sound="volume=21dB:enable='between(t,5,5.3)',alimiter=limit=-0.5dB:level=0:attack=1",
        also=("content.loudness_high", "content.clipping"),
        forms=("mov",),
    ),
    Case(
        "inverted",
        "content.phase_inverted",
        sound="pan=stereo|c0=c0|c1=-1*c0",
        at=(0, 10),
        also=("content.loudness_high", "content.loudness_low"),
    ),
    Case(
        "inverted part",
        "content.phase_inverted",
        sound="asplit[a][b];[b]pan=stereo|c0=c0|c1=-1*c0[c];[a]volume=0:enable='between(t,3,7)'[d];"
        "[c]volume=0:enable='not(between(t,3,7))'[e];[d][e]amix=normalize=0",
        at=(3, 7),
    ),
    Case("inverted stereo", "content.phase_inverted", sound="pan=stereo|c0=c0|c1=-1*c1", at=(0, 10)),
    Case(
        "inverted stereo part",
        "content.phase_inverted",
        sound="asplit[a][b];[b]pan=stereo|c0=c0|c1=-1*c1[c];[a]volume=0:enable='between(t,3,7)'[d];"
        "[c]volume=0:enable='not(between(t,3,7))'[e];[d][e]amix=normalize=0",
        at=(3, 7),
    ),
    Case("near: widened", None, sound="extrastereo=m=2:c=0", also=("content.loudness_low", "content.loudness_high")),
    Case(
        "near: wide",
        None,
        sound="asplit[a][b];[b]adelay=17|17[c];[a][c]join=inputs=2:channel_layout=stereo:map=0.0-FL|1.1-FR",
        also=("content.loudness_low",),
    ),
    Case(
        "dead right",
        "content.dead_channel",
        sound="pan=stereo|c0=c0|c1=0*c0",
        at=(0, 10),
        also=("content.loudness_low",),
    ),
    Case(
        "dead part",
        "content.dead_channel",
        sound="asplit[a][b];[b]pan=stereo|c0=c0|c1=0*c0[c];"
        "[a]volume=0:enable='between(t,3,8)'[d];[c]volume=0:enable='not(between(t,3,8))'[e];[d][e]amix=normalize=0",
        at=(3, 8),
    ),
    Case(
        "near: dual mono", None, sound="pan=stereo|c0=c0|c1=c0", also=("content.loudness_low", "content.loudness_high")
    ),
    Case("mono", "audio.channels", sound="pan=mono|c0=0.5*c0+0.5*c1", also=("content.loudness_low",)),
    Case("no sound", "audio.missing", options=("-an",)),
    Case("short sound", "av.duration_mismatch", sound="atrim=end=8.2"),
    Case(
        "gap in the sound",
        "content.timestamps",
        sound="asetpts='PTS+0.4/TB*gte(T,5)'",
        at=(5, 5.4),
        forms=("mp4", "ts"),
    ),
    Case("near: short sound", None, sound="atrim=end=9.8"),
    # shape
    Case("pillars", "content.letterbox", _NARROW.format(w=480, h=360), at=(0, 10)),
    Case("window", "content.letterbox", _NARROW.format(w=560, h=314), at=(0, 10)),
    Case("odd letterbox", "content.letterbox", _NARROW.format(w=640, h=330), at=(0, 10)),
    Case("near: 2.35", None, _NARROW.format(w=640, h=272)),
    Case("near: 1.85", None, _NARROW.format(w=640, h=346)),
    Case("4:3 size", "video.aspect", "fps=25,scale=480:360,setsar=1"),
    Case("odd size", "video.resolution", "fps=25,scale=1024:576,setsar=1"),
    Case("near: house size", None, "fps=25,scale=1280:720,setsar=1", house=True),
    Case("near: SD", None, "fps=25,scale=720:576,setsar=64/45", house=True),
    Case(
        "30 pictures",
        "video.frame_rate",
        "setpts=N/30/TB,fps=30,trim=end_frame=300",
        options=("-r", "30"),
        also=("av.duration_mismatch",),
    ),
    Case(
        "variable",
        "video.vfr",
        "setpts='(N+0.3*mod(N,3))/25/TB',trim=end_frame=240",
        options=("-fps_mode", "vfr", "-enc_time_base", "1:1000"),
        also=("video.frame_rate", "content.timestamps", "av.duration_mismatch"),
        forms=("mp4",),
    ),
    # fields
    Case("near: interlaced", None, "interlace=scan=tff:lowpass=off,setfield=tff", options=TFF, forms=("ts", "mov")),
    Case(
        "combed",
        "content.combing",
        "interlace=scan=tff:lowpass=off,setfield=prog",
        at=(0, 10),
        forms=("mp4",),
        also=("content.dropped_frames",),
    ),
    Case(
        "wrong order",
        "content.field_order",
        "interlace=scan=tff:lowpass=off,setfield=bff",
        at=(0, 10),
        options=TFF,
        forms=("ts", "mov"),
    ),
    # flashes
    Case("strobe 5 Hz", "content.flash", _flash(5), at=(3, 7), also=("content.clipping",)),
    Case(
        "strobe red",
        "content.flash",
        _flash(5, light="0xE00000", dark="0x101010"),
        at=(3, 7),
        also=("content.luma_range",),
    ),
    Case("strobe 35 %", "content.flash", _flash(6.25, "x=0:y=0:w=iw*0.35:h=ih"), at=(3, 7)),
    Case("near: 2 Hz", None, _flash(2)),
    Case("near: 15 %", None, _flash(5, "x=0:y=0:w=iw*0.15:h=ih")),
    Case("near: faint", None, _flash(5, light="0x303030", dark="0x202020")),
    # the file
    Case(
        "damaged",
        "content.decode_errors",
        damage="middle",
        forms=("mp4", "ts"),
        also=(
            "content.flash",
            "content.dropped_frames",
            "content.luma_range",
            "content.timestamps",
            "content.freeze",
            "content.silence",
            "content.clipping",
            "video.vfr",
            "content.combing",
            "file.truncated",
            "content.phase_inverted",
            "content.dead_channel",
            "av.duration_mismatch",
        ),
    ),
    Case(
        "cut off",
        "file.truncated",
        damage="cut",
        options=("-movflags", "+faststart"),
        forms=("mp4",),
        also=("content.decode_errors", "av.duration_mismatch", "content.dropped_frames", "content.timestamps"),
    ),
    # levels
    Case(
        "too light",
        "content.luma_range",
        _box(3, 7, "x=150:y=100:w=150:h=100:color=black") + ",lutyuv=y='if(between(val,16,17),2,val)'",
        at=(3, 7),
        forms=("mov",),
    ),
    Case(
        "super white",
        "content.luma_range",
        _box(3, 7, "x=150:y=100:w=150:h=100:color=white") + ",lutyuv=y='if(gte(val,234),253,val)'",
        at=(3, 7),
        forms=("mov", "mp4"),
    ),
    Case("near: legal", None, "fps=25,drawbox=t=fill:x=100:y=50:w=350:h=200:color=white"),
    Case("bars at head", "content.line_up", head=BARS, at=(0, 4)),
    Case("bars at tail", "content.line_up", tail=PAL, at=(10, 14)),
    # cadence
    Case("20 in 25", "content.dropped_frames", "fps=25,select='mod(n,5)',setpts=N/20/TB,fps=25", at=(0, 10)),
    Case("12 in 25", "content.dropped_frames", "fps=12.5,fps=25", at=(0, 10)),
    Case(
        "hole",
        "content.dropped_frames",
        "fps=25,setpts='PTS+0.8/TB*gte(N,100)'",
        at=(3.96, 4.8),
        options=("-fps_mode", "passthrough"),
        also=("video.vfr", "av.duration_mismatch", "content.timestamps"),
        forms=("mp4", "ts"),
    ),
    Case("near: 24 in 25", None, "fps=24,fps=25"),
)
