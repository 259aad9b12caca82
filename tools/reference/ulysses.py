"""Attention of ranks that divide the sequence by sharing out heads: DeepSpeed's own Ulysses around transformers' attention, on a process group that only pretends."""
import contextlib

import torch
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

import on_cuda


def flash_forward(query, key, value, **_):
    """The result lies as the queries do (`empty_like(query)`): heads first, where these were copied so."""
    return torch.empty_like(query), query.new_empty(query.shape[:3], dtype=torch.float32)


@contextlib.contextmanager
def heads_shared(model, row):
    """`ParallelismConfig(sp_size=N)` of accelerate, as far as a step is concerned."""
    count = row.get("ulysses", 1)
    if count == 1:
        yield
        return
    import deepspeed.comm
    import deepspeed.runtime.sequence_parallel.parallel_state_sp as groups
    from deepspeed.runtime.sequence_parallel.ulysses_sp import UlyssesSPAttentionHF

    core, alone = row["attn_implementation"], on_cuda.flash_forward
    function = ALL_ATTENTION_FUNCTIONS[core]
    on_cuda.flash_forward = flash_forward
    try:
        deepspeed.comm.init_distributed(dist_backend="fake", auto_mpi_discovery=False, verbose=False)
        UlyssesSPAttentionHF.register_with_transformers(model, core, count, row["micro_batch_size"])
        yield
    finally:
        on_cuda.flash_forward = alone
        ALL_ATTENTION_FUNCTIONS[core] = function
        groups._release_sequence_parallel_groups()
        deepspeed.comm.comm.cdb = None


def inputs_of_rank(shape):
    """What `UlyssesSPDataLoaderAdapter` hands to a rank: labels that are shifted already, and where its tokens stand."""
    ids, positions, labels = (torch.zeros(shape, dtype=torch.int64) for _ in range(3))
    return {"input_ids": ids, "position_ids": positions, "labels": labels, "shift_labels": labels}
