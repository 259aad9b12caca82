#!/usr/bin/env python3
"""generate.py ROWS.jsonl [ID ...] [--check]: runs the training step of each row and prints the row with what PyTorch held (`expected`).

With --check it compares instead with what the row expects, and ends with 1 when a byte differs."""
import os
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

from row_command import run_rows


def in_short(row, fresh):
    """What the older files keep: the last micro step only, under other names, or no first step."""
    if "staticBytes" not in row:
        known = row["expected"]
        return known, {name: value for name, value in fresh.items() if name != "first_step" or name in known}
    moments = {each["moment"]: [each["live_bytes"], each["peak_bytes"]] for each in fresh["step"]}
    return (row["staticBytes"], row["peakBytes"], row["step"]), (fresh["static_bytes"], fresh["peak_bytes"], moments)


def main(arguments):
    from runs import runner_of

    return run_rows(arguments, __doc__, lambda config, row: runner_of(row)(config, row), in_short)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
