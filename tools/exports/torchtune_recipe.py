"""Starts torchtune's own recipe with an exported file, as far as it goes without a GPU, a checkpoint and data.

The recipe of the file's comment reads and checks the file as `tune run` does; what it would take from the file later has to be there; the model is built
on the meta device, the optimizer of one parameter. Components that are placeholders are left out, other placeholders are replaced.
"""

import ast
import functools
import importlib
import importlib.util
import inspect
import re
from pathlib import Path

COMMAND = re.compile(r"tune run (?:--nproc_per_node (\d+) )?(\w+)")

# A recipe asks for its fields only where the section is there.
OPTIONAL = {"profiler"}

STEPS = 10


# What stands for placeholders that a recipe reads before anything is built.
REPLACED = {"dtype": "fp32", "model.lora_attn_modules": ["q_proj"], "model.apply_lora_to_mlp": False}


def component_of(config, name):
    section = config[name]
    return section.get("_component_") if hasattr(section, "get") else None


def read(path):
    """The file as `tune run` reads it."""
    from omegaconf import OmegaConf

    parse = importlib.import_module("torchtune.config._parse")
    merge = importlib.import_module("torchtune.config._utils")._merge_yaml_and_cli_args
    config = merge(*parse.TuneRecipeArgumentParser().parse_known_args(["--config", str(path)]))
    for name in config:
        if str(component_of(config, name)).startswith("YOUR_"):
            # The recipe still looks for the section.
            del config[name]["_component_"]
    for name, value in REPLACED.items():
        if "YOUR_" in str(OmegaConf.select(config, name)):
            OmegaConf.update(config, name, value)
    return config


@functools.cache
def load_recipe(name):
    """A recipe's file, as a script that is started: the folder refuses to be imported."""
    site = Path(importlib.import_module("torchtune").__file__).parents[1]
    spec = importlib.util.spec_from_file_location(name, site / "recipes" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def recipe_class(module):
    return next(each for name, each in vars(module).items() if inspect.isclass(each) and name.endswith(("SingleDevice", "Distributed")) and "Recipe" in name)


def asked(module):
    """Fields that a recipe takes from the file without a default: of the file, and of its model."""
    tree = ast.parse(Path(module.__file__).read_text())
    taken = {(each.value.id, each.attr) for each in ast.walk(tree) if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name)}
    return {prefix + name for owner, prefix in (("cfg", ""), ("cfg_model", "model.")) for held, name in taken if held == owner} - {"get", "model.get"} - OPTIONAL


def missing(module, config):
    from omegaconf import OmegaConf

    known = set(OmegaConf.to_container(config))
    known |= {f"model.{name}" for name in OmegaConf.to_container(config)["model"]}
    return sorted(asked(module) - known)


def as_on_gpus(module, count):
    """The hardware that is not here: a card with bf16, and processes that stand for the others."""
    import torch
    from torch.testing._internal.distributed.fake_pg import FakeStore

    importlib.import_module("torchtune.training.precision").verify_bf16_support = lambda: True
    module.utils.get_device = lambda device: torch.device(device)
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
    if count > 1:
        torch.distributed.init_process_group("fake", rank=0, world_size=count, store=FakeStore())
    module.init_process_group = lambda *_: None


def build(config, recipe):
    """What a recipe makes of the file's components, one after the other."""
    import torch
    from torchtune import training
    from torchtune.config import instantiate

    if component_of(config, "model"):
        with training.set_default_dtype(recipe._dtype), torch.device("meta"):
            instantiate(config.model)
    if component_of(config, "optimizer"):
        optimizer = instantiate(config.optimizer, [torch.nn.Parameter(torch.zeros(1))])
        if "lr_scheduler" in config:
            instantiate(config.lr_scheduler, optimizer, num_training_steps=STEPS, last_epoch=-1)
    if component_of(config, "loss"):
        instantiate(config.loss)


def start(path):
    """Raises what torchtune raises, and ValueError for a field that its recipe asks for and the file has not."""
    from torchtune.config import validate

    processes, name = COMMAND.search(path.read_text()).groups()
    module = load_recipe(name)
    config = read(path)
    validate(config)
    absent = missing(module, config)
    if absent:
        raise ValueError(f"{name} asks for {', '.join(absent)}")
    as_on_gpus(module, int(processes or 1))
    build(config, recipe_class(module)(config))
