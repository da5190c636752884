"""The language of security news, as tables: which phrases belong to which class of words.

Each table maps a class to its phrases, separated by commas. `deeds` holds verbs in their base form; their inflections are
made by `lexicon.inflect`. A phrase may belong to several classes ("strike" is an attack and a labour strike).
"""
