"""What one stage of a pipeline holds in a training step: the real 1F1B schedule of PyTorch around transformers' modules, on fake tensors and a process group that only pretends.

With `shard` fsdp2 the parameters of the stage are shared among `num_gpus` ranks; `tensor_parallel` ranks divide its matrices, `context_parallel` its sequences."""
import contextlib
import gc

import torch
from torch import nn
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.distributed.pipelining import PipelineStage, Schedule1F1B
from torch.distributed.pipelining.stage import InferenceMode
from torch.distributed.tensor import DTensor, Shard
from transformers.distributed.pipeline_parallel import PipelineIdentityLayer
from transformers.distributed.pipeline_parallel import PipelineStage as Shares
from transformers.loss.loss_utils import ForCausalLMLoss

from divided import losses_divided
from live_storages import LiveStorages, see_model
from load_model import load_model
from on_cuda import as_on_cuda
from one_rank import pretended_ranks, real_indices, resizing_seen, see_states, share_ddp
from training_steps import OPTIMIZERS, STEPS


class Stage(nn.Module):
    """The modules of one stage, `apply_pipeline_parallelism` of transformers without its forward (which has no backward)."""

    def __init__(self, model, index, row, parts):
        super().__init__()
        count = row["pipeline_parallel"]
        # Ranks that divide sequences between matrices hand on their share of the tokens.
        self.parts = parts if row.get("sequence_parallel") else None
        base = model if not hasattr(model, "peft_config") else model.base_model.model
        self.model = model
        inner = base.model
        self.is_first, self.is_last = index == 0, index == count - 1
        shares = Shares.__new__(Shares)
        shares.pp_size = count
        start, end = shares.layer_range_for_rank(index, len(inner.layers))
        inner.layers = inner.layers[start:end]
        if not self.is_first and not (self.is_last and base.config.tie_word_embeddings):
            inner.embed_tokens = PipelineIdentityLayer()
        if not self.is_last:
            inner.norm = PipelineIdentityLayer()
            base.lm_head = PipelineIdentityLayer()
        self.base = base

    def forward(self, x):
        if self.parts is not None and not self.is_first:
            x = DTensor.from_local(x, self.parts, [Shard(1)], run_check=False)
        inputs = {"input_ids": x} if self.is_first else {"inputs_embeds": x}
        if self.is_last:
            return self.base(**inputs).logits
        states = self.base.model(**inputs).last_hidden_state
        return states if self.parts is None else states.to_local()


def share_stage(stage, row, mesh):
    """FSDP2 of the stage: each layer a unit, and the rest, as torchtitan does or (`units`) accelerate."""
    inner, head = stage.base.model, stage.base.lm_head
    policy = MixedPrecisionPolicy(
        param_dtype=getattr(torch, row["param_dtype"]), reduce_dtype=getattr(torch, row["reduce_dtype"])
    )
    settings = {"mesh": mesh, "mp_policy": policy, "reshard_after_forward": row["reshard_after_forward"]}
    for layer in inner.layers:
        fully_shard(layer, **settings)
    if row.get("units") == "accelerate":
        is_tied = stage.base.config.tie_word_embeddings
        if stage.is_first and not is_tied:
            fully_shard(inner.embed_tokens, **settings)
        if stage.is_last:
            tail = [inner.norm, *([inner.embed_tokens] if is_tied else []), head]
            fully_shard(tail, **{**settings, "reshard_after_forward": False})
        del settings["reshard_after_forward"]
    fully_shard(stage, **settings)


def schedule_of(stage, wrapped, row, hidden, group):
    """Sizes are said beforehand, so that nothing is run and no other stage is asked for them."""
    rows, micro_batches = row["micro_batch_size"], row["gradient_accumulation_steps"]
    length = row["sequence_length"] // row.get("context_parallel", 1)
    share = length // row["tensor_parallel"] if row.get("sequence_parallel") else length
    ids = torch.zeros((rows, length), dtype=torch.int64)
    dtype = getattr(torch, row.get("param_dtype", row["weight_dtype"]))
    states = torch.zeros((rows, share, hidden), dtype=dtype, requires_grad=True)
    logits = torch.zeros((rows, length, 1), dtype=states.dtype, requires_grad=True)
    count = row["pipeline_parallel"]
    piped = PipelineStage(
        wrapped,
        row["stage"],
        count,
        torch.device("cpu"),
        input_args=ids if stage.is_first else states,
        output_args=logits if stage.is_last else states,
        group=group,
    )
    piped._runtime_validate = False
    piped._inference_mode = InferenceMode.STATIC

    def loss_of(logits, labels):
        return ForCausalLMLoss(logits=logits, labels=labels, vocab_size=logits.shape[-1])

    schedule = Schedule1F1B(piped, micro_batches, loss_fn=loss_of, scale_grads=False)
    piped.has_backward = True
    piped._prepare_forward_infra(micro_batches, (ids,), {}, True)
    piped._prepare_backward_infra(micro_batches)
    schedule._stage_forward_initialized = schedule._stage_backward_initialized = True
    return schedule, piped


def buffers_of(piped):
    for infos in [*piped.args_recv_info.values(), *piped.grad_recv_info.values()]:
        yield from (info.buffer for info in infos if info.buffer is not None)


def expected_of_stage(config, row):
    """The key `expected` of a row with `pipeline_parallel`: the highest of all micro batches, then the optimizer's step."""
    index = row["stage"]
    live = LiveStorages()
    is_shared = "shard" in row
    resizing = resizing_seen(live) if is_shared else contextlib.nullcontext()
    with as_on_cuda(), pretended_ranks(row) as (stages, shards, parts):
        with FakeTensorMode(allow_non_fake_inputs=True), resizing:
            model, params = load_model(config, row, parts)
            stage = Stage(model, index, row, parts)
            del model
            if row.get("shard") == "fsdp2":
                share_stage(stage, row, shards)
            with real_indices(row):
                wrapped = share_ddp(stage, [], row, shards) if row.get("shard") == "ddp" else stage
            with live, real_indices(row):
                see_model(live, stage)
                static_bytes = live.end_moment("load")["live_bytes"]
                trained = [each for each in stage.parameters() if each.requires_grad]
                optimizer = torch.optim.AdamW(trained, foreach=True) if is_shared else OPTIMIZERS[row["optim"]](trained)
                schedule, piped = schedule_of(stage, wrapped, row, config.hidden_size, stages.get_group())
                for buffer in buffers_of(piped):
                    live.see(buffer)
                length = row["sequence_length"] // row.get("context_parallel", 1)
                shape = (row["micro_batch_size"] * row["gradient_accumulation_steps"], length)
                ids = torch.zeros(shape, dtype=torch.int64) if stage.is_first or stage.is_last else None
                for _ in range(STEPS):
                    live.end_moment("begin")
                    arguments = (ids,) if stage.is_first else ()
                    with losses_divided(row):
                        schedule.step(*arguments, target=ids if stage.is_last else None, return_outputs=False)
                    step = [live.end_moment("backward")]
                    optimizer.step()
                    if is_shared:
                        see_states(live, optimizer)
                    step.append(live.end_moment("step"))
                    optimizer.zero_grad(set_to_none=True)
                    step.append(live.end_moment("zero"))
            # The temporaries of an optimizer on shards lie inside kernels that are not seen.
            step = step[:1] if is_shared else step
            trainable = sum(each.numel() for each in trained)
            del stage, wrapped, schedule, piped, optimizer, trained
    gc.collect()
    return {
        "params": params,
        "trainable_params": trainable,
        "static_bytes": static_bytes,
        "peak_bytes": max(moment["peak_bytes"] for moment in step),
        "step": step,
    }
