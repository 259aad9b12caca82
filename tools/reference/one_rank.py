"""What one rank of several holds in a training step: the real FSDP2, FSDP1 and DDP of PyTorch on fake tensors, with a process group that only pretends."""
import contextlib
import gc

import torch
import torch.distributed as dist
import torch.distributed.fsdp._flat_param as flat_param
import torch.distributed.fsdp._fully_shard._fsdp_param as fsdp_param
import torch.distributed.fsdp._fully_shard._fsdp_param_group as fsdp_param_group
import torch.distributed.fsdp._runtime_utils as fsdp1_runtime
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch._subclasses.fake_tensor import unset_fake_temporarily
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import FullyShardedDataParallel, MixedPrecision, MixedPrecisionPolicy, fully_shard
from torch.distributed.fsdp._traversal_utils import _get_fsdp_handles
from torch.distributed.fsdp.wrap import ModuleWrapPolicy
from torch.nn.parallel import DistributedDataParallel
from torch.testing._internal.distributed.fake_pg import FakeStore
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes

from divided import losses_divided
from expert_parallel import average_adapters, pretended_meshes
from live_storages import LiveStorages
from load_model import load_model
from on_cuda import as_on_cuda
from ring_attention import attention_in_a_ring
from ulysses import heads_shared, inputs_of_rank

STEPS = 2

# FSDP1 asks by the address of its data whether a parameter is sharded; that of fake tensors is always the same.
FakeTensor.data_ptr = lambda tensor: tensor.untyped_storage()._cdata

_concatenate = DeviceMesh._concatenate


def _concatenate_for_real(*meshes):
    """Ranks of a mesh are looked up in a tensor of their numbers, which must not be fake."""
    with unset_fake_temporarily():
        return _concatenate(*meshes)


DeviceMesh._concatenate = staticmethod(_concatenate_for_real)


@contextlib.contextmanager
def pretended_ranks(row):
    """The stages of a pipeline; the ranks that share parameters, those of a divided sequence (of a ring the last) among them; those that divide matrices, if any."""
    if "expert_parallel" in row:
        with pretended_meshes(row) as meshes:
            yield None, None, meshes
        return
    stages, stage = row.get("pipeline_parallel", 1), row.get("stage", 0)
    count, tensor, context = row.get("num_gpus", 1), row.get("tensor_parallel", 1), row.get("context_parallel", 1)
    sequence = context * row.get("ulysses", 1)
    of_stage = count * sequence * tensor
    rank = stage * of_stage + (context - 1) * tensor
    dist.init_process_group("fake", store=FakeStore(), rank=rank, world_size=stages * of_stage)
    try:
        mesh = init_device_mesh("cpu", (stages, count, sequence, tensor), mesh_dim_names=("pp", "dp", "cp", "tp"))
        shards = mesh["dp", "cp"]._flatten("dp_cp") if sequence > 1 else mesh["dp"]
        with attention_in_a_ring(mesh["cp"].get_group()) if context > 1 else contextlib.nullcontext():
            yield mesh["pp"], shards, mesh["tp"] if tensor > 1 else None
    finally:
        dist.destroy_process_group()


@contextlib.contextmanager
def resizing_seen(live):
    """FSDP gives whole parameters back by resizing their storage to nothing, which no operation shows."""
    free2, alloc2 = fsdp_param.free_storage, fsdp_param.alloc_storage
    free1, alloc1 = flat_param._free_storage, flat_param._alloc_storage

    def seen(function, size_of):
        def call(tensor, *size):
            function(tensor, *size)
            live.resized(tensor, size_of(tensor, *size))

        return call

    def nothing(*_):
        return 0

    def given(tensor, size):
        return size.numel() * tensor.itemsize

    fsdp_param.free_storage = seen(free2, nothing)
    fsdp_param.alloc_storage = fsdp_param_group.alloc_storage = seen(
        alloc2, lambda tensor: tensor.numel() * tensor.itemsize
    )
    flat_param._free_storage = fsdp1_runtime._free_storage = seen(free1, nothing)
    flat_param._alloc_storage = seen(alloc1, given)
    try:
        yield
    finally:
        fsdp_param.free_storage, fsdp_param.alloc_storage = free2, alloc2
        fsdp_param_group.alloc_storage = alloc2
        flat_param._free_storage = fsdp1_runtime._free_storage = free1
        flat_param._alloc_storage = alloc1


def decoder_layers(model):
    """The modules of the class that transformers says is not to be split."""
    names = model._no_split_modules
    return [module for module in model.modules() if type(module).__name__ in names]


def share_fsdp2(model, layers, row, mesh):
    policy = MixedPrecisionPolicy(
        param_dtype=getattr(torch, row["param_dtype"]), reduce_dtype=getattr(torch, row["reduce_dtype"])
    )
    settings = {"mesh": mesh, "mp_policy": policy, "reshard_after_forward": row["reshard_after_forward"]}
    for layer in layers:
        fully_shard(layer, **settings)
    if row.get("units") == "accelerate":
        share_ends(model, settings)
        del settings["reshard_after_forward"]
    fully_shard(model, **settings)
    return model


def share_ends(model, settings):
    """What accelerate 1.15 makes of embeddings, last norm and head (accelerate/utils/fsdp_utils.py, `fsdp2_prepare_model`)."""
    embeddings, head = model.get_input_embeddings(), model.get_output_embeddings()
    base = model if not hasattr(model, "base_model") or not hasattr(model, "peft_config") else model.base_model.model
    inner = getattr(base, base.base_model_prefix)
    norms = [module for module in inner.children() if "Norm" in type(module).__name__]
    is_tied = embeddings.weight is head.weight
    if not is_tied:
        fully_shard(embeddings, **settings)
    tail = [*norms[-1:], *([embeddings] if is_tied else []), head]
    fully_shard(tail, **{**settings, "reshard_after_forward": False})


def share_fsdp1(model, layers, row, _mesh):
    """As accelerate does: each layer a unit, and with PEFT each adapter's module one of its own; with `units` "layers" as LitGPT does, adapters in their layer's."""
    is_by_layers = row["method"] == "full" or row.get("units") == "layers"
    if is_by_layers:
        policy = ModuleWrapPolicy({type(layer) for layer in layers})
    else:
        from peft.utils.other import fsdp_auto_wrap_policy

        policy = fsdp_auto_wrap_policy(model)
    dtype, reduce = getattr(torch, row["param_dtype"]), getattr(torch, row["reduce_dtype"])
    return FullyShardedDataParallel(
        model,
        auto_wrap_policy=policy,
        mixed_precision=MixedPrecision(param_dtype=dtype, reduce_dtype=reduce, buffer_dtype=dtype),
        use_orig_params=is_by_layers,
        device_id=torch.device("cpu"),
    )


class RealIndices(TorchDispatchMode):
    """DDP's reducer, in C++, writes numbers of buckets and of used parameters into int32 tensors, and reads them: these must not be fake, and are not counted."""

    MADE = (torch.ops.aten.empty.memory_format, torch.ops.aten.zeros.default)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        is_made = func in self.MADE and kwargs.get("dtype") == torch.int32
        is_real = args and type(args[0]) is torch.Tensor and args[0].dtype == torch.int32
        with _disable_current_modes() if is_made or is_real else contextlib.nullcontext():
            return func(*args, **kwargs)


def real_indices(row):
    return RealIndices() if row.get("shard") == "ddp" else contextlib.nullcontext()


def already_reduced(_, bucket):
    """The pretended process group has no result to give; the bucket is summed in place."""
    future = torch.futures.Future()
    future.set_result(bucket.buffer())
    return future


def share_ddp(model, _layers, row, _mesh):
    """As Trainer sets it up: unused parameters are looked for unless layers are checkpointed (transformers/trainer.py, `create_accelerator_and_postprocess`)."""
    # Comparing parameters and sending them from rank 0 reads them.
    model = DistributedDataParallel(model, find_unused_parameters=not row["gradient_checkpointing"], init_sync=False)
    model.register_comm_hook(None, already_reduced)
    return model


SHARE = {"fsdp2": share_fsdp2, "fsdp1": share_fsdp1, "ddp": share_ddp}


def share(model, layers, row, mesh):
    """A model that divides experts was shared when it was loaded."""
    if "expert_parallel" in row:
        return average_adapters(model)
    return SHARE[row["shard"]](model, layers, row, mesh)


def local(tensor):
    return getattr(tensor, "_local_tensor", tensor)


@contextlib.contextmanager
def reducing(model, reduces):
    """Whether gradients of this micro step are reduced, or wait whole (`no_sync`)."""
    if isinstance(model, (FullyShardedDataParallel, DistributedDataParallel)):
        with contextlib.nullcontext() if reduces else model.no_sync():
            yield
    else:
        if hasattr(model, "set_requires_gradient_sync"):
            model.set_requires_gradient_sync(reduces)
        yield


def see_states(live, optimizer):
    for state in optimizer.state.values():
        for value in state.values():
            live.see(local(value))


def one_step(model, optimizer, inputs, live, row):
    moments = []
    micro_steps = row.get("gradient_accumulation_steps", 1)
    for micro_step in range(micro_steps):
        is_last = micro_step == micro_steps - 1
        with losses_divided(row), reducing(model, is_last or row.get("reduces_each_micro_step", True)):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=row["autocast_bf16"]):
                output = model(**inputs)
            loss = output.loss
            del output
            moments.append(live.end_moment("forward"))
            loss.backward()
            del loss
            moments.append(live.end_moment("backward"))
    optimizer.step()
    see_states(live, optimizer)
    live.end_moment("step")
    optimizer.zero_grad(set_to_none=True)
    return moments, live.end_moment("zero")["live_bytes"]


def inputs_of(row):
    """A rank's share of each row; its ids are its labels, one tensor."""
    shape = (row["micro_batch_size"], row["sequence_length"] // row.get("context_parallel", 1) // row.get("ulysses", 1))
    inputs = inputs_of_rank(shape) if row.get("ulysses", 1) > 1 else {"labels": None}
    ids = torch.zeros(shape, dtype=torch.int64)
    padding = {"attention_mask": torch.zeros(shape, dtype=torch.int64)} if row.get("padded") else {}
    return {name: value if name == "position_ids" else ids for name, value in inputs.items()} | {"input_ids": ids} | padding


def held(params, trainable, static_bytes, step, after):
    """The key `expected` of what one rank held."""
    return {
        "params": params,
        "trainable_params": trainable,
        "static_bytes": static_bytes,
        "step": step,
        "after_step_live_bytes": after,
        "peak_bytes": max(moment["peak_bytes"] for moment in step),
    }


def expected_of_rank(config, row):
    """The key `expected` of a row with `num_gpus`: forward and backward (the optimizer's temporaries lie inside kernels that are not seen)."""
    live = LiveStorages()
    with as_on_cuda(padded=row.get("padded", False)), pretended_ranks(row) as (_, mesh, parts), FakeTensorMode(allow_non_fake_inputs=True):
        settings = {"lora_dropout": 0.0, "use_dora": False, "attn_implementation": "sdpa", **row}
        model, _ = load_model(config, settings, parts)
        params = sum(each.numel() for each in model.parameters())
        layers = decoder_layers(model if row["method"] == "full" else model.base_model.model)
        trainable = sum(each.numel() for each in model.parameters() if each.requires_grad)
        with resizing_seen(live), heads_shared(model, settings):
            with real_indices(row):
                model = share(model, layers, row, mesh)
            with live, real_indices(row):
                flat = [handle.flat_param for handle in _get_fsdp_handles(model)] if row.get("shard") == "fsdp1" else []
                for tensor in [*flat, *model.parameters(), *model.buffers()]:
                    live.see(local(tensor))
                for module in model.modules():
                    for value in vars(module).values():
                        live.see(value)
                gc.collect()
                static_bytes = live.end_moment("load")["live_bytes"]
                optimizer = torch.optim.AdamW([each for each in model.parameters() if each.requires_grad], foreach=True)
                inputs = inputs_of(row)
                for _ in range(STEPS):
                    step, after = one_step(model, optimizer, inputs, live, row)
        del model, optimizer, layers, flat
    gc.collect()
    return held(params, trainable, static_bytes, step, after)
