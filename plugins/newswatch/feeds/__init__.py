"""Which entries are new? Feeds as publishers serve them: when to ask, what came, what it says."""
