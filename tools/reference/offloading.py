"""Activations in host memory (rows with `activation_offloading`): hooks on saved tensors under the conditions of TRL's `OffloadActivations` without streams, whose own class asks for a GPU."""
import contextlib

import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.weak import WeakIdKeyDictionary

from live_storages import BLOCK

#: `min_offload_size`
LEAST_BYTES = 1024


class HostMemory(saved_tensors_hooks):
    """What is saved goes to the host, and comes back when it is asked for: but parameters, small tensors, and what has gone already (trl/models/activation_offloading.py, `pack_tensor`)."""

    def __init__(self, model):
        self.live_bytes = self.peak_bytes = 0
        self.parameters = WeakIdKeyDictionary({each.untyped_storage(): True for each in model.parameters()})
        self.begin()
        super().__init__(self.pack, self.unpack)

    def begin(self):
        """A forward pass knows nothing of the one before."""
        self.gone = WeakIdKeyDictionary()

    def count(self, nbytes):
        self.live_bytes += nbytes
        self.peak_bytes = max(self.peak_bytes, self.live_bytes)

    def pack(self, tensor):
        storage = tensor.untyped_storage()
        key = (tensor.storage_offset(), tensor.dtype)
        gone = self.gone.setdefault(storage, set())
        small = tensor.numel() * tensor.element_size() < LEAST_BYTES
        if key in gone or small or isinstance(tensor, torch.nn.Parameter) or storage in self.parameters:
            return tensor
        gone.add(key)
        # Of a tensor that repeats itself what is there is copied.
        nbytes = storage.nbytes() if 0 in tensor.stride() else tensor.numel() * tensor.element_size()
        blocks = -(-nbytes // BLOCK) * BLOCK
        self.count(blocks)
        return tensor.shape, tensor.stride(), tensor.dtype, nbytes, blocks

    def unpack(self, packed):
        if isinstance(packed, torch.Tensor):
            return packed
        shape, stride, dtype, nbytes, blocks = packed
        self.count(-blocks)
        copy = torch.empty(nbytes // dtype.itemsize, dtype=dtype)
        return torch.as_strided(copy, shape, stride)


class Nothing(saved_tensors_hooks):
    """What is saved inside stays on the card."""

    def __init__(self):
        super().__init__(lambda tensor: tensor, lambda tensor: tensor)


def host_memory(model, row):
    """The host of a row that offloads, or None. The head's own saved tensors stay (`get_act_offloading_ctx_manager`)."""
    if not row.get("activation_offloading"):
        return None
    head = model.get_output_embeddings()
    inside = []

    def enter(*_):
        inside.append(Nothing())
        inside[-1].__enter__()

    def leave(*_):
        inside.pop().__exit__()

    head.register_forward_pre_hook(enter)
    head.register_forward_hook(leave, always_call=True)
    return HostMemory(model)


@contextlib.contextmanager
def offloading(host):
    """One forward and its backward."""
    if host is None:
        yield
        return
    host.begin()
    with host:
        yield
