"""Facts by name, as rules ask for them: every value with the track or stretch of film it belongs to.

A fact that does not apply (sound of a film without sound) has no entries: nothing to hold against a rule.
A fact that should be there but could not be measured has the entry None: its rules are skipped, never passed.
"""

from __future__ import annotations

from pipeline.media.track_shape import is_portrait, upright_size
from pipeline.model.inspection import Inspection, Measures
from pipeline.policy import (
    audio_facts,
    course_facts,
    document_facts,
    dub_facts,
    generated_facts,
    metadata_facts,
    setting_facts,
    slide_facts,
    subtitle_facts,
    video_facts,
)
from pipeline.policy.fact import Fact
from pipeline.policy.measured import EDGE_S, FactTable, MeasuredFilm


def _difference(film: MeasuredFilm) -> tuple[Fact, ...]:
    if not (film.media.video and film.media.audio) or not film.is_measured:
        return ()
    timeline, sound = film.video.timeline, film.audio.audio_duration_s
    if timeline is None or sound is None:
        return (Fact(None),)
    # sound in front of the first picture that can be decoded is left out with the others
    left_out = sum(item.duration_s for item in film.video.undecoded_head)
    apart = min(abs(timeline.duration_s - sound), abs(timeline.duration_s + left_out - sound))
    return (Fact(round(apart, 3)),)


def _landscape_lines(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Of the largest 16:9 that lies in a picture which is wider than high or square, as it is shown."""
    sizes = [upright_size(image) for image in film.media.images if not is_portrait(image)]
    return tuple(Fact(min(width * 9 // 16, height)) for width, height in sizes)


def _portrait_lines(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Of the largest 3:4 that lies in a picture which is higher than wide."""
    sizes = [upright_size(image) for image in film.media.images if is_portrait(image)]
    return tuple(Fact(min(width * 4 // 3, height)) for width, height in sizes)


# what each demuxer reads, in MediaInfo's words
_FAMILIES = {
    "aac": "ADTS",
    "ac3": "AC-3",
    "aiff": "AIFF",
    "amr": "AMR",
    "asf": "Windows Media",
    "avi": "AVI",
    "dv": "DV",
    "flac": "FLAC",
    "flv": "Flash Video",
    "matroska": "Matroska",
    "mov": "MPEG-4",
    "mp3": "MPEG Audio",
    "mpeg": "MPEG-PS",
    "mpegts": "MPEG-TS",
    "mpegvideo": "MPEG Video",
    "mxf": "MXF",
    "ogg": "Ogg",
    "wav": "Wave",
}


def _container(film: MeasuredFilm) -> tuple[Fact, ...]:
    """MediaInfo's name where it is that of a family; its names of variants (3GPP, CMAF, MPEG-TS 188+16) say no more
    than the demuxer."""
    told = film.media.container
    return (Fact(told if told in _FAMILIES.values() else _FAMILIES.get(film.demuxer, told)),)


def _unnamed(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Streams beside picture and sound that nobody knows, as large as these."""
    beside = film.media.unnamed if film.media.video and film.media.audio else ()
    return tuple(Fact(item.carriage) for item in beside if item.rate_kbps is not None)


def _empty(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Tracks that are announced, and of which nothing is in the file."""
    return tuple(Fact(f"{item.number} ({item.coding})") for item in film.media.unread if item.empty)


def _sound(film: MeasuredFilm) -> tuple[Fact, ...]:
    """How many sound tracks there are; where none, the streams that may be one."""
    detail = "" if film.media.audio else "; ".join(item.carriage for item in film.media.unnamed)
    return (Fact(len(film.media.audio), detail=detail),)


_FILE: FactTable = {
    "file.truncated": lambda film: (Fact(film.media.truncated),),
    "file.container": _container,
    "file.unnamed_streams": _unnamed,
    "file.empty_streams": _empty,
    "file.programmes": lambda film: (Fact(film.media.programmes),),
    "file.attached_pictures": lambda film: (Fact(film.media.attached_pictures),),
    "file.timecode_tracks": lambda film: (Fact(len(film.media.timecode)),),
    "file.text_tracks": lambda film: (Fact(len(film.media.text)),),
    "file.edit_list": lambda film: (Fact(film.media.edit_list),),
    "video.count": lambda film: (Fact(len(film.media.video)),),
    "audio.count": _sound,
    "av.difference_s": _difference,
    "image.lines": _landscape_lines,
    "image.portrait_lines": _portrait_lines,
}
FACTS: FactTable = {**_FILE, **video_facts.FACTS, **audio_facts.FACTS}
# what a file of sound is held to, or a further track: the other facts are of pictures or of the whole film
WRONG_ENDING = "file.wrong_ending"  # known of the file's name: an ending that other kinds of files have
AUDIO_FACTS = frozenset(
    {
        "file.truncated",
        WRONG_ENDING,
        "audio.count",
        "content.decode_errors",
        "content.timestamp_jump_s",
        *audio_facts.FACTS,
        *dub_facts.NAMES,
        *generated_facts.NAMES,
    }
)


def facts(inspection: Inspection) -> dict[str, tuple[Fact, ...]]:
    """Every fact that a rule may name."""
    measures = inspection.measures or Measures()
    film = MeasuredFilm(
        inspection.media,
        measures.video,
        measures.audio,
        measures.decode_errors,
        is_measured=inspection.measures is not None,
        demuxer=inspection.format,
    )
    table = {name: read(film) for name, read in FACTS.items()}
    if inspection.start_s:  # what stands in front of the programme is left out: nobody will see it
        table = {
            name: tuple(item for item in found if not _is_before(item, inspection.start_s))
            for name, found in table.items()
        }
    of_others = (
        WRONG_ENDING,
        *subtitle_facts.NAMES,
        *document_facts.NAMES,
        *dub_facts.NAMES,
        *slide_facts.NAMES,
        *course_facts.NAMES,
        *setting_facts.NAMES,
        *metadata_facts.NAMES,
        *generated_facts.NAMES,
    )
    return {**table, **dict.fromkeys(of_others, ())}


def _is_before(fact: Fact, start_s: float) -> bool:
    return fact.end_s is not None and fact.end_s <= start_s + EDGE_S
