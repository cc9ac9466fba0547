"""Taking in: records of other departments are judged, applied and accounted for once."""
