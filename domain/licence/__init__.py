"""Licences and permits: what they are, every act on them, and how they end (reference 3).

`facts` holds the words and the facts, `state` what a history amounts to, `rules` what all
acts share; each other module is one stage of the life cycle.
"""
