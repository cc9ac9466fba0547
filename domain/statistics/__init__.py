"""The statistics form of a campaign: its rows as data, and how facts are counted for them."""
