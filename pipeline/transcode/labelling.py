"""The label of generated content put into what ffmpeg made and can't label itself."""

from __future__ import annotations

from pathlib import Path

from pipeline import durable
from pipeline.errors import MediaError
from pipeline.media.generated_label import container, still
from pipeline.model.plan import OutputForm


def put(label: str, path: Path, form: OutputForm, *, where: str) -> None:
    """Put it into a file, where ffmpeg's options have not done so.

    Args:
        where: what errors call the file.

    Raises:
        MediaError: the file is not what can hold it.
        EnvironmentFault: no space.
    """
    try:
        match form:
            case OutputForm.POSTER | OutputForm.SPRITE:
                durable.write(path, still.with_label(path.read_bytes(), label))
            case OutputForm.MP4 | OutputForm.MEZZANINE | OutputForm.AUDIO if path.suffix != ".mp3":
                with durable.space_is_an_environment_fault(path), path.open("r+b") as file:
                    container.put(file, label)
    except (ValueError, OSError) as error:
        raise MediaError("output_damaged", where=where, detail=str(error)) from error
