"""Finished stages that machines share, by the store: brought into this machine's kept ones, and given from them."""

from __future__ import annotations

from pipeline.execute.stages import FinishedStage, StageStore
from pipeline.model.stage import Stage
from pipeline.storage import shared_stages
from pipeline.storage.bucket import Bucket


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
