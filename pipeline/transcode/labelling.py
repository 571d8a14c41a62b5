"""The label of generated content put into what ffmpeg made and can't label itself."""

from __future__ import annotations

from pathlib import Path

from pipeline import durable
from pipeline.errors import MediaError
from pipeline.media.generated_label import container, still
from pipeline.model.plan import Output, OutputForm


def put(planned: Output, label: str, folder: Path) -> None:
    """Put it into one output in `folder`, where the plan's options have not done so.

    Raises:
        MediaError: the output is not what can hold it.
        EnvironmentFault: no space.
    """
    path = folder / planned.file
    try:
        match planned.form:
            case OutputForm.POSTER | OutputForm.SPRITE:
                durable.write(path, still.with_label(path.read_bytes(), label))
            case OutputForm.MP4 | OutputForm.MEZZANINE | OutputForm.AUDIO if path.suffix != ".mp3":
                with durable.space_is_an_environment_fault(path), path.open("r+b") as file:
                    container.put(file, label)
    except (ValueError, OSError) as error:
        raise MediaError("output_damaged", where=planned.name, detail=str(error)) from error
