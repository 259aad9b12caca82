"""What one rank of DeepSpeed's ZeRO holds in a training step: real tensors on the CPU, with a process group that only pretends.

DeepSpeed reads norms and flags out of its tensors, so they cannot be fake; models are small ones. Set up as Trainer's "auto" values do
(accelerate/accelerator.py, `_prepare_deepspeed`): bf16 with fp32 masters, gradients clipped, buckets by the hidden size. What a CPU does otherwise:
there are no streams, and host memory is the same as the device's, so that overlapping and offloading are left out."""
import gc
import multiprocessing
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor

import torch
import torch.distributed as dist

from live_storages import BLOCK, LiveStorages

STEPS = 2

#: Parameters that Trainer does not decay, in a group of their own (transformers/trainer.py, `get_decay_parameter_names`)
NOT_DECAYED = re.compile(r"bias|layernorm|rmsnorm|(?:^|\.)norm(?:$|\.)|_norm(?:$|\.)")


def settings_of(row, hidden_size):
    zero = {"stage": int(row["shard"][-1]), "reduce_bucket_size": hidden_size**2, "contiguous_gradients": True, "overlap_comm": False}
    if row["shard"] == "zero3":
        zero["stage3_prefetch_bucket_size"] = int(0.9 * hidden_size**2)
        zero["stage3_param_persistence_threshold"] = 10 * hidden_size
        for name in ("stage3_max_live_parameters", "stage3_max_reuse_distance"):
            zero[name] = row.get("max_live_parameters", 10**9)
    return {
        "train_micro_batch_size_per_gpu": row["micro_batch_size"],
        "gradient_accumulation_steps": row.get("gradient_accumulation_steps", 1),
        "zero_optimization": zero,
        "bf16": {"enabled": True},
        "gradient_clipping": 1.0,
        "zero_allow_untested_optimizer": True,
        "steps_per_print": 10**9,
    }


def groups_of(model):
    named = [(name.lower(), each) for name, each in model.named_parameters() if each.requires_grad]
    decayed = [each for name, each in named if not NOT_DECAYED.search(name)]
    rest = [each for name, each in named if NOT_DECAYED.search(name)]
    return [{"params": each} for each in (decayed, rest) if each]


def with_zeros(on_cuda):
    """Attention that is not computed must come out finite: steps are left out otherwise."""
    forward, backward = on_cuda.flash_forward, on_cuda.flash_backward
    on_cuda.flash_forward = lambda *args, **kwargs: tuple(each.zero_() for each in forward(*args, **kwargs))
    on_cuda.flash_backward = lambda *args, **kwargs: tuple(each.zero_() for each in backward(*args, **kwargs))


def parameter_bytes(model):
    """Blocks of the storages of parameters, or of this rank's shards and what stays whole beside them, and of buffers."""
    tensors = [*model.parameters(), *model.buffers()]
    shards = [each.ds_tensor for each in model.parameters() if hasattr(each, "ds_tensor")]
    storages = {each.untyped_storage()._cdata: each.untyped_storage().nbytes() for each in [*tensors, *shards]}
    return sum(-(-nbytes // BLOCK) * BLOCK for nbytes in storages.values())


def one_step(engine, inputs, live, row):
    moments = []
    for _ in range(row.get("gradient_accumulation_steps", 1)):
        loss = engine(**inputs).loss
        moments.append(live.end_moment("forward"))
        engine.backward(loss)
        del loss
        moments.append(live.end_moment("backward"))
        engine.step()
    moments.append(live.end_moment("step"))
    return moments


def run(config, row):
    """Of the rank whose share of the gradients is reduced first: in stage 2 the last; in stage 1, which goes through parameters after backward, the first."""
    from torch.testing._internal.distributed.fake_pg import FakeStore

    # What it says while it loads is no row.
    sys.stdout = sys.stderr
    ranks = row["num_gpus"]
    rank = ranks - 1 if row["shard"] == "zero2" else 0
    dist.init_process_group("fake", store=FakeStore(), rank=rank, world_size=ranks)
    os.environ.update(DS_ACCELERATOR="cpu", RANK=str(rank), LOCAL_RANK="0", WORLD_SIZE=str(ranks))
    import deepspeed

    import on_cuda
    from load_model import load_model

    with_zeros(on_cuda)
    deepspeed.utils.logger.setLevel("ERROR")
    # Sums through shared memory, which it would compile.
    sys.modules["deepspeed.comm.torch"].build_shm_op = lambda: None
    settings = {"lora_dropout": 0.0, "use_dora": False, "attn_implementation": "sdpa", **row}
    live = LiveStorages()
    with on_cuda.as_on_cuda():
        model, params = load_model(config, settings)
        trainable = sum(each.numel() for each in model.parameters() if each.requires_grad)
        optimizer = torch.optim.AdamW(groups_of(model), lr=1e-4, foreach=True)
        with live:
            for tensor in [*model.parameters(), *model.buffers()]:
                live.see(tensor)
            engine, *_ = deepspeed.initialize(
                model=model, optimizer=optimizer, config=settings_of(row, config.hidden_size), dist_init_required=False
            )
            gc.collect()
            static_bytes = parameter_bytes(model)
            ids = torch.zeros((row["micro_batch_size"], row["sequence_length"]), dtype=torch.int64)
            for _ in range(STEPS):
                step = one_step(engine, {"input_ids": ids, "labels": ids}, live, row)
    return {
        "params": params,
        "trainable_params": trainable,
        "static_bytes": static_bytes,
        "step": step,
        "peak_bytes": max(moment["peak_bytes"] for moment in step),
    }


def expected_of_zero(config, row):
    """The key `expected` of a row whose `shard` is one of DeepSpeed's stages, from a process of its own: DeepSpeed keeps its groups in globals."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(run, config, row).result()
