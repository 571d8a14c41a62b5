"""`python -m pipeline.cli` is `showcase`."""

from pipeline.cli.main import entry

entry()
