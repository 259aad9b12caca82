"""What one rank of several holds in a step of TRL's trainers (rows with `trl_version` and `num_gpus`): PyTorch's FSDP2, FSDP1 and DDP around the policy as accelerate
wraps it, and around a copy of it as TRL does (`prepare_fsdp`). A process group only pretends, as in `one_rank.py`; optimizers are not seen."""
import gc

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch.distributed.fsdp._traversal_utils import _get_fsdp_handles
from torch.nn.parallel import DistributedDataParallel

from load_model import load_model
from on_cuda import as_on_cuda
from one_rank import decoder_layers, held, local, pretended_ranks, real_indices, resizing_seen, see_states, share, share_fsdp1
from training_steps import STEPS
from trl_head import add_head, head_with
from trl_steps import (
    Accelerator,
    KnowingStorages,
    OUTPUTS,
    inputs_of,
    prepare,
    reference_of,
    score,
    trainer_of,
    without_dropout,
    without_mask,
)


def share_copy(reference, row, mesh):
    """A copy of the policy as `prepare_fsdp` shares it: by FSDP2 all of it as one unit. Under DDP each rank has it whole."""
    if row["shard"] == "fsdp1":
        return share_fsdp1(reference, decoder_layers(reference), {**row, "method": "full"}, mesh)
    if row["shard"] == "fsdp2":
        policy = MixedPrecisionPolicy(
            param_dtype=getattr(torch, row["param_dtype"]), reduce_dtype=getattr(torch, row["reduce_dtype"])
        )
        fully_shard(reference, mesh=mesh, mp_policy=policy, reshard_after_forward=row["reshard_after_forward"])
    return reference


def see_shards(live, model, row):
    flat = [handle.flat_param for handle in _get_fsdp_handles(model)] if row["shard"] == "fsdp1" else []
    for tensor in [*flat, *model.parameters(), *model.buffers()]:
        live.see(local(tensor))
    for module in model.modules():
        for value in vars(module).values():
            live.see(value)


def one_step(model, reference, row, live):
    moments, inputs = [], inputs_of(row)
    # The graph is the loss's, and goes when `training_step` returns: there backward ends.
    trainer = trainer_of(row, model, reference, Accelerator(row, live, moments))
    # The trainer has what the wrapper is around.
    trainer.model = model.module if isinstance(model, DistributedDataParallel) else model
    if row["objective"] == "grpo":
        score(trainer, model, inputs, row)
    trainer.training_step(model, inputs, None)
    del trainer
    moments.append(live.end_moment("backward"))
    return moments


def expected_of_trainers_rank(config, row):
    """The key `expected` of a row: forward and backward."""
    live = KnowingStorages(row)
    fake = FakeTensorMode(allow_non_fake_inputs=True)
    with head_with(True), as_on_cuda(True, row["padded"]), pretended_ranks(row) as (_, mesh, _), without_mask(row), fake:
        model, params = load_model(config, row, None)
        without_dropout(model, row)
        base = model if row["method"] == "full" else model.get_base_model()
        if row["objective"] in OUTPUTS:
            add_head(base, *OUTPUTS[row["objective"]])
        trainable = sum(each.numel() for each in model.parameters() if each.requires_grad)
        reference = reference_of(config, row)
        with resizing_seen(live), real_indices(row):
            model = share(model, decoder_layers(base), row, mesh)
            prepare(model, row)
            if reference is not None:
                reference = share_copy(reference, row, mesh)
            with live:
                for each in filter(None, (model, reference)):
                    see_shards(live, each, row)
                gc.collect()
                static_bytes = live.end_moment("load")["live_bytes"]
                optimizer = torch.optim.AdamW([each for each in model.parameters() if each.requires_grad], foreach=True)
                for _ in range(STEPS):
                    step = one_step(model, reference, row, live)
                    optimizer.step()
                    see_states(live, optimizer)
                    live.end_moment("step")
                    optimizer.zero_grad(set_to_none=True)
                    after = live.end_moment("zero")["live_bytes"]
                    gc.collect()
        del model, base, reference, optimizer
    gc.collect()
    return held(params, trainable, static_bytes, step, after)
