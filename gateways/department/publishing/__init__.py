"""Publishing: the store's bytes go to the log in order, and what the log lost comes back."""
