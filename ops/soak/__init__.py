"""A long run of a whole house: every role a process of its own, watched while it works."""
