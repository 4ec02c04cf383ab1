"""How often the product is wrong, and what it costs: `python -m benchmarks --help`. Truth comes from the simulator."""
