"""What CUDA does and the CPU build of PyTorch does not: flash attention, dropout with a mask of bools, autocast of layer norms, the mask left out."""
import contextlib
import contextvars
import functools

import torch
import torch.nn.functional as F
from transformers import masking_utils
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS


def flash_forward(query, key, value, **_):
    """The result, and one log-sum-exp a row."""
    return torch.ops.headroom.flash_attention(query, key, value)


@torch.library.custom_op("headroom::flash_attention", mutates_args=())
def flash_attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """One operation, as the kernel is, so that a checkpoint's policy can tell it."""
    batch, heads, length, _ = query.shape
    out = query.new_empty(batch, length, heads, value.shape[3]).transpose(1, 2)
    return out, query.new_empty(batch, heads, length, dtype=torch.float32)


flash_attention.register_fake(flash_attention._init_fn)


def flash_backward(query, key, value, logsumexp, **_):
    """Takes an fp32 accumulator of the gradient of the queries."""
    workspace = [query.new_empty(query.shape, dtype=torch.float32), torch.empty_like(logsumexp)]
    if query.shape[1] != key.shape[1]:  # grouped heads: gradients of keys and values for every query head first
        batch, heads = query.shape[:2]
        workspace.append(key.new_empty(batch, heads, *key.shape[2:]))
        workspace.append(value.new_empty(batch, heads, *value.shape[2:]))
    return torch.empty_like(query), torch.empty_like(key), torch.empty_like(value)


@torch.library.custom_op("headroom::efficient_attention", mutates_args=())
def efficient_attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor, sums: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """The result, and log-sum-exps in whole blocks of rows, where a gradient asks for them."""
    batch, heads, length, _ = query.shape
    out = query.new_empty(batch, length, heads, value.shape[3]).transpose(1, 2)
    return out, query.new_empty(batch, heads, -(-length // SUMS) * SUMS if sums else 0, dtype=torch.float32)


efficient_attention.register_fake(efficient_attention._init_fn)


class EfficientAttention(torch.autograd.Function):
    """The memory-efficient kernel: keeps the bias too, and sums in whole blocks of 32 rows; backward has an fp32 accumulator where the gradient is in 16 bits."""

    @staticmethod
    def forward(ctx, query, key, value, bias):
        sums = any(ctx.needs_input_grad)
        out, log_sum_exp = torch.ops.headroom.efficient_attention(query, key, value, bias, sums)
        ctx.save_for_backward(query, key, value, out, log_sum_exp, bias)
        return out

    @staticmethod
    def backward(ctx, grad):
        query, key, value, *_ = ctx.saved_tensors
        workspace = [query.new_empty(query.shape[:3], dtype=torch.float32)]
        if query.dtype != torch.float32:
            workspace.append(query.new_empty(query.shape, dtype=torch.float32))
        return torch.empty_like(query), torch.empty_like(key), torch.empty_like(value), None


#: Rows of a block of the memory-efficient kernel's sums, and what the rows of its bias are a multiple of
SUMS, BIAS = 32, 8


def aligned(bias):
    """`preprocess_mask` (aten/src/ATen/native/transformers/attention.cpp): the kernel reads rows of the bias in eights."""
    length = bias.shape[-1]
    return bias if length % BIAS == 0 else F.pad(bias, (0, -length % BIAS))[..., :length]


class FlashAttention(torch.autograd.Function):
    """Keeps queries, keys, values, its result and its log-sum-exp."""

    @staticmethod
    def forward(ctx, query, key, value, *bias):
        out, log_sum_exp = flash_forward(query, key, value)
        ctx.save_for_backward(query, key, value, out, log_sum_exp, *bias)
        return out

    @staticmethod
    def backward(ctx, grad):
        query, key, value, _, log_sum_exp, *bias = ctx.saved_tensors
        return *flash_backward(query, key, value, log_sum_exp), *(None for _ in bias)


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False, has_kernel=True, padded=False
):
    if torch.is_autocast_enabled("cpu"):
        dtype = torch.get_autocast_dtype("cpu")
        query, key, value = query.to(dtype), key.to(dtype), value.to(dtype)
    math = torch.ops.aten._scaled_dot_product_attention_math
    if attn_mask is not None:
        bias = torch.where(attn_mask, 0.0, torch.scalar_tensor(-torch.inf, dtype=query.dtype))
        # No flash kernel with a mask; the memory-efficient one takes it, where there are as many heads of keys, and keeps it.
        if query.shape[1] != key.shape[1] or not has_kernel:
            with torch.autocast("cpu", enabled=False):
                return math(query, key, value, bias, 0.0, False, None, scale=scale)[0]
        if padded:
            bias = aligned(bias)
            return EfficientAttention.apply(query, key, value, bias)
        return FlashAttention.apply(query, key, value, bias)
    # No flash kernel in fp32; the memory-efficient one has no grouped heads, so these fall to the math one.
    if not has_kernel or (query.dtype == torch.float32 and enable_gqa):
        with torch.autocast("cpu", enabled=False):
            return math(query, key, value, None, 0.0, is_causal, None, scale=scale, enable_gqa=enable_gqa)[0]
    return FlashAttention.apply(query, key, value)


def dropout(input, p=0.5, training=True, inplace=False):
    return torch.native_dropout(input, p, True)[0] if training and p > 0 else input


_layer_norm = F.layer_norm


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    if torch.is_autocast_enabled("cpu"):  # on the list of fp32 operations on CUDA, not on a CPU
        input, weight, bias = (None if each is None else each.float() for each in (input, weight, bias))
    return _layer_norm(input, normalized_shape, weight, bias, eps)


def grouped_mm(mat_a, mat_b, *, offs, out_dtype, **_):
    return torch._meta_registrations._create_grouped_mm_output_tensor(mat_a, mat_b, offs, out_dtype)


# CUDA multiplies groups in fp32 too, one after the other; the shape function of fake tensors takes bf16 alone.
torch._meta_registrations._meta_grouped_mm_common = grouped_mm

#: Whether layers with a window have their mask, as they do where rows reach it; rows that were made before that was counted went without
MASKS_OF_WINDOWS = contextvars.ContextVar("masks of windows", default=False)


def sdpa_mask(batch_size, q_length, kv_length, *args, allow_is_causal_skip=True, attention_mask=None, local_size=None, **kwargs):
    """Rows without padding need no mask, which transformers finds out by looking into it; fake tensors cannot be looked into. Falcon wants one all the same."""
    kwargs["local_size"] = local_size
    if attention_mask is None and local_size is not None and MASKS_OF_WINDOWS.get():
        return masking_utils.sdpa_mask(batch_size, q_length, kv_length, *args, allow_is_causal_skip=allow_is_causal_skip, **kwargs)
    if attention_mask is not None:
        return masking_utils.sdpa_mask(
            batch_size, q_length, kv_length, *args, allow_is_causal_skip=False, attention_mask=attention_mask, **kwargs
        )
    if allow_is_causal_skip:
        return None
    return torch.ones(q_length, kv_length, dtype=torch.bool).tril().expand(batch_size, 1, q_length, kv_length)


ALL_MASK_ATTENTION_FUNCTIONS.register("sdpa", sdpa_mask)
# The same for rows of several documents.
masking_utils.find_packed_sequence_indices = lambda position_ids: None


@contextlib.contextmanager
def as_on_cuda(has_kernel=True, padded=False, windows=False):
    """`has_kernel`: whether the card has a kernel of attention that keeps no scores. `padded`: whether rows of the batch have padding. `windows`: whether layers
    with a window have their mask without padding, too."""
    masked = padded or windows
    put_in = {
        "scaled_dot_product_attention": functools.partial(scaled_dot_product_attention, has_kernel=has_kernel, padded=masked),
        "dropout": dropout,
        "layer_norm": layer_norm,
    }
    taken_out = {name: getattr(F, name) for name in put_in}
    for name, function in put_in.items():
        setattr(F, name, function)
    before = MASKS_OF_WINDOWS.set(windows)
    try:
        yield
    finally:
        MASKS_OF_WINDOWS.reset(before)
        for name, function in taken_out.items():
            setattr(F, name, function)
