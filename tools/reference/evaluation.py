#!/usr/bin/env python3
"""evaluation.py ROWS.jsonl [ID ...] [--check]: TRL's `SFTTrainer` trains two steps, then evaluates; prints each row with what PyTorch held at each point of the loop.

On fake tensors, with TRL's head as on a card with Triton (`triton` of a row) or without (`trl_head.py`). Put in by hand: batches are made in host memory, what goes from there to the device is a copy, and what is
moved to NumPy has left the device. Batches of the data loader that wait are counted. With --check it compares instead, and ends with 1 when a byte differs."""
import contextlib
import gc
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from live_storages import LiveStorages, see_model
from load_model import load_model
from on_cuda import as_on_cuda
from row_command import run_rows
from trl_head import head_with
from trl_steps import without_mask
from whole_run import patched

aten = torch.ops.aten
COLUMNS = ("input_ids", "labels", "attention_mask")


class Device(LiveStorages):
    """Live storages; every token of a row but its last is scored."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func is aten._local_scalar_dense.default:
            return True if args[0].dtype == torch.bool else 1
        if func is aten.index.Tensor and args[1][0].dtype == torch.bool:
            return self.made(args[0].new_empty((args[1][0].numel(), *args[0].shape[2:])))
        if func is aten.masked_scatter_backward.default:
            return self.made(args[0].new_empty(args[2]))
        if func is aten.index_put.default and len(args) > 3 and args[3]:
            return args[0]
        return super().__torch_dispatch__(func, types, args, kwargs)

    def made(self, tensor):
        self.see(tensor)
        return tensor

    def host(self, tensor):
        self.known[tensor.untyped_storage()] = [0]
        return tensor

    def send(self, value, *_, **__):
        """`send_to_device`: of what lies in host memory a copy."""
        if isinstance(value, dict):
            return {name: self.send(each) for name, each in value.items()}
        is_host = isinstance(value, torch.Tensor) and self.known.get(value.untyped_storage()) == [0]
        return value.clone() if is_host else value


class FusedAdamW(torch.optim.Optimizer):
    """Two states in the type of the parameter, nothing else (the kernel needs a GPU)."""

    def __init__(self, parameters):
        super().__init__(parameters, {"lr": 1e-4})

    def step(self, closure=None):
        for parameter in (each for group in self.param_groups for each in group["params"]):
            if parameter.grad is not None and parameter not in self.state:
                self.state[parameter] = {name: torch.zeros_like(parameter) for name in ("exp_avg", "exp_avg_sq")}


OPTIMIZERS = {
    "adamw_torch_fused": FusedAdamW,
    "adamw_torch (foreach)": lambda trained: torch.optim.AdamW(trained, lr=1e-4, foreach=True),
    "sgd": lambda trained: torch.optim.SGD(trained, lr=1e-4, foreach=True),
}


def in_numpy(value):
    if isinstance(value, (list, tuple)):
        return type(value)(in_numpy(each) for each in value)
    return np.broadcast_to(np.float32(0), tuple(value.shape))


def joined(one, other, padding_index=-100):
    return np.broadcast_to(np.float32(0), (one.shape[0] + other.shape[0], *one.shape[1:]))


def by_hand(live):
    """Nothing moves between devices, but for batches and for what becomes NumPy's."""
    import accelerate.data_loader
    from transformers import PreTrainedModel, trainer_pt_utils

    stay = lambda self, *_, **__: self  # noqa: E731
    return [
        (torch.nn.Module, "to", stay),
        (PreTrainedModel, "to", stay),
        (trainer_pt_utils, "nested_numpify", in_numpy),
        (trainer_pt_utils, "numpy_pad_and_concatenate", joined),
        (accelerate.data_loader, "send_to_device", live.send),
    ]


def tokenizer():
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({"<pad>": 0, "</s>": 1}, unk_token="<pad>"))
    return PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="</s>", unk_token="<pad>")


def arguments_of(row):
    from trl import SFTConfig

    same = ("prediction_loss_only", "eval_accumulation_steps", "eval_do_concat_batches", "batch_eval_metrics")
    return SFTConfig(
        output_dir=tempfile.mkdtemp(),
        use_cpu=True,
        bf16=row["autocast_bf16"],
        per_device_train_batch_size=row["micro_batch_size"],
        per_device_eval_batch_size=row["eval_batch_size"],
        max_steps=2,
        eval_strategy="steps",
        eval_steps=2,
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        disable_tqdm=True,
        max_grad_norm=0,
        gradient_checkpointing=row["gradient_checkpointing"],
        dataset_kwargs={"skip_prepare_dataset": True},
        max_length=None,
        remove_unused_columns=False,
        **{name: row[name] for name in same},
    )


def trainer_of(row, model, live, points):
    """TRL's trainer as its own `__init__` makes it."""
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import SFTTrainer

    class Points(TrainerCallback):
        def on_prediction_step(self, *_, **__):
            points.append(live.end_moment("store"))

        def on_evaluate(self, *_, **__):
            points.append(live.end_moment("evaluated"))

    class Evaluating(SFTTrainer):
        def prediction_step(self, *given, **named):
            points.append(live.end_moment("next"))
            result = super().prediction_step(*given, **named)
            points.append(live.end_moment("predict"))
            return result

    def rows(count, length):
        return Dataset.from_dict({"input_ids": [length] * count, "labels": [length] * count})

    def collated(examples):
        shape = (len(examples), examples[0]["input_ids"])
        return {name: live.host(torch.zeros(shape, dtype=torch.int64)) for name in COLUMNS}

    is_argmax = row.get("preprocess_logits_for_metrics") == "argmax"
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = OPTIMIZERS[row["optim"]](trained)
    return Evaluating(
        model=model,
        args=arguments_of(row),
        train_dataset=rows(2 * row["micro_batch_size"], row["sequence_length"]),
        eval_dataset=rows(row["eval_batches"] * row["eval_batch_size"], row["eval_sequence_length"]),
        data_collator=collated,
        processing_class=tokenizer(),
        callbacks=[Points()],
        compute_metrics=(lambda *_, **__: {}) if row["compute_metrics"] else None,
        preprocess_logits_for_metrics=(lambda logits, labels: logits.argmax(dim=-1)) if is_argmax else None,
        optimizers=(optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)),
    )


def numbered(points):
    """`next` 1 is where the evaluation begins: no point of its own."""
    batch, moments = 0, []
    for point in points:
        batch += point["moment"] == "predict"
        name = point["moment"] if point["moment"] == "evaluated" else f"{point['moment']} {batch}"
        moments.append({**point, "moment": name})
    return moments[0]["live_bytes"], moments[1:]


def evaluated(config, row):
    """The key `expected` of a row."""
    live, points = Device(), []
    with head_with(row.get("triton", False)), as_on_cuda(), without_mask({"padded": False}), patched(*by_hand(live)), FakeTensorMode(allow_non_fake_inputs=True):
        model, params = load_model(config, {"lora_dropout": 0, "use_dora": False, **row})
        trainer = trainer_of(row, model, live, points)
        with live, contextlib.redirect_stdout(sys.stderr):
            see_model(live, model)
            static = live.end_moment("load")["live_bytes"]
            trainer.train()
            states = [each for state in trainer.optimizer.state.values() for each in state.values()]
            optimizer = sum(-(-each.nbytes // 512) * 512 for each in states if isinstance(each, torch.Tensor))
        trainable = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
        del trainer, model, states
    gc.collect()
    before, moments = numbered(points)
    return {
        "params": params,
        "trainable_params": trainable,
        "static_bytes": static,
        "optimizer_bytes": optimizer,
        "before_bytes": before,
        "peak_bytes": max(each["peak_bytes"] for each in moments),
        "moments": moments,
    }


def main(arguments):
    return run_rows(arguments, __doc__, evaluated)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
