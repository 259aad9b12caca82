#!/usr/bin/env python3
"""real_cpu.py ROWS.jsonl: trains the small models of these rows (key `config`) on real CPU tensors and prints the rows with what the profiler saw.

Fake tensors add gradients out of place; the real engine adds into a buffer that it owns. `observed` holds, for each moment of the second
step, the highest bytes above what stands between steps."""
import json
import os
import sys
import tempfile
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")
import torch
from torch.profiler import ProfilerActivity, profile
from transformers import AutoConfig

from load_model import load_model
from on_cuda import as_on_cuda
from training_steps import OPTIMIZERS

#: Bytes of empty tensors that mark the end of a moment in the profiler's list; no tensor of a model is as large
MARKS = {77_777: "forward", 77_778: "backward", 77_779: "step"}


def mark(moment):
    for nbytes, name in MARKS.items():
        if name == moment:
            torch.empty(nbytes, dtype=torch.uint8)


def peaks_of(profiler):
    """The highest bytes of each moment, from the profiler's list of allocations."""
    path = os.path.join(tempfile.mkdtemp(), "trace.json")
    profiler.export_chrome_trace(path)
    with open(path, encoding="utf8") as trace:
        events = [event for event in json.load(trace)["traceEvents"] if event.get("name") == "[memory]"]
    live = peak = 0
    peaks = {}
    for event in sorted(events, key=lambda event: event["ts"]):
        nbytes = event["args"]["Bytes"]
        if nbytes in MARKS:
            peaks[MARKS[nbytes]] = peak
            peak = live
        elif -nbytes not in MARKS:
            live += nbytes
            peak = max(peak, live)
    return peaks


def observed(row):
    with as_on_cuda():
        model, _ = load_model(AutoConfig.for_model(**row["config"]), row)
        optimizer = OPTIMIZERS[row["optim"]]([each for each in model.parameters() if each.requires_grad])
        ids = torch.zeros(row["micro_batch_size"], row["sequence_length"], dtype=torch.int64)

        def step():
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=row["autocast_bf16"]):
                loss = model(input_ids=ids, labels=ids).loss
            mark("forward")
            loss.backward()
            del loss
            mark("backward")
            optimizer.step()
            mark("step")
            optimizer.zero_grad(set_to_none=True)

        step()
        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
            step()
    return peaks_of(profiler)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf8") as rows:
        for row in map(json.loads, rows):
            if "id" in row:
                print(json.dumps({**row, "observed": observed(row)}), flush=True)
