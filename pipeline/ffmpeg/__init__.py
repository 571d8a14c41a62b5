"""The one door to ffmpeg. In: argv with tokens. Out: files, usage, typed errors. Knows nothing of broadcasting.

Imports `model` and below; `graph` builds argv, `guard` bounds inputs, `run` is the only runner.
"""
