"""Run every benchmark: ``python -m benchmarks``."""

from benchmarks import (
    bench_assess,
    bench_cases,
    bench_command,
    bench_disclosure,
    bench_geocode,
    bench_intake,
    bench_map,
    bench_sessions,
    bench_uncertainty,
    bench_workspace,
)

BENCHMARKS = (
    bench_assess,
    bench_cases,
    bench_command,
    bench_disclosure,
    bench_geocode,
    bench_intake,
    bench_map,
    bench_sessions,
    bench_uncertainty,
    bench_workspace,
)

if __name__ == "__main__":
    for benchmark in BENCHMARKS:
        benchmark.run()
