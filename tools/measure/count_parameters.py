#!/usr/bin/env python3
"""count_parameters.py SCRIPT.py ...: builds the model of each measuring script on the meta device and prints how many parameters it has, and its config.json as transformers saves it, one model a line."""
import importlib.util
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch


def model_of(path):
    spec = importlib.util.spec_from_file_location("measure", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.DEVICE = torch.device("meta")
    return script.base_model()


def counted(path):
    try:
        model = model_of(path)
    except Exception as error:
        return {"error": repr(error).replace("\n", " ")[:300]}
    return {"parameters": sum(each.numel() for each in model.parameters()), "config": model.config.to_json_string()}


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for each in sys.argv[1:]:
        print(json.dumps(counted(each)), flush=True)
