"""What machines share by the store: films that are brought here to be worked on, finished stages that come and go."""

from __future__ import annotations

from pathlib import Path

from pipeline.exchange.progress import COMPARE, DOWNLOAD, ByteProgress
from pipeline.execute import digest
from pipeline.execute.context import Context
from pipeline.execute.in_flight import FilmInFlight
from pipeline.execute.stages import FinishedStage, StageStore
from pipeline.locks import locked
from pipeline.model.source_place import SourcePlace
from pipeline.model.stage import Stage
from pipeline.storage import shared_stages, sources
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets


def brought(context: Context, film: FilmInFlight, buckets: Buckets, place: SourcePlace) -> Path:
    """The film's copy here, fetched unless it is there; work may name it by its digest from now on.

    Raises:
        InputError: it lies in the store no longer.
        IntegrityError: what came is not the film. TransferError: the line fails after retries.
        EnvironmentFault: no space, or this identity may not read it.
    """
    target = film.source(place.sha256)
    counted = ByteProgress(context.on_progress, place.size_bytes)
    with locked(context.workspace.locks / f"source-{place.sha256[:24]}.lock"):  # two films may be of one source
        sources.fetch(
            buckets,
            place,
            target,
            counted.of(DOWNLOAD),
            on_same=counted.same(COMPARE),
            digest=lambda path: digest.cached_sha256(path, context.workspace.cache),
        )
    context.sources.add(place.sha256, target)
    return target


def fetched(stages: StageStore, stage: Stage, bucket: Bucket) -> FinishedStage | None:
    """The stage's output here, brought from the store where it is not; None where nobody has published it.

    Raises:
        IntegrityError: what lies there is not what its marker lists. TransferError: the line fails after retries.
    """
    if not stages.is_done(stage) and not shared_stages.is_there(bucket, stage):
        return None
    return stages.run(stage, lambda dirs: shared_stages.fetch(bucket, stage, dirs.folder))


def published(stages: StageStore, stage: Stage, bucket: Bucket) -> bool:
    """Give a finished stage of this machine to the others; False where they had it already.

    Raises:
        IntegrityError: another output was published under its key. TransferError: the line fails after retries.
    """
    return shared_stages.publish(bucket, stage, stages.folder(stage))
