"""What a call costs: Gatehouse and nginx, side by side, on this machine, just now.

`python -m bench` (or `make bench`) runs it; `docs/benchmark.md` says how to read it.
"""
