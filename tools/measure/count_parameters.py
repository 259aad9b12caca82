#!/usr/bin/env python3
"""count_parameters.py SCRIPT.py ...: builds the model of each measuring script on the meta device and prints how many parameters it has, one a line."""
import importlib.util
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch


def parameters_of(path):
    spec = importlib.util.spec_from_file_location("measure", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.DEVICE = torch.device("meta")
    return sum(each.numel() for each in script.base_model().parameters())


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for each in sys.argv[1:]:
        try:
            print(parameters_of(each), flush=True)
        except Exception as error:
            print(repr(error).replace("\n", " ")[:300], flush=True)
