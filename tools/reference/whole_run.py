#!/usr/bin/env python3
"""whole_run.py ROWS.jsonl [ID ...] [--check]: runs what happens outside the training step and prints each row with what PyTorch held (`expected`).

`run` load: from_pretrained() from a state dict in host memory, prepare_model_for_kbit_training(), get_peft_model(). merge: merge_and_unload().
save: what save_pretrained() makes of the state dict before it writes. resume: an optimizer's load_state_dict().

Saving runs on fake tensors, the others on real ones on the CPU, where bitsandbytes quantises. Put in by hand: what goes from host to device is a copy, host memory is not counted, and the two slow kernels of bitsandbytes make what they
make without its numbers. With --check it compares instead with what the row expects, and ends with 1 when a byte differs."""
import contextlib
import gc
import os
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
# What a thread reads ahead depends on the disk; quantisation on load reads one tensor after the other anyway.
os.environ["HF_DEACTIVATE_ASYNC_LOAD"] = "1"
warnings.filterwarnings("ignore")

from row_command import run_rows


def device_of():
    """A device that knows what lies in host memory."""
    import bitsandbytes  # noqa: F401  registers its operations
    import torch

    from live_storages import LiveStorages

    quantize = torch.ops.bitsandbytes.quantize_4bit.default
    dequantize = torch.ops.bitsandbytes.dequantize_4bit.default

    def quantized(matrix, block, _, storage):
        packed = matrix.new_empty((matrix.numel() + 1) // (2 * storage.itemsize), 1, dtype=storage)
        return packed, matrix.new_empty(-(-matrix.numel() // block), dtype=torch.float32)

    def dequantized(packed, absmax, block, kind, shape, dtype):
        return packed.new_empty(shape, dtype=dtype)

    class Device(LiveStorages):
        def host(self, tensor):
            """Says that a tensor lies in host memory."""
            self.known[tensor.untyped_storage()] = [0]
            return tensor

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            func = {quantize: quantized, dequantize: dequantized}.get(func, func)
            return super().__torch_dispatch__(func, types, args, kwargs)

    return Device()


@contextlib.contextmanager
def patched(*places):
    """(object, name, value) for a while."""
    before = [(place, name, getattr(place, name)) for place, name, _ in places]
    for place, name, value in places:
        setattr(place, name, value)
    try:
        yield
    finally:
        for place, name, value in before:
            setattr(place, name, value)


def uploaded(tensor, device=None, dtype=None):
    """`core_model_loading._materialize_copy`: the cast happens on the host, the device gets one tensor."""
    import torch

    slice_ = tensor[...]
    return torch.empty(slice_.shape, dtype=dtype or slice_.dtype)


def checkpoint_of(config, dtype):
    """The state dict as a checkpoint has it: tied heads once, experts as they are published. Nothing is filled in."""
    import torch
    import transformers.core_model_loading as loading
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, dtype=getattr(torch, dtype))
    state = loading.revert_weight_conversion(model, untied(model))
    tensors = {name: torch.zeros(1, dtype=tensor.dtype).expand(tensor.shape) for name, tensor in state.items()}
    return type(model), tensors


def untied(model):
    """`remove_tied_weights_from_state_dict`, which looks at addresses."""
    return {name: tensor for name, tensor in model.state_dict().items() if name not in model.all_tied_weights_keys}


def quantization_of(row):
    import torch
    from transformers import BitsAndBytesConfig

    asked = row.get("quantization") or {"bits": row.get("bits", 4), "double_quant": row.get("bnb_4bit_use_double_quant")}
    if asked["bits"] == 8:
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=asked.get("quant_type", "nf4"),
        bnb_4bit_use_double_quant=asked["double_quant"],
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def quantize_uploaded(params):
    """`_quantize` of bitsandbytes' parameters: what comes from the host is a new tensor on the device."""
    quantize = params._quantize

    def uploading(self, device):
        self.data = self.data.clone()
        return quantize(self, device)

    return params, "_quantize", uploading


def from_pretrained(config, row, state, model_class):
    import torch

    arguments = {"quantization_config": quantization_of(row)} if row["method"] == "qlora" else {}
    dtype = getattr(torch, row["weight_dtype"])
    return model_class.from_pretrained(None, config=config, state_dict=state, dtype=dtype, device_map={"": "cpu"}, **arguments)


def wrapped(model, row):
    """`get_peft_model`."""
    import torch
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=row["r"],
        lora_alpha=2 * row["r"],
        target_modules=row["target_modules"],
        modules_to_save=row.get("modules_to_save"),
        target_parameters=["experts.gate_up_proj", "experts.down_proj"] if row.get("expert_adapters") else None,
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(model, config, autocast_adapter_dtype=row["adapter_dtype"] == "float32")
    if row["adapter_dtype"] != "float32":
        for name, parameter in model.named_parameters():
            if parameter.requires_grad and "lora_" in name:
                parameter.data = parameter.data.to(getattr(torch, row["adapter_dtype"]))
    return model


def see_all(live, model):
    """Everything that a model holds, the statistics of packed weights with it."""
    import torch

    from live_storages import see_model

    see_model(live, model)
    for module in model.modules():
        for parameter in module._parameters.values():
            state = getattr(parameter, "quant_state", None)
            while state is not None:
                for tensor in (state.absmax, state.code, state.offset):
                    if isinstance(tensor, torch.Tensor):
                        live.see(tensor)
                state = state.state2
            for name in ("SCB", "CB"):
                live.see(getattr(parameter, name, None))


def count(model):
    return sum(each.numel() * (2 if type(each).__name__ == "Params4bit" else 1) for each in model.parameters())


def held(model, live, moments, **own):
    peak = max(each["peak_bytes"] for each in moments)
    return {"params": count(model) if not isinstance(model, int) else model, **own, "peak_bytes": peak, "moments": moments}


def load(config, row):
    import bitsandbytes as bnb
    import transformers.core_model_loading as loading
    import transformers.modeling_utils as modeling

    model_class, state = checkpoint_of(config, row["checkpoint_dtype"])
    live, warm = device_of(), []

    def warm_up(model, device_map, quantizer):
        device_map = {name: "cuda" for name in device_map}
        warm.append(int(modeling.get_total_byte_count(model, device_map, quantizer)["cuda"]))

    by_hand = [(loading, "_materialize_copy", uploaded), (modeling, "caching_allocator_warmup", warm_up)]
    if row["weight_dtype"] == "float16":
        # To int8 a matrix goes through the host, as fp16: one that is fp16 already would be the same tensor here.
        by_hand.append(quantize_uploaded(bnb.nn.Int8Params))
    with patched(*by_hand), live:
        for tensor in state.values():
            live.host(tensor)
        tensor = None
        model = from_pretrained(config, row, state, model_class)
        gc.collect()
        moments, params = [live.end_moment("load")], count(model)
        if row["kbit_preparation"] == "fp32":
            from peft import prepare_model_for_kbit_training

            prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
            moments.append(live.end_moment("prepare"))
        if row["method"] != "full":
            model = wrapped(model, row)
            moments.append(live.end_moment("wrap"))
    return held(params, live, moments, warmup_bytes=warm[0])


def loaded(config, row):
    """A model that was loaded and wrapped before anybody counts."""
    import transformers.core_model_loading as loading

    model_class, state = checkpoint_of(config, row["weight_dtype"])
    with patched((loading, "_materialize_copy", uploaded)), device_of():
        model = from_pretrained(config, row, state, model_class)
    params = count(model)
    return (model if row["method"] == "full" else wrapped(model, row)), params


def merge(config, row):
    import bitsandbytes as bnb
    import torch
    from peft.tuners.lora.layer import Linear

    def delta(self, adapter):
        """`Linear.get_delta_weight`: on a GPU nothing is cast to fp32 and back."""
        product = self.lora_B[adapter].weight @ self.lora_A[adapter].weight
        return (product.T if self.fan_in_fan_out else product) * self.scaling[adapter]

    is_finite = torch.isfinite

    def found_finite(tensor):
        """Weights that nobody filled in may be anything; the check takes what it takes."""
        return is_finite(tensor).fill_(True)

    model, params = loaded(config, row)
    live = device_of()
    by_hand = [quantize_uploaded(bnb.nn.Params4bit), (Linear, "get_delta_weight", delta), (torch, "isfinite", found_finite)]
    with patched(*by_hand):
        with live, torch.no_grad():
            see_all(live, model)
            static = live.end_moment("load")["live_bytes"]
            merged = model.merge_and_unload(safe_merge=row["safe_merge"])
            peak = live.end_moment("merge")["peak_bytes"]
            del model
            gc.collect()
            moments = [{**live.end_moment("merge"), "peak_bytes": peak}]
    del merged
    return held(params, live, moments, static_bytes=static)


def save(config, row):
    import torch
    import transformers.core_model_loading as loading
    from torch import nn
    from torch._subclasses.fake_tensor import FakeTensorMode
    from transformers import AutoModelForCausalLM

    with patched((nn.Module, "to", lambda self, *_, **__: self)), FakeTensorMode(allow_non_fake_inputs=True):
        model = AutoModelForCausalLM.from_config(config, dtype=getattr(torch, row["weight_dtype"]))
        live = device_of()
        with live:
            see_all(live, model)
            static = live.end_moment("load")["live_bytes"]
            state = loading.revert_weight_conversion(model, untied(model))
            moments = [live.end_moment("converted")]
            for name in list(state):
                # safetensors takes one tensor at a time to the host.
                live.host(state.pop(name).contiguous())
            moments.append(live.end_moment("saved"))
        return held(model, live, moments, static_bytes=static)


def resume(config, row):
    import torch

    model, params = loaded(config, row)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    make = lambda: torch.optim.AdamW(trained, lr=1e-4, foreach=True)  # noqa: E731
    before = make()
    for parameter in trained:
        step = {"step": torch.tensor(1.0), "exp_avg": torch.empty_like(parameter), "exp_avg_sq": torch.empty_like(parameter)}
        before.state[parameter] = step
    live, state = device_of(), before.state_dict()
    policy = torch.optim.Optimizer._process_value_according_to_param_policy

    def copied(*arguments, **named):
        """What comes from the host is a copy."""
        value = policy(*arguments, **named)
        return value.clone() if value.untyped_storage() in live.known and live.known[value.untyped_storage()] == [0] else value

    with patched((torch.optim.Optimizer, "_process_value_according_to_param_policy", staticmethod(copied))), live:
        for states in state["state"].values():
            for tensor in states.values():
                live.host(tensor)
        see_all(live, model)
        static = live.end_moment("load")["live_bytes"]
        optimizer = make()
        optimizer.load_state_dict(state)
        moments = [live.end_moment("resume")]
    del optimizer
    return held(params, live, moments, static_bytes=static)


RUNS = {"load": load, "merge": merge, "save": save, "resume": resume}


def held_apart(config, row):
    """What a row holds; some had a process of their own, which makes bitsandbytes' table once."""
    import bitsandbytes

    if row.get("own_process"):
        bitsandbytes.functional.name2qmap.clear()
    return RUNS[row["run"]](config, row)


def main(arguments):
    return run_rows(arguments, __doc__, held_apart)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
