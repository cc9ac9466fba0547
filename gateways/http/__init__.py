"""The HTTP interface: commands, views, case histories and problem details."""
