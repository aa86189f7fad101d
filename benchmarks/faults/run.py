"""Break things while programs work, and look whether anything promised is lost.

usage: run.py [--faults N] [scenario ...]
"""

from checks import NoRecovery
from scenarios import Result
from scenarios import SCENARIOS
from scenarios import Skipped

import argparse
import json
import statistics
import sys
import time


COLUMNS = ("scenario", "faults", "answered", "promises", "whole", "recovery s", "lost")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=3, help="of each kind")
    parser.add_argument("scenarios", nargs="*", metavar="scenario")
    options = parser.parse_args()
    unknown = set(options.scenarios) - set(SCENARIOS)
    if unknown:
        parser.error(f"choose from {', '.join(SCENARIOS)}")
    results = []
    for name in options.scenarios or SCENARIOS:
        started = time.monotonic()
        try:
            result = SCENARIOS[name](options.faults)
        except Skipped as reason:
            print(f"{name}: skipped, {reason}", flush=True)
            continue
        except NoRecovery as reason:
            sys.exit(f"{name}: {reason}")
        results.append(result)
        tell(result, time.monotonic() - started)
    print(table(results))
    if any(result.failures for result in results):
        sys.exit(1)


def tell(result: Result, seconds: float) -> None:
    print(f"{result.name}: {result.faults} faults in {seconds:.0f} s")
    print("  " + json.dumps(result.ledger.counts))
    for note in result.notes:
        print(f"  {note}")
    for failure in result.failures[:20]:
        print(f"  FAILED: {failure}")
    sys.stdout.flush()


def table(results: list[Result]) -> str:
    lines = [" | ".join(COLUMNS), " | ".join("---" for _ in COLUMNS)]
    for result in results:
        counts, times = result.ledger.counts, result.recoveries
        recovery = (
            f"{statistics.median(times):.1f}, at most {max(times):.1f}"
            if times
            else "-"
        )
        cells = (
            result.name,
            result.faults,
            counts["requests answered"],
            counts["promises checked"],
            f"{result.databases}/{result.databases}" if not result.problems else "NO",
            recovery,
            len(result.failures),
        )
        lines.append(" | ".join(str(cell) for cell in cells))
    return "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    main()
