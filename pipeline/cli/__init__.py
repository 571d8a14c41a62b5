"""One file a command; parsing and printing only. The command groups load their modules when they are used."""
