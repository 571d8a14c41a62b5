"""showcase demo"""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from pipeline import durable, shipped, workspace
from pipeline.cli import status_view, store_here, words
from pipeline.cli.command_context import context_here, user_here
from pipeline.cli.console import Console, options
from pipeline.cli.editor import run
from pipeline.cli.operator import pull_words, verify
from pipeline.exchange import acknowledgement, intake, status
from pipeline.exchange import pull as pulling
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.exchange.pull import PackageFolder
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.delivery import Decision
from pipeline.storage import connect

SETTINGS = b"""# made by `showcase demo`
set = "showcase-film"
[store]
embedded = true  # this machine's own: nobody else sees it
"""


@words.command("demo", example="showcase demo")
@click.argument("folder", default="showcase-demo", type=click.Path(path_type=Path))
@options
def command(console: Console, folder: Path) -> int:
    """Run the whole way with the sample film in a workspace that stays in FOLDER (./showcase-demo)."""
    durable.make_folder(folder)
    if not (folder / workspace.SETTINGS).exists():
        durable.write(folder / workspace.SETTINGS, SETTINGS)
    with durable.space_is_an_environment_fault(folder):
        shutil.copytree(shipped.folder("samples") / "film", folder / "film", dirs_exist_ok=True)
    context = context_here(console, workspace.find(folder))
    store_here.announce(console, context.workspace)
    with connect.opened(context.workspace) as buckets:
        console.say("demo_step", step="showcase run film/submission.yaml")
        given = intake.read(folder / "film" / "submission.yaml", context.workspace)
        with LocalExecutor(context, buckets) as executor:
            work = JobContext(context, executor, RuleSets(context))
            prepared = run.prepare(console, work, given, None)
            if isinstance(prepared, int):
                return prepared
            run.deliver(console, work, prepared, buckets)
        newest = acknowledgement.newest(buckets, str(given.ref))
        console.say("demo_step", step="showcase pull --to operator")
        fetched = pulling.folder_for(newest, durable.make_folder(folder / "operator"))
        pull_words.fetch(console, context.workspace, buckets, PackageFolder(newest, fetched))
        console.say("demo_step", step=f"showcase verify {fetched.relative_to(folder)}")
        if code := verify.judge(console, context, fetched).exit_code:
            return code
        console.say("demo_step", step=f"showcase ack {newest.submission_id} accept")
        given_by = user_here(context.workspace)
        acknowledgement.answer(buckets, newest, OperatorAnswer(Decision.ACCEPT, by=given_by))
        console.say("demo_step", step="showcase status")
        status_view.show_one(console, status.the_status(buckets, str(given.ref)))
    console.line("")
    for key in ("left", "film", "work", "operator", "play", "next"):
        console.say(f"demo_{key}", folder=folder, id=newest.submission_id, package=newest.package_id)
    return 0
