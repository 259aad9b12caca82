#!/usr/bin/env python3
"""generation.py ROWS.jsonl [ID ...] [--check]: TRL's `GRPOTrainer` generates completions with transformers before its second step; prints each row with what PyTorch held.

On fake tensors, as `GRPOTrainer._generate_single_turn` calls it: with the cache of keys and values that a model of the Hub has by default, sampling at temperature 1 without top-k
and top-p. Which token ends a row is unknown, so every row goes on to the longest completion. With --check it compares instead, and ends with 1 when a byte differs."""
import gc
import sys
import types
import warnings

warnings.filterwarnings("ignore")

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from transformers import masking_utils

from live_storages import see_model
from load_model import load_model
from on_cuda import as_on_cuda
from row_command import run_rows
from training_steps import OPTIMIZERS
from trl_steps import Accelerator, KnowingStorages, inputs_of, prepare, reference_of, without_mask

aten = torch.ops.aten


class Unwrapping(Accelerator):
    """What `unwrap_model_for_generation` asks of accelerate, on one GPU."""

    state = types.SimpleNamespace(deepspeed_plugin=None, fsdp_plugin=None)


class Padded(KnowingStorages):
    """Live storages of a run whose mask of prompts has zeros, or none."""

    def __init__(self, row, differ):
        super().__init__(row)
        self.differ, self.last = differ, None

    def answer(self, func, args):
        """Whether a mask is all ones lies in its values: `generate` lets go of such a mask."""
        is_all, self.last = self.last is aten.all.default, func
        if func is aten._local_scalar_dense.default and is_all:
            return not self.differ
        return super().answer(func, args)


def states_of(optimizer, trained):
    """The states of an optimizer after a step."""
    for parameter in trained:
        parameter.grad = torch.empty_like(parameter)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def generate(model, inputs, accelerator, new_tokens):
    """`_generate_single_turn`"""
    import transformers.generation.utils as utils
    from transformers import GenerationConfig
    from trl.models.utils import unwrap_model_for_generation

    ids, mask = inputs["prompt_ids"], inputs["prompt_mask"]
    last = ids.shape[1] + new_tokens
    utils.StopCheck.__call__ = lambda check, unfinished, tokens, length: (bool(unfinished.max() == 0), length >= last)[1]
    config = GenerationConfig(
        max_new_tokens=new_tokens,
        do_sample=True,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=[2],
        temperature=1.0,
        top_p=1.0,
        top_k=0,
        disable_compile=True,
        use_cache=True,
    )
    kwargs = {"use_reentrant": False}
    with unwrap_model_for_generation(model, accelerator, gradient_checkpointing_kwargs=kwargs) as unwrapped, torch.no_grad():
        unwrapped.generate(input_ids=ids, attention_mask=mask, generation_config=config)


def generated(config, row):
    """The key `expected` of a row."""
    differ = len({prompt for prompt, _ in row["completions"]}) > 1
    masking_utils.fast_all = lambda mask: not differ
    with as_on_cuda(True, differ), without_mask({"padded": differ}), FakeTensorMode(allow_non_fake_inputs=True):
        model, params = load_model(config, row, None)
        prepare(model, row)
        reference = reference_of(config, row)
        with Padded(row, differ) as live:
            for each in filter(None, (model, reference)):
                see_model(live, each)
            static_bytes = live.end_moment("load")["live_bytes"]
            trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
            optimizer = OPTIMIZERS[row["optim"]](trained)
            states_of(optimizer, trained)
            inputs = inputs_of(row)
            # As a script has them that scores completions which are there: rows and masks side by side.
            joined = [torch.cat([inputs[f"prompt_{part}"], inputs[f"completion_{part}"]], dim=1) for part in ("ids", "mask")]
            gc.collect()
            live.end_moment("batch")
            model.train()
            generate(model, inputs, Unwrapping(row, live, []), inputs["completion_ids"].shape[1])
            gc.collect()
            moment = live.end_moment("generate")
            del inputs, joined
        del model, reference, optimizer, trained
    gc.collect()
    return {"params": params, "static_bytes": static_bytes, "peak_bytes": moment["peak_bytes"], "moments": [moment]}


def main(arguments):
    return run_rows(arguments, __doc__, generated)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
