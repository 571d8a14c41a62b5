"""A file for viewers out of streams that a package has in pieces: fetched beside it, and copied by ffmpeg."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.errors import MediaError
from pipeline.execute.context import Context
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import generated_label, mediainfo
from pipeline.media.generated_label import text
from pipeline.model.plan import OutputForm
from pipeline.package.offline.contents import Remuxed
from pipeline.package.offline.sources import BytesCallback, PackageSource
from pipeline.plan import remux
from pipeline.plan.remux import RemuxedStream
from pipeline.transcode import labelling

_DEMUXERS = {
    OutputForm.HLS_VIDEO: "hls",
    OutputForm.HLS_AUDIO: "hls",
    OutputForm.MP4: "mov",
    OutputForm.MPEGTS: "mpegts",
}


@dataclass(frozen=True)
class Remuxing:
    """What makes such files on this machine."""

    context: Context

    def make(self, source: PackageSource, wanted: Remuxed, target: Path, on_bytes: BytesCallback) -> str:
        """The file at `target`; gives its SHA-256 (hex).

        Raises:
            IntegrityError: a file of the package is not as listed. MediaError: its streams can't be copied, or its
                label got lost.
        """
        scratch = durable.make_folder(self.context.workspace.scratch)
        with tempfile.TemporaryDirectory(prefix="offline-", dir=scratch) as found:
            folder = Path(found)
            for item in wanted.files:
                durable.make_folder((folder / item.path).parent)
                source.bring(item, folder / item.path, on_bytes)
            tokens = {path: f"{{in.{at}}}" for at, path in enumerate(dict.fromkeys(s.path for s in wanted.streams))}
            streams = [
                # a transport stream's sound is MP2, which browsers don't play
                RemuxedStream(
                    tokens[item.path],
                    _DEMUXERS[item.form],
                    item.stream,
                    item.language,
                    is_copied=item.form is not OutputForm.MPEGTS,
                )
                for item in wanted.streams
            ]
            made = folder / f"made.{wanted.suffix}"
            invocation = Invocation(
                remux.argv(streams, wanted.suffix, "{out.made}", wanted.generated_label),
                inputs={token: folder / path for path, token in tokens.items()},
                outputs={"{out.made}": made.name},
                where=wanted.streams[0].path,
            )
            runner = Runner(self.context.ffmpeg, folder, folder / "remux.log")
            runner.run(invocation)
            if wanted.generated_label is not None:
                _label(made, wanted.generated_label, runner)
            durable.copy(made, target)
        return durable.digest(target)


def _label(made: Path, label: str, runner: Runner) -> None:
    """Put the label of generated content in, and read it back."""
    labelling.put(label, made, OutputForm.MP4, where=made.name)
    found = generated_label.read(made, "mov", mediainfo.inspect(made), runner)
    if label not in [item.text for item in found]:
        raise MediaError("output_differs", where=made.name, detail=f"label: none, planned {text.shown(label)}")
