#!/usr/bin/env python3
"""generate.py ROWS.jsonl [ID ...] [--check]: runs the training step of each row and prints the row with what PyTorch held (`expected`).

With --check it compares instead with what the row expects, and ends with 1 when a byte differs."""
import json
import os
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")


def rows_of(path, ids):
    with open(path, encoding="utf8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [row for row in rows if "id" in row and (not ids or row["id"] in ids)]


def in_short(row, fresh):
    """What the older files keep: the last micro step only, under other names, or no first step."""
    if "staticBytes" not in row:
        known = row["expected"]
        return known, {name: value for name, value in fresh.items() if name != "first_step" or name in known}
    moments = {each["moment"]: [each["live_bytes"], each["peak_bytes"]] for each in fresh["step"]}
    return (row["staticBytes"], row["peakBytes"], row["step"]), (fresh["static_bytes"], fresh["peak_bytes"], moments)


def main(arguments):
    check = "--check" in arguments
    path, *ids = [each for each in arguments if each != "--check"] or sys.exit(__doc__)
    import transformers

    from configs import architectures_of_catalog, config_of
    from runs import runner_of

    transformers.logging.set_verbosity_error()
    architectures = architectures_of_catalog()
    different = 0
    for row in rows_of(path, ids):
        architecture = {**(row.get("architecture") or architectures[row["model"]])}
        # Of older rows the config class decides it.
        architecture.pop("partial_rotary_factor", None)
        if "partial_rotary_factor" in row:
            architecture["partial_rotary_factor"] = row["partial_rotary_factor"]
        run = runner_of(row)
        fresh = run(config_of(architecture, row["num_hidden_layers"]), row)
        if not check:
            print(json.dumps({**row, "expected": fresh}), flush=True)
            continue
        known, found = in_short(row, fresh)
        different += known != found
        verdict = "same" if known == found else f"DIFFERS: {known} is now {found}"
        print(row["id"], row["model"], row["method"], verdict, flush=True)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
