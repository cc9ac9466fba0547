"""Operations: settings, wiring, the command line, services, scenarios and benchmarks."""
