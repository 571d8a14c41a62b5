"""Report + curves + pictures → papers: the producer's sheet, a table, an EBU QC report. Pure. Imports model, policy."""
