"""From a registered scope to guidance: matching, sending, claiming, disposing (reference 4)."""
