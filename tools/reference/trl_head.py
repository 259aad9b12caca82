"""TRL's fused head: as on a card with Triton, whose kernels allocate nothing of their own, or with operations of PyTorch in their place."""
import contextlib
import importlib
import sys
import types

from whole_run import patched


class Kernel:
    """A Triton kernel that is launched on nothing."""

    def __getitem__(self, grid):
        return lambda *_, **__: None


def has_head():
    """Whether this version of TRL has its fused head."""
    from trl.trainer import utils

    return hasattr(utils, "add_fused_lm_head")


def add_head(model, *outputs):
    """The fused head, where TRL has one."""
    if has_head():
        from trl.trainer.utils import add_fused_lm_head

        add_fused_lm_head(model, **({"outputs": ("log_probs", *outputs)} if outputs else {}))


@contextlib.contextmanager
def head_with(triton):
    """TRL's head while a row runs. Fake tensors are on no card, so that without stand-ins it runs as where Triton is missing."""
    from trl.kernels import chunked_logprob
    from trl.trainer import utils

    if not triton:
        yield
        return
    with patched(
        *((place, "_use_triton", lambda device: True) for place in (chunked_logprob, utils)),
        *((chunked_logprob, name, Kernel()) for name in ("_forward_kernel", "_backward_kernel")),
        # In place on a card, from 16-bit factors.
        (chunked_logprob, "_addmm_fp32", lambda sum_, one, other: None),
        *((utils, name, lambda *_, **__: True) for name in ("is_triton_available", "_supports_trl_loss_kernel")),
    ):
        # Neither has a name where Triton is missing.
        chunked_logprob.triton = types.SimpleNamespace(cdiv=lambda total, size: -(-total // size))
        utils._fused_logprob_entropy = whole_kernel()
        yield


def whole_kernel():
    """The kernel for whole logits, whose module asks for Triton as it is loaded."""
    stand_in = types.ModuleType("triton")
    stand_in.jit, stand_in.cdiv = lambda kernel: Kernel(), lambda total, size: -(-total // size)
    stand_in.language = types.ModuleType("triton.language")
    stand_in.language.constexpr = int
    names = ("triton", "triton.language")
    kept = {name: sys.modules.get(name) for name in names}
    sys.modules.update(zip(names, (stand_in, stand_in.language)))
    try:
        return importlib.import_module("trl.kernels.logprob_entropy").selective_log_softmax_and_entropy
    finally:
        for name, module in kept.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
