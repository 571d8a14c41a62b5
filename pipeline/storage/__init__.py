"""Package → Delivery. In: folders and markers. Out: objects whose digests were checked. Imports model and below.

`s3` is the only importer of boto3; `layout` makes keys; `transfer` moves bytes and resumes; `embedded` keeps a server.
"""
