"""A programme → files that an operator's CMS takes, each checked against its schema; the formats stand in `table`."""
