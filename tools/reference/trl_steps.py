"""Two steps of TRL's trainer for fine-tuning (rows with `trl_version`): its own loss code and fused head, through `Trainer.training_step`.

Triton kernels allocate nothing of their own, so they are left out. Which tokens a mask of labels keeps is known from the lengths of a row; what fake tensors cannot
say, metrics read as numbers, decides no shape."""
import collections
import contextlib
import gc
import types

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS

from live_storages import LiveStorages, see_model
from load_model import load_model
from on_cuda import as_on_cuda, sdpa_mask
from training_steps import OPTIMIZERS, STEPS

aten = torch.ops.aten


class KnowingStorages(LiveStorages):
    """Live storages of a run whose masks keep so many tokens."""

    def __init__(self, scored):
        super().__init__()
        self.scored = scored

    def answer(self, func, args):
        """Of operations whose size or result lies in values, and of those that a card does in place and fake tensors do not."""
        if func is aten._local_scalar_dense.default:
            return True if args[0].dtype == torch.bool else 1
        if func is aten.index.Tensor and args[1][0].dtype == torch.bool:
            return args[0].new_empty((self.scored, *args[0].shape[2:]))
        if func is aten.masked_scatter_backward.default:
            return args[0].new_empty(args[2])
        if func is aten.index_put.default and len(args) > 3 and args[3]:
            return args[0]
        return None

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        known = self.answer(func, args)
        if known is None:
            return super().__torch_dispatch__(func, types, args, kwargs)
        if isinstance(known, torch.Tensor):
            self.see(known)
        return known


class Kernel:
    """A Triton kernel that is launched on nothing."""

    def __getitem__(self, grid):
        return lambda *_, **__: None


def with_triton():
    """TRL's head as on a card with Triton."""
    from trl.kernels import chunked_logprob
    from trl.trainer import utils

    chunked_logprob._use_triton = utils._use_triton = lambda device: True
    chunked_logprob._forward_kernel = chunked_logprob._backward_kernel = Kernel()
    chunked_logprob.triton = types.SimpleNamespace(cdiv=lambda total, size: -(-total // size))
    # In place on a card, from 16-bit factors.
    chunked_logprob._addmm_fp32 = lambda sum_, one, other: None


class Accelerator:
    """What `compute_loss` and `training_step` ask of accelerate, on one GPU."""

    num_processes, parallelism_config, distributed_type = 1, None, "NO"

    def __init__(self, live, moments):
        self.live, self.moments = live, moments

    def gather_for_metrics(self, value):
        return value

    def backward(self, loss, **_):
        loss = loss / 1
        self.moments.append(self.live.end_moment("forward"))
        loss.backward()


def trainer_of(model, accelerator):
    """SFTTrainer with what its `__init__` sets for these rows, without data or directory."""
    from trl import SFTTrainer

    trainer = object.__new__(SFTTrainer)
    trainer.model = trainer.model_wrapped = model
    trainer.accelerator, trainer.optimizer = accelerator, None
    trainer.args = types.SimpleNamespace(
        device=torch.device("cpu"),
        n_gpu=1,
        torch_empty_cache_steps=None,
        optim="adamw_torch",
        loss_type="nll",
        max_length=None,
        average_tokens_across_devices=False,
        past_index=-1,
    )
    trainer.is_deepspeed_enabled = trainer.is_fsdp_enabled = trainer.use_apex = trainer.loss_is_scaled_for_ga = False
    trainer.model_accepts_loss_kwargs, trainer.current_gradient_accumulation_steps = False, 1
    trainer.compute_loss_func = trainer.label_smoother = None
    trainer.maybe_activation_offload_context = contextlib.nullcontext()
    trainer.state, trainer.control = types.SimpleNamespace(global_step=0, num_input_tokens_seen=0), None
    trainer._metrics = {"train": collections.defaultdict(list)}
    trainer._total_train_tokens, trainer._tp_size, trainer.aux_loss_enabled = 0, 1, False
    trainer._prepare_inputs = lambda inputs: inputs
    return trainer


def prepare(model, row):
    """accelerate's `prepare_model`: autocast within `convert_outputs_to_fp32`."""
    from accelerate.utils import convert_outputs_to_fp32

    if row["autocast_bf16"]:
        model.forward = convert_outputs_to_fp32(torch.autocast("cpu", dtype=torch.bfloat16)(model.forward))


def inputs_of(row):
    """As its collator pads them: ids, labels and a mask."""
    shape = (row["micro_batch_size"], row["sequence_length"])
    return {name: torch.zeros(shape, dtype=torch.int64) for name in ("input_ids", "labels", "attention_mask")}


@contextlib.contextmanager
def without_mask(row):
    """A mask of ones is found to be one, and none is made of it."""
    if not row["padded"]:
        ALL_MASK_ATTENTION_FUNCTIONS.register("sdpa", lambda *sizes, attention_mask=None, **rest: sdpa_mask(*sizes, **rest))
    try:
        yield
    finally:
        ALL_MASK_ATTENTION_FUNCTIONS.register("sdpa", sdpa_mask)


def expected_of_trainer(config, row):
    """The key `expected` of a row."""
    from trl.trainer.utils import add_fused_lm_head

    with_triton()
    scored = sum(length - 1 for length in row["lengths"])
    steps = []
    with as_on_cuda(True, row["padded"]), without_mask(row), FakeTensorMode(allow_non_fake_inputs=True):
        model, params = load_model(config, row, None)
        add_fused_lm_head(model if row["method"] == "full" else model.get_base_model(), outputs=("log_probs", "entropy", "is_top1"))
        prepare(model, row)
        with KnowingStorages(scored) as live:
            see_model(live, model)
            static_bytes = live.end_moment("load")["live_bytes"]
            trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
            optimizer = OPTIMIZERS[row["optim"]](trained)
            for _ in range(STEPS):
                moments = []
                inputs = inputs_of(row)
                # The graph is the loss's, and goes when `training_step` returns: there backward ends.
                trainer_of(model, Accelerator(live, moments)).training_step(model, inputs, None)
                moments.append(live.end_moment("backward"))
                optimizer.step()
                moments.append(live.end_moment("step"))
                optimizer.zero_grad(set_to_none=True)
                moments.append(live.end_moment("zero"))
                del inputs
                gc.collect()
                steps.append(moments)
        trainable = sum(parameter.numel() for parameter in trained)
        del model, optimizer, trained
    gc.collect()
    return {
        "params": params,
        "trainable_params": trainable,
        "static_bytes": static_bytes,
        "peak_bytes": max(moment["peak_bytes"] for moment in steps[1]),
        "step": steps[1],
    }
