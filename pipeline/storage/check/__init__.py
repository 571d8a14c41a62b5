"""Everything that the pipeline asks of a store, tried in a scratch prefix that is gone afterwards."""
