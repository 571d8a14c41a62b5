"""The label of generated content that each output gets: the one of what it is made of, never one that we made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.media.generated_label import container, names, text
from pipeline.model.inspection import Inspection
from pipeline.model.plan import Note, OutputForm, Segments
from pipeline.plan.joining import Branch
from pipeline.plan.request import PlanRequest

_FLAG = "+use_metadata_tags"  # ffmpeg then writes keys of any name, and nothing where players look for a title
_INDEXED = (OutputForm.MP4, OutputForm.MEZZANINE, OutputForm.AUDIO)
_PICTURES = (OutputForm.POSTER, OutputForm.SPRITE)


def labelled(branch: Branch, request: PlanRequest) -> Branch:
    """An output with its label, and what ffmpeg is told for it; as it was where it has none, or can hold none."""
    label = next(_labels(branch, request), None)
    output = branch.spec.output
    options = None if label is None else _options(output.form, output.file, output.segments, label)
    if label is None or options is None:
        return branch
    words = list(branch.spec.options)
    if options[1]:
        for at in [at for at, word in enumerate(words) if word == "-movflags"]:
            words[at + 1] += _FLAG
    spec = replace(
        branch.spec,
        output=output.model_copy(update={"generated_label": label}),
        options=(*words, *options[0]),
    )
    return replace(branch, spec=spec)


def _options(form: OutputForm, file: str, segments: Segments | None, label: str) -> tuple[tuple[str, ...], bool] | None:
    """ffmpeg's options, and whether it writes keys of any name; None where the form holds no label: transport streams.

    Pictures, and the index of files that have a title, get theirs when they are made (`transcode.labelling`).
    """
    told = ("-metadata", f"{names.KEY}={label}")
    if form in _PICTURES:
        return (), False
    if form in _INDEXED and not file.endswith(".mp3"):
        room = container.room(label, quicktime=form is OutputForm.MEZZANINE)
        return ("-metadata", f"{container.ROOM}={room}"), False
    if form is OutputForm.AUDIO:
        return told, False
    return (told, True) if segments and segments.container == "fmp4" else None


def of_whole(request: PlanRequest) -> str | None:
    """Of a film with all that is heard in it: what is said of it where its forms hold no label."""
    heard = (source.inspection for source in request.sidecars.audio)
    return next(_passed_on([request.inspection, *heard], request), None)


def notes(branches: Sequence[Branch], request: PlanRequest) -> tuple[Note, ...]:
    """Labels that an output does not get, since another of what it is made of comes first: a file has one."""
    left: dict[str, list[str]] = {}
    for branch in branches:
        if branch.spec.output.generated_label is not None:
            for other in list(_labels(branch, request))[1:]:
                left.setdefault(other, []).append(branch.spec.output.name)
    return tuple(
        Note(kind="generated_label_left", values={"name": ", ".join(names_of), "label": text.shown(label)})
        for label, names_of in left.items()
    )


def _labels(branch: Branch, request: PlanRequest) -> Iterator[str]:
    """Those of what an output is made of: the film or poster that is seen, then each sound, each text once."""
    made_of = [still for token, still in request.sidecars.posters.inputs if token == branch.poster]
    if branch.sees_film:
        made_of.append(request.inspection)
    made_of += [branch.film.audio_sources[index].inspection for index in branch.spec.audio]
    return _passed_on(made_of, request)


def _passed_on(made_of: Sequence[Inspection], request: PlanRequest) -> Iterator[str]:
    found = [item.generated_label for item in made_of]
    by = request.propagation
    for label in dict.fromkeys(item for item in found if item is not None):
        yield text.passed_on(label, by) if by else label
