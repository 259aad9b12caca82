#!/usr/bin/env python3
"""litgpt_steps.py ROWS.jsonl: two training steps of LitGPT's own model, adapters, head and loss on fake tensors; prints the rows with what was alive.

Needs `pip install litgpt==0.4.13` beside requirements.txt. Put in by hand: what CUDA does (on_cuda.py), the flash kernel's result in the order of the queries
(`empty_like(q)`, which LitGPT makes heads first), bitsandbytes 0.42's 4-bit product behind Fabric's plugin, and the copies to fp32 of Fabric's
`convert_output`. The loop is that of litgpt/finetune/lora.py: its variable `logits` lives until the next step's takes the name."""
import contextlib
import json
import sys
import warnings

warnings.filterwarnings("ignore")
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch._subclasses.fake_tensor import FakeTensorMode

from live_storages import LiveStorages, see_model
from on_cuda import FlashAttention, as_on_cuda
import litgpt.config
import litgpt.lora
import litgpt.model

MODULES = ("query", "key", "value", "projection", "mlp", "head")


class FlashAsQueries(torch.autograd.Function):
    """The flash kernel where its result lies as its queries do."""

    @staticmethod
    def forward(ctx, query, key, value):
        out = torch.empty_like(query)
        log_sum_exp = query.new_empty(query.shape[:3], dtype=torch.float32)
        ctx.save_for_backward(query, key, value, out, log_sum_exp)
        return out

    backward = FlashAttention.backward


def attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None):
    if torch.is_autocast_enabled("cpu"):
        query, key, value = (each.to(torch.get_autocast_dtype("cpu")) for each in (query, key, value))
    return FlashAsQueries.apply(query, key, value)


def dequantize(like, shape):
    """Quantised from a half-precision copy, so dequantised to fp16; then cast."""
    return like.new_empty(shape, dtype=torch.float16).to(like.dtype)


class MatMul4Bit(torch.autograd.Function):
    """bitsandbytes before 0.43: `ctx.tensors = (A, B)`."""

    @staticmethod
    def forward(ctx, x, shape, bias):
        ctx.shape = shape
        ctx.tensors = x if ctx.needs_input_grad[0] else None
        return F.linear(x, dequantize(x, shape), bias)

    @staticmethod
    def backward(ctx, grad):
        return grad @ dequantize(grad, ctx.shape), None, None


class Linear4bit(nn.Linear):
    def forward(self, x):
        return MatMul4Bit.apply(x, (self.out_features, self.in_features), self.bias)


def quantize(model, double_quant):
    for module in model.modules():
        if type(module) is nn.Linear:
            elements = module.in_features * module.out_features
            module.__class__ = Linear4bit
            module.weight = nn.Parameter(torch.empty(elements // 2, 1, dtype=torch.uint8), requires_grad=False)
            module.absmax = torch.empty(elements // 64, dtype=torch.uint8 if double_quant else torch.float32)
            if double_quant:
                module.nested_absmax = torch.empty(-(-elements // 64 // 256))


def cross_entropy(logits, targets):
    """litgpt.utils.chunked_cross_entropy, without a look at how many targets count, which fake tensors do not allow."""
    if isinstance(logits, list):
        pairs = zip(logits, targets.split(logits[0].size(1), dim=1))
        chunks = [(chunk.reshape(-1, chunk.size(-1)), target.reshape(-1)) for chunk, target in pairs]
    else:
        chunks = list(zip(logits.reshape(-1, logits.size(-1)).split(128), targets.reshape(-1).split(128)))
    losses = [F.cross_entropy(chunk, target, ignore_index=-100, reduction="none") for chunk, target in chunks]
    return torch.cat(losses).sum() / (targets != -100).sum()


def load_model(row):
    named = {"n_layer": row["num_hidden_layers"]}
    if row["method"] == "full":
        config, model_class = litgpt.config.Config.from_name(row["litgpt"], **named), litgpt.model.GPT
    else:
        adapted = {f"lora_{name}": name in row["targets"] for name in MODULES}
        lora = {"lora_r": row["r"], "lora_alpha": 16, "lora_dropout": row["dropout"], **adapted}
        config, model_class = litgpt.lora.Config.from_name(row["litgpt"], **lora, **named), litgpt.lora.GPT
    torch.set_default_dtype(torch.float32 if row["autocast"] else torch.bfloat16)
    model = model_class(config)
    torch.set_default_dtype(torch.float32)
    if row["method"] != "full":
        litgpt.lora.mark_only_lora_as_trainable(model)
    if row["method"] == "qlora":
        quantize(model, row["double_quant"])
    # As the script does before it trains, outside of Fabric's 16-bit context.
    model.max_seq_length = row["sequence_length"]
    model.cos, model.sin = model.rope_cache()
    return model.train()


def steps(row):
    before = F.scaled_dot_product_attention
    with as_on_cuda(), FakeTensorMode(allow_non_fake_inputs=True):
        F.scaled_dot_product_attention = attention
        try:
            return moments_of(row)
        finally:
            F.scaled_dot_product_attention = before


def moments_of(row):
    model = load_model(row)
    live = LiveStorages()
    autocast = (lambda: torch.autocast("cpu", dtype=torch.bfloat16)) if row["autocast"] else contextlib.nullcontext
    with live:
        see_model(live, model)
        moments = [live.end_moment("load")]
        trained = [each for each in model.parameters() if each.requires_grad]
        shape = (row["micro_batch_size"], row["sequence_length"])
        ids, targets = torch.zeros(shape, dtype=torch.int64), torch.zeros(shape, dtype=torch.int64)
        for step in range(2):
            with autocast():
                output = model(ids) if row["method"] == "full" else model(ids, lm_head_chunk_size=128)
            converted = [chunk.float() for chunk in output] if isinstance(output, list) else output.float()
            del output
            logits = converted
            del converted
            if isinstance(logits, list):
                logits[-1] = logits[-1][..., :-1, :]
                loss = cross_entropy(logits, targets[..., 1:])
            else:
                loss = cross_entropy(logits[..., :-1, :], targets[..., 1:])
            moments.append(live.end_moment("forward"))
            loss.backward()
            loss = loss.detach()
            moments.append(live.end_moment("backward"))
            for each in trained:
                each.grad = None
            live.end_moment("zero")
    return {"load": moments[0], "step": moments[3:5]}


def main():
    with open(sys.argv[1], encoding="utf8") as file:
        lines = file.read().splitlines()
    for line in lines:
        row = json.loads(line)
        if "litgpt" not in row:
            print(line)
            continue
        print(json.dumps({**row, "expected": steps(row)}), flush=True)


main()
