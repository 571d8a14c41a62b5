"""Package → Delivery. In: folders and markers. Out: objects whose digests were checked. Imports model and below.

`s3` is the only importer of botocore; `bucket` asks for objects and listings; `place` is a folder of it, `inbox`,
`delivery` and `reviews` know what lies where (`layout` makes the keys), `sources` and `shared_stages` what machines
that work together share; `buckets` looks at a whole season; `transfer` moves bytes and resumes; `object_cache` keeps
what was read; `embedded` keeps a server.
"""
