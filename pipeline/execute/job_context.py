"""What a command works with: this machine, who runs its tasks, and the rules that hold."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.exchange.progress import ProgressCallback
from pipeline.execute.context import Context
from pipeline.execute.executor import Executor
from pipeline.execute.rule_sets import RuleSets


@dataclass(frozen=True)
class JobContext:
    """Passed through the whole way of a submission."""

    context: Context
    executor: Executor
    rule_sets: RuleSets

    def telling(self, on_progress: ProgressCallback) -> JobContext:
        """The same, with somebody else told how far it is."""
        return replace(self, context=replace(self.context, on_progress=on_progress))
