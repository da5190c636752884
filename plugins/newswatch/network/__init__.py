"""How does Newswatch ask a stranger's server for something without being led astray, flooded or held up?"""
