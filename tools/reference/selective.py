"""Which activations checkpointed layers keep (rows with `selective_checkpointing`): torchtitan's policy by operation, or every n-th layer only."""
from collections import defaultdict

import torch
from torch.utils.checkpoint import CheckpointPolicy, create_selective_checkpoint_contexts
from transformers.modeling_layers import GradientCheckpointingLayer

import on_cuda  # defines the operations of the kernels of attention

MATRIX_PRODUCT = torch.ops.aten.mm.default

#: torchtitan/models/llama3/infra/parallelize.py, `_op_sac_save_list`: kernels of attention, collectives, and every other matrix product
KEPT = {
    MATRIX_PRODUCT,
    torch.ops.headroom.flash_attention.default,
    torch.ops.headroom.efficient_attention.default,
    torch.ops._c10d_functional.reduce_scatter_tensor.default,
}


def keep_by_operation():
    """The contexts of one layer's two runs; matrix products of each run are counted apart."""
    products = defaultdict(int)

    def policy(context, operation, *args, **kwargs):
        if operation is MATRIX_PRODUCT:
            products[context.is_recompute] += 1
            if products[context.is_recompute] % 2 == 0:
                return CheckpointPolicy.PREFER_RECOMPUTE
        return CheckpointPolicy.MUST_SAVE if operation in KEPT else CheckpointPolicy.PREFER_RECOMPUTE

    return create_selective_checkpoint_contexts(policy)


def checkpointing_arguments(row):
    """`gradient_checkpointing_kwargs` of the row."""
    by_operation = row.get("selective_checkpointing") == "op"
    return {"use_reentrant": row.get("reentrant", False), **({"context_fn": keep_by_operation} if by_operation else {})}


def leave_layers_out(model, row):
    """Of every n layers only the last is checkpointed (torchtitan's `selective_ac_option` of a number)."""
    every = row.get("selective_checkpointing", "none")
    if not isinstance(every, int):
        return
    layers = [module for module in model.modules() if isinstance(module, GradientCheckpointingLayer)]
    for index, layer in enumerate(layers):
        layer.gradient_checkpointing = (index + 1) % every == 0
