"""Attention of ranks that divide the sequence: PyTorch's own ring (`context_parallel`), around the flash kernel as `on_cuda.py` has it."""
import contextlib

import torch
import torch.nn.functional as F
from torch.distributed.tensor.experimental._context_parallel._attention import (
    _templated_ring_attention,
    _templated_ring_attention_backward,
)

from on_cuda import flash_backward, flash_forward

SEQUENCE = 2


class RingAttention(torch.autograd.Function):
    @staticmethod
    def forward(ctx, query, key, value, group):
        out, log_sum_exp = _templated_ring_attention(
            group, SEQUENCE, flash_forward, query=query, key=key, value=value, is_causal=True
        )
        ctx.group = group
        ctx.save_for_backward(query, key, value, out, log_sum_exp)
        return out

    @staticmethod
    def backward(ctx, grad):
        query, key, value, out, log_sum_exp = ctx.saved_tensors
        gradients = _templated_ring_attention_backward(
            ctx.group,
            SEQUENCE,
            flash_backward,
            grad_out=grad,
            grad_out_name="grad_out",
            query=query,
            key=key,
            value=value,
            out=out,
            logsumexp=log_sum_exp,
            is_causal=True,
        )
        return *gradients, None


@contextlib.contextmanager
def attention_in_a_ring(group):
    alone = F.scaled_dot_product_attention
    F.scaled_dot_product_attention = lambda query, key, value, **_: RingAttention.apply(query, key, value, group)
    try:
        yield
    finally:
        F.scaled_dot_product_attention = alone
