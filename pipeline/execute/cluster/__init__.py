"""More machines. In: an address and a folder of certificates. Out: who may work there, and a cluster kept up.

`client` is the only importer of Dask, and is imported only once `extra` has said that it is there; `address` says which
scheduler is meant and what guards it, `certificates` the folder that does; `question` travels to each machine as text,
`machine` and `trial` are what it is answered with, `admitting` asks and `judgement` judges; `supervision` keeps up
Dask's own commands (`commands`). Imports what `execute` may.
"""
