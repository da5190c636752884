"""What does the page say? Downloading within bounds, extraction in children that may be killed, and what is kept of
it.
"""
