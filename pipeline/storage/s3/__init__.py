"""Any S3 endpoint, through botocore: the only importer of it. Every botocore error becomes one of ours."""
