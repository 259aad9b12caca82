"""The frame of the commands of this folder: rows come in, and go out with what was held (`expected`), or are held against it."""
import gc
import json
import sys


def rows_of(path, ids):
    with open(path, encoding="utf8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [row for row in rows if "id" in row and (not ids or row["id"] in ids)]


def config_of_row(row, architectures, config_of):
    architecture = {**(row.get("architecture") or architectures[row["model"]])}
    # Of older rows the config class decides it.
    architecture.pop("partial_rotary_factor", None)
    if "partial_rotary_factor" in row:
        architecture["partial_rotary_factor"] = row["partial_rotary_factor"]
    return config_of(architecture, row["num_hidden_layers"])


def as_they_are(row, fresh):
    return row["expected"], fresh


def run_rows(arguments, usage, run, compared=as_they_are):
    """Runs each row that is named; with --check returns 1 when one differs. `compared`: what a row expects, and the same of what was held."""
    check = "--check" in arguments
    path, *ids = [each for each in arguments if each != "--check"] or sys.exit(usage)
    import transformers

    from configs import architectures_of_catalog, config_of

    transformers.logging.set_verbosity_error()
    architectures = architectures_of_catalog()
    different = 0
    for row in rows_of(path, ids):
        fresh = run(config_of_row(row, architectures, config_of), row)
        gc.collect()
        if not check:
            print(json.dumps({**row, "expected": fresh}), flush=True)
            continue
        known, found = compared(row, fresh)
        different += known != found
        verdict = "same" if known == found else f"DIFFERS: {known} is now {found}"
        print(row["id"], row["model"], row.get("run") or row["method"], verdict, flush=True)
    return 1 if different else 0
