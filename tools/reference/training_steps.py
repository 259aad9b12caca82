"""Two real training steps on fake tensors; what each held at each of its moments."""
import gc

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from divided import losses_divided, pretended_ranks
from kernels import kernels_of
from live_storages import LiveStorages, see_model
from load_model import load_model
from offloading import host_memory, offloading
from on_cuda import as_on_cuda
from ulysses import heads_shared, inputs_of_rank

STEPS = 2
LEARNING_RATE = 1e-4


class FusedAdamW:
    """Fused AdamW: states in the type of each parameter that has a gradient, nothing else (its kernel needs a GPU)."""

    def __init__(self, parameters):
        self.parameters, self.states = parameters, {}

    def step(self):
        for index, each in enumerate(self.parameters):
            if each.grad is not None and index not in self.states:
                self.states[index] = (torch.zeros_like(each), torch.zeros_like(each))

    def zero_grad(self, set_to_none):
        for parameter in self.parameters:
            parameter.grad = None


OPTIMIZERS = {
    "adamw_torch (foreach)": lambda trained: torch.optim.AdamW(trained, lr=LEARNING_RATE, foreach=True),
    "adamw_torch_fused": FusedAdamW,
    "sgd": lambda trained: torch.optim.SGD(trained, lr=LEARNING_RATE, foreach=True),
}


def one_step(model, optimizer, row, inputs, live, host):
    moments = []
    autocast = getattr(torch, row.get("autocast_dtype", "bfloat16"))
    for _ in range(row["gradient_accumulation_steps"]):
        with losses_divided(row), offloading(host):
            with torch.autocast("cpu", dtype=autocast, enabled=row["autocast_bf16"]):
                loss = model(**inputs).loss
            moments.append(live.end_moment("forward"))
            loss.backward()
            del loss
            moments.append(live.end_moment("backward"))
    optimizer.step()
    moments.append(live.end_moment("step"))
    optimizer.zero_grad(set_to_none=True)
    moments.append(live.end_moment("zero"))
    return moments


def inputs_of(row):
    """A rank's share of each row, where the sequence is divided."""
    rows, tokens, heads = row["micro_batch_size"], row["sequence_length"], row.get("ulysses", 1)
    shape = (rows, tokens // row.get("context_parallel", 1) // heads)
    if heads > 1:
        return inputs_of_rank(shape)
    names = ["input_ids", "labels", *(["attention_mask"] if row.get("padded") else [])]
    return {name: torch.zeros(shape, dtype=torch.int64) for name in names}


def expected(config, row):
    """The key `expected` of a row."""
    on_cuda = as_on_cuda(row["attn_implementation"] != "math", row.get("padded", False), row.get("windows", False))
    kernels = kernels_of(config, row)
    with on_cuda, kernels as fuse, pretended_ranks(row) as mesh, FakeTensorMode(allow_non_fake_inputs=True):
        model, params = load_model(config, row, mesh)
        fuse(model)
        host = host_memory(model, row)
        with heads_shared(model, row), LiveStorages() as live:
            see_model(live, model)
            static_bytes = live.end_moment("load")["live_bytes"]
            trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
            optimizer = OPTIMIZERS[row["optim"]](trained)
            inputs = inputs_of(row)
            first_step, step = (one_step(model, optimizer, row, inputs, live, host) for _ in range(STEPS))
        trainable = sum(parameter.numel() for parameter in trained)
        del model, optimizer, trained
    gc.collect()
    return {
        "params": params,
        "trainable_params": trainable,
        "static_bytes": static_bytes,
        "peak_bytes": max(moment["peak_bytes"] for moment in step),
        "step": step,
        # Of DTensors the first of each operation makes tensors of its own, to find out how its result is divided.
        **({} if mesh else {"first_step": first_step}),
        **({} if host is None else {"host_peak_bytes": host.peak_bytes}),
    }
