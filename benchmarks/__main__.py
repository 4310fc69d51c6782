"""Run every benchmark: ``python -m benchmarks``."""

from benchmarks import bench_assess, bench_command

if __name__ == "__main__":
    bench_assess.run()
    bench_command.run()
