"""Counts the bytes of live storages, in blocks of 512 B as the CUDA caching allocator hands them out."""
import gc
import weakref

import torch
from torch.distributed.tensor import DTensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_
from torch.utils.weak import WeakIdKeyDictionary

BLOCK = 512


class LiveStorages(TorchDispatchMode):
    """Sees every tensor that an operation returns; a storage counts until Python frees it."""

    def __init__(self):
        super().__init__()
        self.live_bytes = 0
        self.peak_bytes = 0
        self.known = WeakIdKeyDictionary()

    def see(self, value):
        if not isinstance(value, torch.Tensor) or hasattr(value, "_local_tensor") or value.device.type == "meta":
            return
        storage = value.untyped_storage()
        if storage in self.known:
            return
        counted = self.known[storage] = [0]
        self._count(counted, storage.nbytes())
        weakref.finalize(storage, self._count, counted, 0)

    def resized(self, tensor, nbytes):
        """The storage of a tensor has another size now."""
        counted = self.known.get(tensor.untyped_storage())
        if counted is not None:
            self._count(counted, nbytes)

    def _count(self, counted, nbytes):
        blocks = -(-nbytes // BLOCK) * BLOCK
        self.live_bytes += blocks - counted[0]
        counted[0] = blocks
        self.peak_bytes = max(self.peak_bytes, self.live_bytes)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if DTensor in types:
            # Its own operations come next, on the rank's part.
            return NotImplemented
        if func is torch.ops._c10d_functional.wait_tensor.default:
            # Its meta function makes a new tensor; the real one gives back its own.
            return args[0]
        result = func(*args, **(kwargs or {}))
        tree_map_(self.see, result)
        return result

    def end_moment(self, moment):
        """What is alive now, and the highest since the moment before."""
        ended = {"moment": moment, "live_bytes": self.live_bytes, "peak_bytes": self.peak_bytes}
        self.peak_bytes = self.live_bytes
        return ended


def see_model(live, model):
    """Parameters, buffers, and tensors that are plain attributes of modules (statistics of quantised weights)."""
    for tensor in [*model.parameters(), *model.buffers()]:
        live.see(getattr(tensor, "_local_tensor", tensor))
    for module in model.modules():
        for value in vars(module).values():
            live.see(value)
    gc.collect()
