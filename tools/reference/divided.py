"""One rank's part of a model under tensor parallelism: transformers' own plan, or with sequence parallelism torchtitan's, on a process group that only pretends."""
import contextlib

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Replicate, Shard
from torch.distributed.tensor.parallel import (
    ColwiseParallel,
    PrepareModuleInput,
    RowwiseParallel,
    SequenceParallel,
    loss,
    parallelize_module,
)
from torch.testing._internal.distributed.fake_pg import FakeStore
from torch.utils._python_dispatch import _disable_current_modes
from transformers.distributed.configuration_utils import DistributedConfig
from transformers.distributed import tensor_parallel

from expert_parallel import keep_parts_only, pretended_meshes
from ring_attention import attention_in_a_ring


@contextlib.contextmanager
def pretended_ranks(row):
    """The process groups of a row that divides a model; of those that divide the sequence the last rank, which has most to do. None where nothing is divided."""
    tensor, context = row.get("tensor_parallel", 1), row.get("context_parallel", 1)
    count = tensor * context * row.get("ulysses", 1)
    if "expert_parallel" in row:
        with pretended_meshes(row) as meshes:
            yield meshes
        return
    if count == 1:
        yield None
        return
    dist.init_process_group("fake", store=FakeStore(), rank=(context - 1) * tensor, world_size=count)
    try:
        mesh = init_device_mesh("cpu", (count // tensor // context, context, tensor), mesh_dim_names=("sp", "cp", "tp"))
        with attention_in_a_ring(mesh["cp"].get_group()) if context > 1 else contextlib.nullcontext():
            yield mesh["tp"] if tensor > 1 else None
    finally:
        dist.destroy_process_group()


# A head whose columns are not gathered.
tensor_parallel.ALL_PARALLEL_STYLES.register(
    "colwise_divided_output", tensor_parallel.ColwiseParallel(output_layouts=Shard(-1), use_local_output=False)
)


_propagate_tensor_meta = loss._propagate_tensor_meta


def _propagate_unseen(*arguments):
    """Shapes of whole results are found on tensors that take nothing, which must not be counted."""
    with _disable_current_modes():
        return _propagate_tensor_meta(*arguments)


loss._propagate_tensor_meta = _propagate_unseen


def losses_divided(row):
    """The context of forward and backward under which cross entropy takes logits that stay divided."""
    return loss.loss_parallel() if row.get("loss_parallel") else contextlib.nullcontext()


def by_transformers(model, row, mesh):
    """`from_pretrained(tp_plan="auto")`, the loading of weights apart."""
    model._device_mesh, model._tp_size = mesh, mesh.size()
    # PEFT asks it whether adapters are to be divided, too.
    model.config.distributed_config = DistributedConfig(tp_size=mesh.size())
    plan, _, _ = model._resolve_parallel_plans(model.config.distributed_config)
    if row.get("loss_parallel"):
        plan = {name: "colwise_divided_output" if name.startswith("lm_head") else style for name, style in plan.items()}
    tensor_parallel.apply_tensor_parallelism(model, mesh, plan)


def with_sequence_parallel(model, row, mesh):
    """What torchtitan makes of a Llama (torchtitan/models/llama3/infra/parallelize.py, `apply_non_moe_tp`), under transformers' names."""
    inner = model.model
    parallelize_module(
        model,
        mesh,
        {
            "model.embed_tokens": RowwiseParallel(
                input_layouts=Replicate(), output_layouts=Shard(1), use_local_output=False
            ),
            "model.norm": SequenceParallel(),
            "lm_head": ColwiseParallel(
                input_layouts=Shard(1),
                output_layouts=Shard(-1) if row.get("loss_parallel") else Replicate(),
                use_local_output=not row.get("loss_parallel"),
            ),
        },
    )
    for layer in inner.layers:
        parallelize_module(
            layer,
            mesh,
            {
                "input_layernorm": SequenceParallel(),
                "self_attn": PrepareModuleInput(
                    input_kwarg_layouts={"hidden_states": Shard(1)},
                    desired_input_kwarg_layouts={"hidden_states": Replicate()},
                ),
                "self_attn.q_proj": ColwiseParallel(),
                "self_attn.k_proj": ColwiseParallel(),
                "self_attn.v_proj": ColwiseParallel(),
                "self_attn.o_proj": RowwiseParallel(output_layouts=Shard(1), use_local_output=False),
                "post_attention_layernorm": SequenceParallel(),
                "mlp": PrepareModuleInput(input_layouts=(Shard(1),), desired_input_layouts=(Replicate(),)),
                "mlp.gate_proj": ColwiseParallel(),
                "mlp.up_proj": ColwiseParallel(),
                "mlp.down_proj": RowwiseParallel(output_layouts=Shard(1), use_local_output=False),
            },
        )


def divide(model, row, mesh):
    embeddings, head = model.get_input_embeddings(), model.get_output_embeddings()
    is_tied = head.weight is embeddings.weight
    if is_tied:  # as they are before weights are loaded
        head.weight = torch.nn.Parameter(torch.empty_like(embeddings.weight))
    (with_sequence_parallel if row.get("sequence_parallel") else by_transformers)(model, row, mesh)
    if is_tied:
        head.weight = embeddings.weight
    keep_parts_only(model)
