"""Where PEFT's tuners ask for a value, which fake tensors have not: what a run on a GPU finds there, as it finds it."""
import torch
import torch.nn.functional as F
from peft.tuners.loha import layer as loha
from peft.tuners.lokr import layer as lokr
from peft.tuners.oft import layer as oft
from peft.tuners.vblora import layer as vblora

#: `alpha` / `r` of every row, on the host, where a run on a GPU has it too
SCALING = torch.tensor(2.0)


class TorchOfLycoris:
    """`torch`, but for a number drawn on the host that decides whether a whole module is dropped out (never), and the scale, which is on the host."""

    rand = staticmethod(lambda _: 0.5)
    tensor = staticmethod(lambda _: SCALING)

    def __getattr__(self, name):
        return getattr(torch, name)


loha.torch = lokr.torch = TorchOfLycoris()

_matrices = vblora.Linear._get_lora_matrices


def _matrices_of_finite_logits(self, adapter, cast_to_fp32=False):
    """The first thing asked is whether 256 logits have an infinity, which is at no height of a step."""
    self.training = False
    try:
        return _matrices(self, adapter, cast_to_fp32)
    finally:
        self.training = True


vblora.Linear._get_lora_matrices = _matrices_of_finite_logits


_rotation = oft.OFTRotationModule.__init__


def _rotation_as_moved(self, *args, **kwargs):
    """Rows and columns are views of one tensor until they are moved to a GPU, each by itself."""
    _rotation(self, *args, **kwargs)
    self.rows, self.cols = self.rows.clone(), self.cols.clone()


oft.OFTRotationModule.__init__ = _rotation_as_moved


class FunctionalOfVblora:
    """`torch.nn.functional`, but for autocast of softmax, which CUDA has in fp32 and the CPU has not."""

    @staticmethod
    def softmax(input, dim):
        return F.softmax(input.float() if torch.is_autocast_enabled("cpu") else input, dim=dim)

    def __getattr__(self, name):
        return getattr(F, name)


vblora.F = FunctionalOfVblora()


class HostTokens:
    """Ids of virtual tokens. They stay on the host, and `to` copies them for each batch; on one device it would give them themselves."""

    def __init__(self, count):
        self.shape = (count,)

    def unsqueeze(self, _):
        return self

    def expand(self, rows, _):
        self.shape = (rows, self.shape[-1])
        return self

    def to(self, _):
        return torch.zeros(self.shape, dtype=torch.int64)
