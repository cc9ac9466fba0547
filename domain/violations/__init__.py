"""The catalogue of violations (reference 5): codes, severity, who decides, penalty ranges."""
