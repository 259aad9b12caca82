"""Counts the bytes of live storages, in blocks of 512 B as the CUDA caching allocator hands them out."""
import gc
import weakref

import torch
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
        if not isinstance(value, torch.Tensor):
            return
        storage = value.untyped_storage()
        if storage in self.known:
            return
        blocks = -(-storage.nbytes() // BLOCK) * BLOCK
        self.known[storage] = True
        self._add(blocks)
        weakref.finalize(storage, self._add, -blocks)

    def _add(self, nbytes):
        self.live_bytes += nbytes
        self.peak_bytes = max(self.peak_bytes, self.live_bytes)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
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
        live.see(tensor)
    for module in model.modules():
        for value in vars(module).values():
            live.see(value)
    gc.collect()
