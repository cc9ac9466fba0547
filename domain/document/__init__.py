"""Documents (执法文书): drafted, checked, approved, sealed, served."""
