"""What a person names on the command line as a submission: a `submission.yaml` or a bare film."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline import yamlio
from pipeline.errors import InputError
from pipeline.model.submission import Role, Submission, bare
from pipeline.workspace import Workspace

YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class HandedIn:
    """A submission and where its film lies."""

    shown: str
    submission: Submission
    main: Path


def read(path: Path, workspace: Workspace) -> HandedIn:
    """The submission that `path` means.

    Raises:
        InputError: it is not there, wrong, names a file that is not there, or one outside its folder.
    """
    if not path.exists():
        raise InputError("path_missing", where=str(path))
    if path.suffix.lower() not in YAML:
        submission = bare(path.name, path.stem)
        if workspace.settings.prefecture:
            values = {**submission.model_dump(by_alias=True), "prefecture": workspace.settings.prefecture}
            submission = Submission.model_validate(values)
        return HandedIn(str(path), submission, path)
    document = yamlio.load(path)
    submission = yamlio.validate(Submission, document)
    folder = path.parent.resolve()
    for index, item in enumerate(submission.media):
        where = document.where(("media", index, "file"))
        real = (folder / item.file).resolve()
        if not real.is_relative_to(folder):
            raise InputError("outside_folder", where=where, file=item.file)
        if not real.is_file():
            raise InputError("media_missing", where=where, file=item.file)
        if item.role is not Role.MAIN:
            raise InputError("role_unsupported", where=document.where(("media", index, "role")), role=item.role.value)
    return HandedIn(str(path), submission, path.parent / submission.main.file)
