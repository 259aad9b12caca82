"""Loads exported files in the tools' own config classes.

    python tools/exports/load_files.py FOLDER

FOLDER holds a folder for each export, named after the tool and a scenario: `axolotl+3/config.yaml`. `npm run check-exports` makes it and calls this. A file is
handed to the class that the tool itself hands it to; a script is compiled, and the config classes that it calls are called with what it gives them.
Nothing trains and no model is loaded. What is not installed is said, and is neither passed nor failed.
"""

import ast
import importlib
import os
import re
import shlex
import sys
import traceback
from pathlib import Path

# LLaMA-Factory refuses versions of transformers that it was not tried with; its fields are its own.
os.environ.setdefault("DISABLE_VERSION_CHECK", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

# Classes that a script calls, and what is given beside so that they take bf16 without a GPU.
CALLS = {
    "TrainingArguments": ("transformers", {"use_cpu": True}),
    **{name: ("trl", {"use_cpu": True}) for name in ("SFTConfig", "DPOConfig", "GRPOConfig", "KTOConfig")},
    "ORPOConfig": ("trl.experimental.orpo", {"use_cpu": True}),
    "CPOConfig": ("trl.experimental.cpo", {"use_cpu": True}),
    "GKDConfig": ("trl.experimental.gkd", {"use_cpu": True}),
    "BitsAndBytesConfig": ("transformers", {}),
    "DistributedConfig": ("transformers", {}),
    **{
        name: ("peft", {})
        for name in (
            "LoraConfig",
            "VeraConfig",
            "IA3Config",
            "LoHaConfig",
            "LoKrConfig",
            "OFTConfig",
            "VBLoRAConfig",
            "AdaLoraConfig",
            "PromptTuningConfig",
        )
    },
}


class NotHere(Exception):
    """A package that a check needs is not installed."""


def load(module, name):
    try:
        return getattr(importlib.import_module(module), name)
    except ImportError as error:
        raise NotHere(f"{module}: {str(error).strip().splitlines()[0]}") from error


def read_yaml(path):
    import yaml

    return yaml.safe_load(path.read_text())


def constants(tree):
    """Numbers that a script names before it hands them on."""
    assigned = (each for each in tree.body if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant))
    return {each.targets[0].id: each.value.value for each in assigned}


def check_script(path):
    text = path.read_text()
    tree = ast.parse(text)
    compile(tree, str(path), "exec")
    names = {"torch": importlib.import_module("torch"), **constants(tree)}
    for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)):
        if call.func.id in CALLS:
            module, beside = CALLS[call.func.id]
            given = {each.arg: eval(compile(ast.Expression(each.value), "", "eval"), names) for each in call.keywords}
            load(module, call.func.id)(**given, **beside)


def check_axolotl(path):
    load("axolotl.utils.schemas.config", "AxolotlInputConfig")(**read_yaml(path))


def check_llama_factory(path):
    parts = [load("llamafactory.hparams", name) for name in ("ModelArguments", "DataArguments", "FinetuningArguments")]
    training = load("transformers", "TrainingArguments")
    given = {**read_yaml(path), "use_cpu": True}
    # Its DeepSpeed files stand in a checkout of it: that they are named is checked, not what is in them.
    given.pop("deepspeed", None)
    load("transformers", "HfArgumentParser")((*parts, training)).parse_dict(given)


# What TRL's commands take beside the model: a script's arguments, and the trainer's.
COMMANDS = {
    "sft": (("trl", "ScriptArguments"), ("trl", "SFTConfig")),
    "dpo": (("trl", "ScriptArguments"), ("trl", "DPOConfig")),
    "kto": (("trl", "ScriptArguments"), ("trl", "KTOConfig")),
    "grpo": (("trl.scripts.grpo", "GRPOScriptArguments"), ("trl", "GRPOConfig")),
}


def check_trl(path):
    """The command stands in the comment at the top: "Start: trl dpo --config ..."."""
    command = re.search(r"^# Start: trl (\w+)", path.read_text(), re.MULTILINE).group(1)
    parts = (*(load(module, name) for module, name in COMMANDS[command]), load("trl", "ModelConfig"))
    parser = load("trl", "TrlParser")(parts)
    _, _, model = parser.parse_args_and_config(["--config", str(path), "--use_cpu", "true"])
    load("trl", "get_peft_config")(model)


def check_torchtune(path):
    load("torchtune.config", "validate")
    import torchtune_recipe

    torchtune_recipe.start(path)


def check_swift(path):
    command = re.sub(r"^#.*$", "", path.read_text(), flags=re.MULTILINE)
    words = shlex.split(command.replace("\\\n", " "))
    arguments = load("swift.arguments", "SftArguments")

    class Parsed(arguments):
        def __post_init__(self):
            """What it makes of its fields asks for the model."""

    import dataclasses

    parser = load("transformers", "HfArgumentParser")(dataclasses.dataclass(Parsed))
    parser.parse_args_into_dataclasses(words[words.index("sft") + 1 :])


def check_deepspeed(path):
    import json

    os.environ.setdefault("WORLD_SIZE", "1")
    load("deepspeed.runtime.config", "DeepSpeedConfig")(json.loads(path.read_text()))


def check_accelerate(path):
    given = read_yaml(path)
    load("accelerate.commands.config.config_args", "ClusterConfig").from_yaml_file(str(path))
    parser = load("accelerate.commands.launch", "launch_command_parser")()
    known = {each.dest for each in parser._actions}
    inside = {name for section in given.values() if isinstance(section, dict) for name in section}
    unknown = inside - known
    if unknown:
        raise ValueError(f"accelerate launch has no {', '.join(sorted(unknown))}")


def check_torchtitan(path):
    load("torchtitan.config", "ConfigManager")().parse_args(["--job.config_file", str(path)])


CHECKS = {
    "axolotl": check_axolotl,
    "llama-factory": check_llama_factory,
    "trl-yaml": check_trl,
    "torchtune": check_torchtune,
    "ms-swift": check_swift,
    "torchtitan": check_torchtitan,
}
BY_NAME = {"train.py": check_script, "ds_config.json": check_deepspeed, "accelerate.yaml": check_accelerate}


def main():
    folder = Path(sys.argv[1])
    for path in sorted(folder.glob("*/*")):
        tool = path.parent.name.split("+")[0]
        check = BY_NAME.get(path.name) or CHECKS[tool]
        title = f"{path.parent.name}/{path.name}"
        try:
            check(path)
            print(f"passed {title}")
        except NotHere as error:
            print(f"not installed {title}: {error}")
        except BaseException as error:
            print(f"failed {title}: {type(error).__name__}: {' '.join(str(error).split())[:400]}")
            if os.environ.get("TRACE"):
                traceback.print_exc()


main()
