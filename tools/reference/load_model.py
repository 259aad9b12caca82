"""A model as a training script loads it: quantised, prepared, with adapters, with checkpointing."""
import torch
from peft import (
    AdaLoraConfig,
    IA3Config,
    LoHaConfig,
    LoKrConfig,
    LoraConfig,
    OFTConfig,
    PromptTuningConfig,
    VBLoRAConfig,
    VeraConfig,
    get_peft_model,
)
from peft.tuners.lora import model as lora_model
from peft.tuners.lora.dora import DoraLinearLayer
from torch import nn
from torch.distributed.tensor import DTensor
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

from bitsandbytes_4bit import quantize
from peft_on_fake import HostTokens
from divided import divide
from expert_parallel import distribute
from selective import checkpointing_arguments, leave_layers_out


def prepare_for_kbit_training(model):
    """`peft.prepare_model_for_kbit_training`: what is not packed becomes fp32."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
        if parameter.dtype in (torch.bfloat16, torch.float16):
            parameter.data = parameter.data.to(torch.float32)


def cast_to_bf16(model):
    """`peft_module_casting_to_bf16` of TRL: adapters, embeddings and head in bf16, norms in fp32."""
    for name, module in model.named_modules():
        # The shared projections, too: TRL casts whole tuner layers.
        if isinstance(module, nn.ParameterDict) or "vera_" in name or "oft_" in name:
            for tensor in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
                if tensor.is_floating_point():
                    tensor.data = tensor.data.to(torch.bfloat16)
        weight = getattr(module, "weight", None)
        if weight is None:
            continue
        if "lora_" in name and isinstance(module, (nn.Linear, DoraLinearLayer)):
            weight.data = weight.data.to(torch.bfloat16)
        elif "norm" in name:
            weight.data = weight.data.to(torch.float32)
        elif any(part in name for part in ("lm_head", "embed_tokens", "wte", "wpe")):
            weight.data = weight.data.to(torch.bfloat16)


_divide_adapter = lora_model.add_lora_tp_hooks_dtensor


def _divide_adapter_of_whole(module, plan, mesh, *, base_layer, module_name):
    """transformers 5.24 takes a cut matrix at its word of the whole's width; PEFT 0.21 leaves `lora_A` the width of the part, on which forward stops."""
    if plan == "rowwise":
        module.in_features = base_layer.in_features
    else:
        module.out_features = base_layer.out_features
    _divide_adapter(module, plan, mesh, base_layer=base_layer, module_name=module_name)


lora_model.add_lora_tp_hooks_dtensor = _divide_adapter_of_whole


def lora_config(row, **rest):
    return LoraConfig(lora_alpha=2 * row["r"], lora_dropout=row["lora_dropout"], use_dora=row["use_dora"], **rest)


def vera_config(row, **rest):
    """Its key and first values move no byte, nor does whether the projections are saved."""
    return VeraConfig(vera_dropout=row["lora_dropout"], **rest)


#: The second matrix of an MLP: what PEFT's own list names for the families that it knows.
FEEDFORWARD = r".*(down_proj|mlp\.c_proj|fc2|fc_out|dense_4h_to_h)"


def ia3_config(row, r, **rest):
    """It has no rank and no dropout."""
    return IA3Config(feedforward_modules=FEEDFORWARD, **rest)


def lycoris_config(config):
    """LoHa's and LoKr's: their own dropouts, of ranks and of whole modules, are none."""
    return lambda row, r, **rest: config(r=r, alpha=2 * r, **rest)


def adalora_config(row, r, **rest):
    """Ranks are given away from the first step on; how they are then masked moves no byte of a step."""
    return AdaLoraConfig(
        init_r=r, target_r=r, lora_alpha=2 * r, lora_dropout=row["lora_dropout"], total_step=1000, **rest
    )


def oft_config(row, r, **rest):
    """The size of its blocks stands where others have a rank."""
    return OFTConfig(r=0, oft_block_size=r, **rest)


def vblora_config(row, **rest):
    return VBLoRAConfig(vblora_dropout=row["lora_dropout"], **rest)


def prompt_tuning_config(row, r, task_type, **_):
    """Beside no module of the model: virtual tokens before those of the batch."""
    return PromptTuningConfig(num_virtual_tokens=r, task_type=task_type)


TUNERS = {
    "lora": lora_config,
    "lorafa": lora_config,
    "vera": vera_config,
    "ia3": ia3_config,
    "loha": lycoris_config(LoHaConfig),
    "lokr": lycoris_config(LoKrConfig),
    "adalora": adalora_config,
    "oft": oft_config,
    "vblora": vblora_config,
    "prompt_tuning": prompt_tuning_config,
}


def add_adapters(model, row):
    adapters = getattr(torch, row["adapter_dtype"])
    config = TUNERS[row.get("tuner", "lora")](
        row,
        r=row["r"],
        target_modules=row["target_modules"],
        modules_to_save=row.get("modules_to_save"),
        task_type="SEQ_CLS" if gives_scores(row) else "CAUSAL_LM",
    )
    to = nn.Module.to
    nn.Module.to = lambda self, *args, **kwargs: self  # everything is on one device already
    try:
        model = get_peft_model(model, config, autocast_adapter_dtype=adapters == torch.float32)
    finally:
        nn.Module.to = to
    if adapters != torch.float32:
        for module in model.modules():
            cast_trained(module, adapters)
    if row.get("tuner") == "lorafa":
        freeze_A(model)
    if row.get("tuner") == "prompt_tuning":
        model.prompt_tokens = {name: HostTokens(row["r"]) for name in model.prompt_tokens}
    return model


def freeze_A(model):
    """What `create_lorafa_optimizer` begins with."""
    for name, parameter in model.named_parameters():
        if "lora_A" in name:
            parameter.requires_grad_(False)


def cast_trained(module, dtype):
    """And AdaLoRA's `ranknum`, which is a tuner's, though mostly frozen."""
    for name, parameter in module._parameters.items():
        if parameter is None:
            continue
        is_ranknum = isinstance(module, nn.ParameterDict) and parameter.shape == (1,)
        if not (parameter.requires_grad or is_ranknum):
            continue
        if isinstance(parameter, DTensor):  # its part does not follow its data
            module._parameters[name] = nn.Parameter(parameter.detach().to(dtype))
        else:
            parameter.data = parameter.data.to(dtype)


def gives_scores(row):
    """A reward model has a head of one number."""
    return row.get("objective") == "reward"


def class_of(config, row):
    if not gives_scores(row):
        return AutoModelForCausalLM
    # Any token will do: padding is told from the ids.
    config.num_labels, config.pad_token_id = 1, 0
    return AutoModelForSequenceClassification


def load_model(config, row, mesh=None):
    """The model, ready for a step, and how many parameters it has without adapters; with a mesh, one rank's part of it."""
    attention = "sdpa" if row["attn_implementation"] == "math" else row["attn_implementation"]
    base = class_of(config, row).from_config(
        config, attn_implementation=attention, dtype=getattr(torch, row["weight_dtype"])
    )
    base.train()
    base.config.use_cache = False
    params = sum(parameter.numel() for parameter in base.parameters())
    if mesh is not None:
        (distribute if "expert_parallel" in row else divide)(base, row, mesh)
    if row["method"] == "qlora":
        quantize(base, row["bnb_4bit_use_double_quant"], ["score", *row.get("llm_int8_skip_modules", [])])
        if row["kbit_preparation"] == "none":
            base.requires_grad_(False)
        else:
            prepare_for_kbit_training(base)
    model = base if row["method"] == "full" else add_adapters(base, row)
    if row.get("kbit_preparation") == "trl":
        cast_to_bf16(model)
    if row["gradient_checkpointing"]:
        base.gradient_checkpointing_enable(gradient_checkpointing_kwargs=checkpointing_arguments(row))
        leave_layers_out(base, row)
        if row["method"] != "full":
            base.enable_input_require_grads()
    return model, params
