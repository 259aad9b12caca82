"""bitsandbytes' Linear4bit, and PEFT's LoRA, IA3 and AdaLoRA around it, by hand: all need a GPU. VeRA's own code runs around it."""
import math

import torch
import torch.nn.functional as F
from peft.tuners.adalora.layer import SVDLinear
from peft.tuners.ia3.layer import Linear as Ia3Linear
from peft.tuners.lora import dora
from peft.tuners.lora.layer import Linear as LoraLinear
from peft.tuners.tuners_utils import BaseTunerLayer
from peft.tuners.vera import VeraLayer
from peft.tuners.vera import layer as vera
from peft.utils.quantization_utils import Bnb4bitBackend
from torch import nn
from transformers.models.falcon.modeling_falcon import FalconLinear
from transformers.pytorch_utils import Conv1D
from transformers.quantizers.quantizers_utils import should_convert_module

#: `blocksize` of weights, and of their block maxima where these are quantised too
WEIGHT_BLOCK = 64
STATE_BLOCK = 256


class MatMul4Bit(torch.autograd.Function):
    """The weight is unpacked for the product and freed; the input is not kept."""

    @staticmethod
    def forward(ctx, x, packed, shape, bias):
        ctx.shape, ctx.dtype = shape, x.dtype
        return F.linear(x, x.new_empty(shape), None if bias is None else bias.to(x.dtype))

    @staticmethod
    def backward(ctx, grad):
        return grad @ grad.new_empty(ctx.shape, dtype=ctx.dtype).to(grad.dtype), None, None, None


class Linear4bit(nn.Linear):
    compute_dtype = torch.bfloat16  # bnb_4bit_compute_dtype

    def forward(self, x):
        inp_dtype = x.dtype
        x = x.to(self.compute_dtype)
        with torch.autocast("cpu", enabled=False):
            y = MatMul4Bit.apply(x, self.weight, (self.out_features, self.in_features), self.bias)
        return y.to(inp_dtype)


def quantize(model, double_quant, skipped=()):
    """As `replace_with_bnb_linear`: every linear module but the head and what `llm_int8_skip_modules` names (`skipped`), GPT-2's `Conv1D` too; Falcon's as well, as up to transformers 4 (5.24 passes over subclasses)."""
    for name, module in model.named_modules():
        if type(module) not in (nn.Linear, Conv1D, FalconLinear) or not should_convert_module(name, ["lm_head", *skipped]):
            continue
        if type(module) is Conv1D:
            module.in_features, module.out_features = module.weight.shape
        count = module.in_features * module.out_features
        module.__class__ = Linear4bit
        module.weight = nn.Parameter(torch.empty(count // 2, 1, dtype=torch.uint8), requires_grad=False)
        blocks = count // WEIGHT_BLOCK
        module.absmax = torch.empty(blocks, dtype=torch.uint8 if double_quant else torch.float32)
        if double_quant:
            module.state2_absmax = torch.empty(math.ceil(blocks / STATE_BLOCK), dtype=torch.float32)


_lora_forward = LoraLinear.forward


def _lora_4bit_forward(self, x, *args, **kwargs):
    """`peft.tuners.lora.bnb.Linear4bit.forward`"""
    base = self.get_base_layer()
    if self.disable_adapters or not isinstance(base, Linear4bit):
        return _lora_forward(self, x, *args, **kwargs)
    result = base(x, *args, **kwargs)
    result = result.clone()
    for name in self.active_adapters:
        lora_A, lora_B = self.lora_A[name], self.lora_B[name]
        requires_conversion = not torch.is_autocast_enabled("cpu")
        if requires_conversion:
            expected_dtype = result.dtype
            x = self._cast_input_dtype(x, lora_A.weight.dtype)
        if name in self.lora_variant:
            result = self.lora_variant[name].forward(self, active_adapter=name, x=x, result=result)
            if requires_conversion:
                result = result.to(expected_dtype)
            continue
        output = lora_B(lora_A(self.lora_dropout[name](x))) * self.scaling[name]
        if requires_conversion:
            output = output.to(expected_dtype)
        result = result + output
    return result


_ia3_forward = Ia3Linear.forward


def _ia3_4bit_forward(self, x, *args, **kwargs):
    """`peft.tuners.ia3.bnb.Linear4bit.forward`"""
    if not isinstance(self.get_base_layer(), Linear4bit):
        return _ia3_forward(self, x, *args, **kwargs)
    ia3_scaling = 1
    for name in self.active_adapters:
        ia3_scaling *= self.ia3_l[name].flatten()
    requires_conversion = (not torch.is_autocast_enabled("cpu")) and (x.dtype != torch.float32)
    if requires_conversion:
        x = x.float()
    if self.is_feedforward:
        result = self.base_layer(x * ia3_scaling)
        expected_dtype = result.dtype
    else:
        result = self.base_layer(x)
        expected_dtype = result.dtype
        result = result * ia3_scaling
    result = result.clone()
    if requires_conversion:
        result = result.to(expected_dtype)
    return result


_svd_forward = SVDLinear.forward


def _svd_4bit_forward(self, x, *args, **kwargs):
    """`peft.tuners.adalora.bnb.SVDLinear4bit.forward`"""
    if not isinstance(self.get_base_layer(), Linear4bit):
        return _svd_forward(self, x, *args, **kwargs)
    result = self.base_layer(x, *args, **kwargs)
    result = result.clone()
    for name in self.active_adapters:
        lora_A, lora_B, lora_E = self.lora_A[name], self.lora_B[name], self.lora_E[name]
        dropout, scaling = self.lora_dropout[name], self.scaling[name]
        ranknum = self.ranknum[name] + 1e-5
        requires_conversion = not torch.is_autocast_enabled("cpu")
        if requires_conversion:
            expected_dtype = result.dtype
            x = self._cast_input_dtype(x, lora_A.dtype)
        output = dropout(x) @ (lora_A * lora_E).T @ lora_B.T
        if requires_conversion:
            output = output.to(expected_dtype)
        output = output * scaling / ranknum
        result += output
    return result


def _dequantize(module):
    """`peft.utils.integrations.dequantize_module_weight`"""
    if not isinstance(module, Linear4bit):
        return module.weight
    return module.weight.new_empty((module.out_features, module.in_features), dtype=torch.bfloat16)


_update_layer = dora.DoraLinearLayer.update_layer


def _update_4bit_layer(self, *, base_layer, lora_A, lora_B, **rest):
    """DoRA's magnitude, without the norms that it begins with."""
    if not isinstance(base_layer, Linear4bit):
        return _update_layer(self, base_layer=base_layer, lora_A=lora_A, lora_B=lora_B, **rest)
    self.weight = nn.Parameter(lora_B.new_empty(base_layer.out_features), requires_grad=True)


_move = BaseTunerLayer._move_adapter_to_device_of_base_layer


def _move_adapter(self, adapter_name, device=None):
    """`_move_adapter_to_device_of_base_layer` without the device: fake tensors are on one already."""
    if isinstance(self, VeraLayer):  # gives the shared projections the type that the base computes in
        return _move(self, adapter_name, device)
    dtype = self.get_base_layer().weight.dtype
    if not dtype.is_floating_point:
        return
    for name in self.adapter_layer_names + self.other_param_names:
        adapters = getattr(self, name, None)
        if not isinstance(adapters, (nn.ModuleDict, nn.ParameterDict)) or adapter_name not in adapters:
            continue
        adapter = adapters[adapter_name]
        for parameter in [adapter] if isinstance(adapter, nn.Parameter) else adapter.parameters():
            parameter.data = parameter.data.to(dtype)


_backend_of = vera.resolve_quantization_backend


def _backend_of_4bit(base_layer, **rest):
    """What PEFT would find around bitsandbytes' own module: it clones the base's result."""
    return Bnb4bitBackend() if isinstance(base_layer, Linear4bit) else _backend_of(base_layer, **rest)


vera.resolve_quantization_backend = _backend_of_4bit
LoraLinear.forward = _lora_4bit_forward
Ia3Linear.forward = _ia3_4bit_forward
SVDLinear.forward = _svd_4bit_forward
dora.dequantize_module_weight = _dequantize
dora.DoraLinearLayer.update_layer = _update_4bit_layer
BaseTunerLayer._move_adapter_to_device_of_base_layer = _move_adapter
