#!/usr/bin/env python3
"""measuring_scripts.py SCRIPT.py ...: runs the functions of measuring scripts (`npm run -s measure -- LINK`) on fake tensors, and prints each script's row.

The script's own loop runs, with what CUDA does otherwise than the CPU build put in, and live storages counted in the place of PyTorch's allocator. By hand are
here, as in other rows: bitsandbytes' modules, the fused kernel of AdamW, and what PEFT asks a value of."""
import functools
import importlib.util
import json
import os
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from transformers import AutoModelForCausalLM, logging

from bitsandbytes_4bit import quantize
from live_storages import LiveStorages, see_model
from load_model import HostTokens
from on_cuda import as_on_cuda
from training_steps import FusedAdamW

AdamW = torch.optim.AdamW


def adamw(trained, fused=False, **rest):
    return FusedAdamW(trained) if fused else AdamW(trained, **rest)


def script_of(path):
    """The script as a module. It does nothing when it is imported."""
    spec = importlib.util.spec_from_file_location("measure", path)
    script = importlib.util.module_from_spec(spec)
    sys.modules["measure"] = script
    spec.loader.exec_module(script)
    return script


def quantised(script, config):
    """The base in 4 bits, with bitsandbytes' modules by hand."""
    base = AutoModelForCausalLM.from_config(config, attn_implementation=script.ATTENTION, dtype=script.DTYPE)
    skipped = script.QUANTIZATION.llm_int8_skip_modules or []
    quantize(base, script.QUANTIZATION.bnb_4bit_use_double_quant, [each for each in skipped if each != "lm_head"])
    return base


def adapted(script):
    """`get_peft_model` where everything is on one device already."""
    get_peft_model = script.get_peft_model

    def get(*args, **kwargs):
        to, nn.Module.to = nn.Module.to, lambda self, *_, **__: self
        try:
            return get_peft_model(*args, **kwargs)
        finally:
            nn.Module.to = to

    return get


def row_of(path):
    script = script_of(path)
    with open(path, encoding="utf8") as text:
        source = text.read()
    live = LiveStorages()

    def seen():
        ended = live.end_moment("")
        return ended["live_bytes"], ended["peak_bytes"], 0

    script.seen = seen
    if hasattr(script, "get_peft_model"):
        script.get_peft_model = adapted(script)
    if hasattr(script, "quantised"):
        script.quantised = functools.partial(quantised, script)
    torch.optim.AdamW = adamw
    on_cuda = as_on_cuda(has_kernel="SDPBackend.MATH" not in source, padded="attention_mask" in source)
    with on_cuda, FakeTensorMode(allow_non_fake_inputs=True):
        model = script.loaded()
        if hasattr(model, "prompt_tokens"):
            model.prompt_tokens = {name: HostTokens(len(each)) for name, each in model.prompt_tokens.items()}
        meter = script.Meter()
        with live:
            see_model(live, model)
            meter.end("load", then="forward")
            script.train(model, meter)
    return meter.row()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    logging.set_verbosity_error()
    for each in sys.argv[1:]:
        try:
            row = row_of(each)
        except Exception as error:
            row = {"moments": repr(error)}
        print(json.dumps(row), flush=True)
