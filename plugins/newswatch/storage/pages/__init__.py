"""What do the pages show? One module a page: read queries alone, each answering with frozen values."""
