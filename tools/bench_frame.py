"""``python -m tools.bench_frame [rows]``: a million invented people decided as a frame, beside one by one."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from decision import case_of, decide, decide_frame, inputs


def cohort(n: int, spread: float, seed: int = 0) -> pd.DataFrame:
    """``n`` invented people: each answer is a favourable one, but for a share of ``spread``; half are on ketamine."""
    rng, base = np.random.default_rng(seed), case_of("start")
    out = {}
    for i, x in inputs().items():
        legal = np.array([*x["values"]], dtype=object)
        share = np.where(legal == base[i], 1 - spread, spread / (len(legal) - 1))
        out[i] = legal[rng.choice(len(legal), n, p=[0.48, 0.48, 0.04] if i == "ketamine_status" else share)]
    return pd.DataFrame(out)


def seconds(run: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


def refused(df: pd.DataFrame) -> None:
    """A frame with a fault, read until it is refused."""
    try:
        decide_frame(df, progress=False)
    except ValueError:
        return
    raise AssertionError("a misspelt cell was not refused")


def main(n: int) -> int:
    """Print rows a second as ratios to ``decide``, for people nearly all favourable, mixed, and of any kind at all."""
    few = cohort(1000, 0.2).to_dict("records")
    one = seconds(lambda: [decide(x) for x in few])[1] / len(few)
    print(f"One by one: 1. As a frame, all columns, {n:,} people, in processor time:")
    for name, spread in (("nearly all favourable", 0.05), ("mixed", 0.2), ("of any kind", 0.66)):
        df = cohort(n, spread)
        wall, cpu = seconds(lambda: decide_frame(df, progress=False))  # noqa: B023
        df.iat[n - 1, 5] = "yse"
        no = seconds(lambda: refused(df))  # noqa: B023
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"  {name:<22} {one * n / cpu:5.0f} times as many rows ({cpu:.1f} s, {wall:.1f} s by the clock); "
              f"a misspelt cell refused in {no[1]:.1f} s ({no[0]:.1f} s); memory so far {peak:.1f} GB")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
