"""Ranks that divide experts: transformers' own expert parallelism, and its own FSDP2 around it, on a process group that only pretends."""
import contextlib

import torch
import torch.distributed as dist
from torch._subclasses.fake_tensor import FakeTensor
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import DTensor
from torch.testing._internal.distributed.fake_pg import FakeStore
from transformers.distributed.configuration_utils import DistributedConfig
from transformers.distributed.expert_parallel import AllToAllEP, apply_expert_parallelism
from transformers.distributed.fsdp import apply_fully_sharded_data_parallelism
from transformers.distributed.tensor_parallel import apply_tensor_parallelism
from transformers.distributed.utils import TransformersDeviceMesh


def keep_parts_only(model):
    """A loaded part has a storage of its own; one that was cut out of the whole is still a view of it."""
    tied = {}
    for module in model.modules():
        for name, parameter in module._parameters.items():
            if not isinstance(parameter, DTensor):
                continue
            if parameter not in tied:
                local = torch.empty_like(parameter._local_tensor, memory_format=torch.contiguous_format)
                tied[parameter] = torch.nn.Parameter(
                    DTensor.from_local(
                        local,
                        parameter.device_mesh,
                        parameter.placements,
                        run_check=False,
                        shape=parameter.shape,
                        stride=parameter.stride(),
                    ),
                    requires_grad=parameter.requires_grad,
                )
            module._parameters[name] = tied[parameter]


def distribution_of(row):
    """The settings of `from_pretrained(distributed_config=...)`."""
    is_mixed = (row.get("param_dtype"), row.get("reduce_dtype")) == ("bfloat16", "float32")
    return DistributedConfig(
        tp_size=row.get("tensor_parallel", 1),
        fsdp_size=row.get("num_gpus", 1),
        ep_size=row["expert_parallel"],
        fsdp_mixed_precision=is_mixed,
    )


@contextlib.contextmanager
def pretended_meshes(row):
    """`initialize_distributed_mesh` of transformers: two views of the same ranks, of which this is the first."""
    config = distribution_of(row)
    dist.init_process_group("fake", store=FakeStore(), rank=0, world_size=config.fsdp_size * config.tp_size)
    try:
        dense = init_device_mesh(
            "cpu", (1, 1, config.fsdp_size, config.tp_size), mesh_dim_names=("pp", "dp_replicate", "fsdp", "tp")
        )
        expert = init_device_mesh(
            "cpu", (1, 1, config.efsdp_size, config.ep_size), mesh_dim_names=("pp", "dp_replicate", "efsdp", "ep")
        )
        yield TransformersDeviceMesh(dense, expert)
    finally:
        dist.destroy_process_group()


@contextlib.contextmanager
def even_counts(rows, ranks):
    """Rows that go to each rank and come from each, which the layer reads: all ranks send each other as many."""
    assert rows % ranks == 0, "rows of tokens and experts do not divide evenly"
    to_list = FakeTensor.tolist
    FakeTensor.tolist = lambda _: [[rows // ranks] * ranks] * 2
    try:
        yield
    finally:
        FakeTensor.tolist = to_list


_dispatch_tokens = AllToAllEP._dispatch_tokens


def _dispatch_evenly(self, hidden_states, top_k_index, top_k_weights):
    with even_counts(top_k_index.numel() // self.tp_mesh.size(), self.ep_mesh.size()):
        return _dispatch_tokens(self, hidden_states, top_k_index, top_k_weights)


AllToAllEP._dispatch_tokens = _dispatch_evenly


def distribute(model, row, meshes):
    """`maybe_distribute_model`, the loading of weights apart: matrices, then experts, then shards."""
    config = model.config.distributed_config = distribution_of(row)
    embeddings, head = model.get_input_embeddings(), model.get_output_embeddings()
    is_tied = head.weight is embeddings.weight
    if is_tied:  # as they are before weights are loaded
        head.weight = torch.nn.Parameter(torch.empty_like(embeddings.weight))
    model._device_mesh, model._tp_size = meshes.get_mesh(("pp", "fsdp", "tp")), config.tp_size
    dense, experts, shards = model._resolve_parallel_plans(config)
    if config.tp_size > 1:
        apply_tensor_parallelism(model, meshes.get_mesh("tp"), dense)
    if config.ep_size > 1:
        apply_expert_parallelism(
            model, meshes.get_mesh("ep"), meshes.get_mesh("tp"), experts, ep_implementation=config.ep_implementation
        )
    keep_parts_only(model)
    if config.dp_size > 1:
        apply_fully_sharded_data_parallelism(model, meshes, shards, experts)
    if is_tied:
        head.weight = embeddings.weight


def average_adapters(model):
    """Trainer's `_sync_replicated_trainable_parameters`: adapters of a model that is shared already stand whole on each rank."""
    for parameter in model.parameters():
        if parameter.requires_grad and not isinstance(parameter, DTensor):
            parameter.register_post_accumulate_grad_hook(lambda each: dist.all_reduce(each.grad))
    return model
