"""Two steps of TRL's trainers (rows with `trl_version`): their own loss code and fused head, through `Trainer.training_step`.

Which tokens a mask keeps is known from the lengths of a row; what fake tensors cannot say, metrics
read as numbers, decides no shape."""
import collections
import contextlib
import gc
import types

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS

from bitsandbytes_4bit import quantize
from live_storages import LiveStorages, see_model
from load_model import load_model
from on_cuda import as_on_cuda, sdpa_mask
from training_steps import OPTIMIZERS, STEPS
from trl_head import add_head, has_head, head_with

aten = torch.ops.aten


def kept_tokens(row):
    """How many tokens a mask keeps: of all rows, or of the half of a batch of pairs that is chosen, or of the other."""
    if row["objective"] == "reward":
        return (0,)
    if "pairs" in row:
        chosen, rejected = (sum(pair[half] for pair in row["pairs"]) for half in (1, 2))
        return chosen + rejected, chosen, rejected
    if "completions" in row:
        return (sum(completion for _, completion in row["completions"]),)
    if "examples" in row:
        wanted, others = (sum(each[1] for each in row["examples"] if each[2] == side) for side in (1, 0))
        return wanted + others, wanted, others
    return (sum(length - 1 for length in row["lengths"]),)


class KnowingStorages(LiveStorages):
    """Live storages of a run whose masks keep so many tokens."""

    def __init__(self, row):
        super().__init__()
        self.kept, *self.halves = kept_tokens(row)
        self.rows = rows_of(row)
        labels = [each[2] for each in row.get("examples", ())]
        self.labelled = [sum(labels), len(labels) - sum(labels)]

    def kept_of(self, mask):
        """Of a half the chosen ones come first; the next time it is the other half's turn."""
        if mask.shape[0] == self.rows:
            return self.kept
        self.halves.reverse()
        return self.halves[-1]

    def found_of(self, flags):
        """Of rows the wanted ones are looked for first, then the others."""
        self.labelled.reverse()
        return flags.new_empty((self.labelled[-1], 1), dtype=torch.int64)

    def with_differences(self, args):
        """It works on a tensor of its input's size."""
        work = torch.empty_like(args[0])
        self.see(work)
        result = aten.logsumexp.default(*args)
        del work
        return result

    def answer(self, func, args):
        """Of operations whose size or result lies in values, and of those that a card does in place and fake tensors do not."""
        if func is aten._local_scalar_dense.default:
            return True if args[0].dtype == torch.bool else 1
        if func is aten.index.Tensor and args[1][0].dtype == torch.bool:
            return args[0].new_empty((self.kept_of(args[1][0]), *args[0].shape[2:]))
        if func is aten.nonzero.default:
            return self.found_of(args[0])
        if func is aten.index_add.default:
            return args[0]
        if func is aten.logsumexp.default:
            return self.with_differences(args)
        if func is aten.masked_scatter_backward.default:
            return args[0].new_empty(args[2])
        if func is aten.index_put.default and len(args) > 3 and args[3]:
            return args[0]
        return None

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        known = self.answer(func, args)
        if known is None:
            return super().__torch_dispatch__(func, types, args, kwargs)
        if isinstance(known, torch.Tensor):
            self.see(known)
        return known


class Accelerator:
    """What `compute_loss` and `training_step` ask of accelerate, on one GPU."""

    num_processes, parallelism_config, distributed_type, is_main_process = 1, None, "NO", True
    device = torch.device("cpu")

    def __init__(self, row, live, moments):
        self.row, self.live, self.moments = row, live, moments

    def autocast(self):
        return torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.row["autocast_bf16"])

    def reduce(self, value, reduction="sum"):
        return value

    def gather(self, value):
        return value

    gather_for_metrics = gather

    def unwrap_model(self, model):
        return model

    def backward(self, loss, **_):
        loss = loss / 1
        self.moments.append(self.live.end_moment("forward"))
        loss.backward()


#: Objectives of pairs without a reference
REFERENCE_FREE = ("orpo", "cpo", "simpo")

#: What each trainer asks its model's head for beside log-probabilities
OUTPUTS = {
    "sft": ("entropy", "is_top1"),
    "dpo": ("entropy", "mean_logits", "is_top1"),
    "kto": ("entropy", "mean_logits"),
    "grpo": ("entropy",),
}


def trainer_class(row):
    from trl import DPOTrainer, GRPOTrainer, KTOTrainer, RewardTrainer, SFTTrainer
    from trl.experimental.cpo import CPOTrainer
    from trl.experimental.gkd import GKDTrainer
    from trl.experimental.orpo import ORPOTrainer

    trainers = {"sft": SFTTrainer, "dpo": DPOTrainer, "kto": KTOTrainer, "grpo": GRPOTrainer, "orpo": ORPOTrainer, "reward": RewardTrainer, "distill": GKDTrainer}
    return trainers.get(row["objective"], CPOTrainer)


def trainer_of(row, model, reference, accelerator):
    """A trainer with what its `__init__` sets for these rows, without data or directory."""
    trainer = object.__new__(trainer_class(row))
    trainer.model = trainer.model_wrapped = model
    trainer.ref_model = reference
    trainer.accelerator, trainer.optimizer = accelerator, None
    trainer.args = types.SimpleNamespace(
        device=torch.device("cpu"),
        n_gpu=1,
        torch_empty_cache_steps=None,
        optim="adamw_torch",
        loss_type="nll",
        center_rewards_coefficient=None,
        max_length=None,
        average_tokens_across_devices=False,
        past_index=-1,
        report_to=[],
        gradient_checkpointing_kwargs={"use_reentrant": False},
    )
    trainer.is_deepspeed_enabled = trainer.is_fsdp_enabled = trainer.use_apex = trainer.loss_is_scaled_for_ga = False
    trainer.model_accepts_loss_kwargs, trainer.current_gradient_accumulation_steps = False, 1
    trainer.compute_loss_func = trainer.label_smoother = trainer.ld_alpha = None
    trainer.maybe_activation_offload_context = contextlib.nullcontext()
    trainer.state, trainer.control = types.SimpleNamespace(global_step=0, num_input_tokens_seen=0), None
    trainer._metrics = {"train": collections.defaultdict(list)}
    trainer._total_train_tokens, trainer._tp_size, trainer.aux_loss_enabled = 0, 1, False
    trainer._prepare_inputs = lambda inputs: inputs
    trainer.precompute_ref_logps = row.get("ref") == "precomputed"
    trainer.beta, trainer.label_smoothing, trainer.use_weighting = 0.1, 0.0, False
    trainer.loss_types, trainer.loss_weights, trainer.f_divergence_type = ["sigmoid"], [1.0], "reverse_kl"
    trainer.use_liger_kernel = trainer.is_vision_model = trainer._is_vlm = False
    if row["objective"] == "grpo":
        as_grpo(trainer, row)
    if row["objective"] == "kto":
        as_kto(trainer, row)
    if row["objective"] == "distill":
        trainer.teacher_model, trainer.beta, trainer.temperature = reference, 0.5, 1.0
        # Completions are those of the batch.
        trainer.lmbda, trainer.seq_kd, trainer.use_liger_gkd_loss = -1.0, False, False
    if row["objective"] in REFERENCE_FREE:
        as_reference_free(trainer, row)
    return trainer


def as_kto(trainer, row):
    """Without mismatched completions where the loss is `apo_zero_unpaired`."""
    trainer.loss_type = row.get("loss_type", "kto")
    trainer.calculate_KL = trainer.loss_type == "kto"
    trainer.desirable_weight = trainer.undesirable_weight = 1.0


def as_reference_free(trainer, row):
    """`cpo_alpha` is 1 of CPO and 0 of SimPO; ORPO has none."""
    is_simpo = row["objective"] == "simpo"
    trainer.loss_type, trainer.cpo_alpha, trainer.simpo_gamma, trainer.alpha = "simpo" if is_simpo else "sigmoid", 0.0 if is_simpo else 1.0, 0.5, 0.0
    trainer.is_encoder_decoder, trainer.padding_value, trainer.pad_token_id, trainer.aux_loss_coef = False, 0, 0, 0.0
    trainer._peft_has_been_casted_to_bf16 = row.get("kbit_preparation") == "trl"
    trainer._stored_metrics = collections.defaultdict(lambda: collections.defaultdict(list))


def as_grpo(trainer, row):
    """`beta` is not 0 where there is a reference; completions are there, of the policy as it is."""
    trainer.beta = 0.0 if row["ref"] == "none" else 0.04
    trainer.loss_type, trainer.importance_sampling_level, trainer.temperature = "dapo", "token", 1.0
    trainer.args.delta, trainer.args.use_bias_correction_kl, trainer.args.steps_per_generation = None, True, 1
    trainer.top_entropy_quantile, trainer.off_policy_mask_threshold = 1.0, None
    trainer.epsilon_low = trainer.epsilon_high = 0.2
    trainer.use_vllm = trainer.use_liger_loss = trainer._entropy_bonus_enabled = False
    trainer.model_kwarg_keys = ("logits_to_keep",)
    trainer.num_iterations, trainer._step, trainer._current_train_step_time = 1, 0, 0.0


def score(trainer, model, inputs, row):
    """`_generate_and_score_completions` on completions that are there: the reference's log-probabilities, where a loss asks for them."""
    from trl.models.utils import disable_gradient_checkpointing
    from trl.trainer.utils import use_adapter

    if row["ref"] == "none":
        return
    ids = torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], dim=1)
    mask = torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], dim=1)
    kept, reference = inputs["completion_ids"].size(1), trainer.ref_model
    with torch.no_grad(), disable_gradient_checkpointing(model, trainer.args.gradient_checkpointing_kwargs):
        with use_adapter(model, None) if reference is None else contextlib.nullcontext():
            logps, *_ = trainer._get_per_token_logps_and_entropies(reference or model, ids, mask, kept, batch_size=len(ids))
    inputs["ref_per_token_logps"] = logps


def prepare(model, row):
    """accelerate's `prepare_model`: autocast within `convert_outputs_to_fp32`."""
    from accelerate.utils import convert_outputs_to_fp32

    if row["autocast_bf16"]:
        model.forward = convert_outputs_to_fp32(torch.autocast("cpu", dtype=torch.bfloat16)(model.forward))


def rows_of(row):
    """Of a pair both completions are run."""
    return row["micro_batch_size"] * (2 if "pairs" in row else 1)


def inputs_of(row):
    """As the trainer's collator pads them; of GRPO as it pads completions, with an advantage each."""
    if row["objective"] == "distill":
        return prompted_of(row)
    if "completions" in row:
        widths = {"prompt": max(prompt for prompt, _ in row["completions"])}
        widths["completion"] = row["sequence_length"] - widths["prompt"]
        inputs = {
            f"{part}_{what}": torch.zeros(rows_of(row), width, dtype=torch.int64)
            for part, width in widths.items()
            for what in ("ids", "mask")
        }
        return inputs | {"advantages": torch.zeros(rows_of(row)), "num_items_in_batch": torch.zeros((), dtype=torch.int64)}
    if row["objective"] in REFERENCE_FREE:
        return sides_of(row)
    if "examples" in row:
        return examples_of(row)
    if row["objective"] == "reward":
        return {name: torch.zeros(rows_of(row), row["sequence_length"], dtype=torch.int64) for name in ("input_ids", "attention_mask")}
    second = "completion_mask" if "pairs" in row else "labels"
    shape = (rows_of(row), row["sequence_length"])
    inputs = {name: torch.zeros(shape, dtype=torch.int64) for name in ("input_ids", second, "attention_mask")}
    if row.get("ref") == "precomputed":
        inputs |= {name: torch.zeros(row["micro_batch_size"]) for name in ("ref_chosen_logps", "ref_rejected_logps")}
    return inputs


def prompted_of(row):
    """Rows padded together, and their prompts, where these are told apart."""
    names = ("input_ids", "attention_mask", "labels")
    inputs = {name: torch.zeros(rows_of(row), row["sequence_length"], dtype=torch.int64) for name in names}
    width = max((prompt for prompt, _ in row.get("completions", ())), default=0)
    return inputs | {name: torch.zeros(rows_of(row), width, dtype=torch.int64) for name in ("prompts", "prompt_attention_mask")}


def examples_of(row):
    """Each prompt with its completion, and with that of the row before."""
    examples = row["examples"]
    has_kl = row.get("loss_type", "kto") == "kto"
    widths = {"": row["sequence_length"]}
    if has_kl:
        widths["KL_"] = max(prompt + examples[index - 1][1] for index, (prompt, *_) in enumerate(examples))
    inputs = {
        f"{prefix}{name}": torch.zeros(len(examples), width, dtype=torch.int64)
        for prefix, width in widths.items()
        for name in ("input_ids", "attention_mask", "completion_mask")
    }
    if row["ref"] == "precomputed":
        inputs |= {name: torch.zeros(len(examples)) for name in ("ref_logps", *(["ref_KL_logps"] if has_kl else []))}
    return inputs | {"label": torch.zeros(len(examples), dtype=torch.bool)}


def sides_of(row):
    """Chosen and rejected rows, each with its prompt and padded by itself, and prompts alone."""
    pairs = row["pairs"]
    widths = {
        "chosen": max(prompt + chosen for prompt, chosen, _ in pairs),
        "rejected": max(prompt + rejected for prompt, _, rejected in pairs),
        "prompt": max(prompt for prompt, *_ in pairs),
    }
    names = ("input_ids", "attention_mask", "labels")
    return {
        f"{side}_{name}": torch.zeros(len(pairs), width, dtype=torch.int64)
        for side, width in widths.items()
        for name in names[: 2 if side == "prompt" else 3]
    }


def teacher_of(row):
    """As `from_pretrained` gives it: its parameters want gradients."""
    from configs import architectures_of_catalog, config_of

    config = config_of(architectures_of_catalog()[row["teacher"]], row["teacher_layers"])
    loaded = {"method": "full", "gradient_checkpointing": False, "weight_dtype": row["teacher_dtype"]}
    teacher, _ = load_model(config, {**row, **loaded}, None)
    prepare(teacher.eval(), row)
    return teacher


def reference_of(config, row):
    """
    The copy of the policy, as `create_model_from_path` gives it: its parameters want gradients. Quantised, as it is handed in: `from_pretrained` packs its
    linears, and what stays as it was wants gradients, too.
    """
    if "teacher" in row:
        return teacher_of(row)

    if row.get("ref") not in ("copy", "copy-4bit"):
        return None
    whole = {"method": "full", "gradient_checkpointing": False}
    reference, _ = load_model(config, {**row, **whole}, None)
    if row["ref"] == "copy-4bit":
        quantize(reference, row["bnb_4bit_use_double_quant"], row.get("llm_int8_skip_modules", ()))
    add_head(reference.eval())
    prepare(reference, row)
    return reference


def without_dropout(model, row):
    if row.get("disable_dropout"):
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0


@contextlib.contextmanager
def without_mask(row):
    """A mask of ones is found to be one, and none is made of it."""
    if not row["padded"]:
        ALL_MASK_ATTENTION_FUNCTIONS.register("sdpa", lambda *sizes, attention_mask=None, **rest: sdpa_mask(*sizes, **rest))
    try:
        yield
    finally:
        ALL_MASK_ATTENTION_FUNCTIONS.register("sdpa", sdpa_mask)


def expected_of_trainer(config, row):
    """The key `expected` of a row."""
    steps = []
    head = head_with(row.get("triton", True)) if has_head() else contextlib.nullcontext()
    with head, as_on_cuda(True, row["padded"]), without_mask(row), FakeTensorMode(allow_non_fake_inputs=True):
        model, params = load_model(config, row, None)
        without_dropout(model, row)
        base = model if row["method"] == "full" else model.get_base_model()
        if row["objective"] in OUTPUTS:
            add_head(base, *OUTPUTS[row["objective"]])
        prepare(model, row)
        reference = reference_of(config, row)
        with KnowingStorages(row) as live:
            for each in filter(None, (model, reference)):
                see_model(live, each)
            static_bytes = live.end_moment("load")["live_bytes"]
            trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
            optimizer = OPTIMIZERS[row["optim"]](trained)
            for _ in range(STEPS):
                moments = []
                inputs = inputs_of(row)
                # The graph is the loss's, and goes when `training_step` returns: there backward ends.
                trainer = trainer_of(row, model, reference, Accelerator(row, live, moments))
                if row["objective"] == "grpo":
                    score(trainer, model, inputs, row)
                trainer.training_step(model, inputs, None)
                del trainer
                moments.append(live.end_moment("backward"))
                optimizer.step()
                moments.append(live.end_moment("step"))
                optimizer.zero_grad(set_to_none=True)
                moments.append(live.end_moment("zero"))
                del inputs
                gc.collect()
                steps.append(moments)
        trainable = sum(parameter.numel() for parameter in trained)
        del model, base, reference, optimizer, trained
    gc.collect()
    return {
        "params": params,
        "trainable_params": trainable,
        "static_bytes": static_bytes,
        "peak_bytes": max(moment["peak_bytes"] for moment in steps[1]),
        "step": steps[1],
    }
