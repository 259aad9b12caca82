"""Kernels in place of modules (rows with `kernels`): Liger's and Axolotl's own Python code runs; Triton is stood for by launches that do nothing."""
import contextlib
import importlib.machinery
import sys
import types
from unittest.mock import MagicMock

import torch

#: What these packages import and no row needs.
LEFT_OUT = [
    "bitsandbytes",
    "bitsandbytes.functional",
    "axolotl.utils.callbacks",
    "axolotl.utils.callbacks.models",
    "triton.runtime",
    "triton.compiler",
    "triton.tools",
    "triton.tools.tensor_descriptor",
    "triton.language.extra",
    "triton.language.extra.libdevice",
    "triton.language.extra.cuda",
    "triton.language.extra.cuda.libdevice",
    "triton.language.math",
]


class Launch:
    """A kernel of Triton: it is launched on a grid and allocates nothing."""

    def __getitem__(self, grid):
        return lambda *arguments, **options: None


def jit(function=None, **options):
    return Launch() if function is not None else lambda function: Launch()


def unchanged(*arguments, **options):
    return lambda function: function


def stand_in(name, **attributes):
    module = types.ModuleType(name)
    module.__spec__, module.__path__ = importlib.machinery.ModuleSpec(name, None), []
    for key, value in attributes.items():
        setattr(module, key, value)
    sys.modules[name] = module


def stand_in_for_triton():
    """After transformers and PEFT, which ask whether Triton is there."""
    import peft  # noqa: F401
    import transformers.modeling_utils  # noqa: F401

    stand_in(
        "triton",
        jit=jit,
        autotune=unchanged,
        heuristics=unchanged,
        cdiv=lambda a, b: -(-a // b),
        next_power_of_2=lambda number: 1 << (number - 1).bit_length(),
        __version__="3.5.0",
        Config=MagicMock,
        language=MagicMock(),
    )
    sys.modules["triton.language"] = sys.modules["triton"].language
    for name in LEFT_OUT:
        sys.modules[name] = MagicMock(__spec__=importlib.machinery.ModuleSpec(name, None), __path__=[])


@contextlib.contextmanager
def as_it_was(*owners):
    """Takes back what is put into modules and classes meanwhile."""
    before = [dict(vars(owner)) for owner in owners]
    try:
        yield
    finally:
        for owner, known in zip(owners, before):
            for name in set(vars(owner)) - set(known):
                delattr(owner, name)
            for name, value in known.items():
                if vars(owner).get(name) is not value:
                    setattr(owner, name, value)


def run_liger(config):
    """Norms, gated MLP and rotary embedding; the loss stays that of the row."""
    from liger_kernel.transformers.monkey_patch import MODEL_TYPE_TO_APPLY_LIGER_FN

    MODEL_TYPE_TO_APPLY_LIGER_FN[config.model_type](cross_entropy=False, fused_linear_cross_entropy=False)


def unpack(packed, state, **options):
    """`bitsandbytes.functional.dequantize_4bit`, for maxima of blocks that are not quantised: a transposed weight gives a transposed result."""
    weight = torch.empty(state.shape, dtype=state.dtype)
    return weight.t() if packed.shape[0] == 1 else weight


def quant_state_of(linear):
    """What a packed weight is unpacked with. Codes and offset are views: they take nothing of their own here."""
    from bitsandbytes_4bit import STATE_BLOCK, WEIGHT_BLOCK

    nested = getattr(linear, "state2_absmax", None)
    return types.SimpleNamespace(
        absmax=linear.absmax,
        blocksize=WEIGHT_BLOCK,
        shape=(linear.out_features, linear.in_features),
        dtype=linear.compute_dtype,
        offset=None if nested is None else nested[:1],
        state2=None if nested is None else types.SimpleNamespace(absmax=nested, code=nested, blocksize=STATE_BLOCK),
    )


def fuse_adapters(model, attention):
    """Axolotl's `LoRA_QKV`, `LoRA_O` and `LoRA_MLP`, put in as its patch manager does. Its own code unpacks 4-bit weights; the launches in it do nothing."""
    import axolotl.monkeypatch.lora_kernels as patches
    from axolotl.kernels import geglu, lora, quantize, swiglu
    from bitsandbytes_4bit import Linear4bit

    quantize.CUDA_STREAM[torch.device("cpu")] = MagicMock()
    quantize.bnb.functional.dequantize_4bit = unpack
    # A mock would keep what it is called with.
    quantize.get_ptr = lambda tensor: None
    for module in model.modules():
        if isinstance(module, Linear4bit):
            module.weight.quant_state = quant_state_of(module)

    # Dispatcher operations see no fake tensor of their own in eager mode: the functions that they register run.
    for module in (swiglu, geglu):
        for name in ("swiglu_forward", "geglu_forward"):
            if hasattr(module, name):
                setattr(lora, name, lambda gate, up: torch.empty_like(gate))
    lora.swiglu_backward = lora.geglu_backward = lambda gradient, gate, up: (gradient, gate, up)
    patches.get_attention_cls_from_config = lambda cfg: attention
    patches.patch_self_attn_lora(None)
    chosen = dict.fromkeys(["lora_qkv_kernel", "lora_o_kernel", "lora_mlp_kernel"], True)
    others = dict.fromkeys(["use_scattermoe", "use_sonicmoe", "lora_embedding_kernel"], False)
    patches.apply_lora_kernel_patches(model, types.SimpleNamespace(**chosen, **others))


@contextlib.contextmanager
def kernels_of(config, row):
    """What a row's `kernels` change in the modelling code, while it runs; gives what is done to the model once it has adapters."""
    wanted = row.get("kernels", [])
    if not wanted:
        yield lambda model: None
        return
    if "triton" not in sys.modules:
        stand_in_for_triton()
    from transformers import AutoModelForCausalLM

    code = sys.modules[AutoModelForCausalLM._model_mapping[type(config)].__module__]
    classes = [each for each in vars(code).values() if isinstance(each, type) and each.__module__ == code.__name__]
    with as_it_was(code, *classes):
        if "liger" in wanted:
            run_liger(config)
        attention = next(each for each in classes if each.__name__.endswith("Attention"))
        yield (lambda model: fuse_adapters(model, attention)) if "lora" in wanted else lambda model: None
