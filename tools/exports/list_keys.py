"""Lists the fields that training tools' own config classes have, for the test that exported files have no others.

    python tools/exports/list_keys.py SITE... > tests/golden/config-keys.json

SITE: folders with installed packages (`pip install --target SITE --no-deps trl llamafactory ms-swift torchtune deepspeed torchtitan==0.2.2 ...`), or with
a checkout of one. Sources are parsed, not imported, so that no tool has to run. A class has the fields of its bases, wherever in SITE they stand; a
function has its arguments. Components of torchtune's files have a list each (components.py), torch's and bitsandbytes' too. What is not found is said on
standard error and left out, and the test then fails for it.
"""

import ast
import json
import re
import sys
from importlib.metadata import distributions
from pathlib import Path

import yaml
from components import arguments_of, component, component_names

# What exported files name, and where it stands: a package's folder, a module in it, a class or a function (by itself or of a class).
CLASSES = {
    "TrainingArguments": ("transformers/training_args.py", "TrainingArguments"),
    "from_pretrained": ("transformers/modeling_utils.py", "from_pretrained:kwargs"),
    "BitsAndBytesConfig": ("transformers/utils/quantization_config.py", "BitsAndBytesConfig.__init__"),
    "DistributedConfig": ("transformers/distributed/configuration_utils.py", "DistributedConfig"),
    "SFTConfig": ("trl/trainer/sft_config.py", "SFTConfig"),
    "DPOConfig": ("trl/trainer/dpo_config.py", "DPOConfig"),
    "KTOConfig": ("trl/trainer/kto_config.py", "KTOConfig"),
    "GRPOConfig": ("trl/trainer/grpo_config.py", "GRPOConfig"),
    "ORPOConfig": ("trl/experimental/orpo/orpo_config.py", "ORPOConfig"),
    "CPOConfig": ("trl/experimental/cpo/cpo_config.py", "CPOConfig"),
    "GKDConfig": ("trl/experimental/gkd/gkd_config.py", "GKDConfig"),
    "DPOTrainer": ("trl/trainer/dpo_trainer.py", "DPOTrainer.__init__"),
    "KTOTrainer": ("trl/trainer/kto_trainer.py", "KTOTrainer.__init__"),
    "GRPOTrainer": ("trl/trainer/grpo_trainer.py", "GRPOTrainer.__init__"),
    "ORPOTrainer": ("trl/experimental/orpo/orpo_trainer.py", "ORPOTrainer.__init__"),
    "CPOTrainer": ("trl/experimental/cpo/cpo_trainer.py", "CPOTrainer.__init__"),
    "GKDTrainer": ("trl/experimental/gkd/gkd_trainer.py", "GKDTrainer.__init__"),
    "TRL scripts": ("trl/trainer/model_config.py", "ModelConfig"),
    "TRL data": ("trl/scripts/utils.py", "ScriptArguments"),
    "TRL data, GRPO": ("trl/scripts/grpo.py", "GRPOScriptArguments"),
    "get_peft_model": ("peft/mapping_func.py", "get_peft_model"),
    "prepare_model_for_kbit_training": ("peft/utils/other.py", "prepare_model_for_kbit_training"),
    "LoraConfig": ("peft/tuners/lora/config.py", "LoraConfig"),
    "VeraConfig": ("peft/tuners/vera/config.py", "VeraConfig"),
    "IA3Config": ("peft/tuners/ia3/config.py", "IA3Config"),
    "LoHaConfig": ("peft/tuners/loha/config.py", "LoHaConfig"),
    "LoKrConfig": ("peft/tuners/lokr/config.py", "LoKrConfig"),
    "OFTConfig": ("peft/tuners/oft/config.py", "OFTConfig"),
    "VBLoRAConfig": ("peft/tuners/vblora/config.py", "VBLoRAConfig"),
    "AdaLoraConfig": ("peft/tuners/adalora/config.py", "AdaLoraConfig"),
    "PromptTuningConfig": ("peft/tuners/prompt_tuning/config.py", "PromptTuningConfig"),
    "Axolotl": ("axolotl/utils/schemas/config.py", "AxolotlInputConfig"),
    "Axolotl, Liger": ("axolotl/integrations/liger/args.py", "LigerArgs"),
    "LLaMA-Factory, model": ("llamafactory/hparams/model_args.py", "ModelArguments"),
    "LLaMA-Factory, data": ("llamafactory/hparams/data_args.py", "DataArguments"),
    "LLaMA-Factory, method": ("llamafactory/hparams/finetuning_args.py", "FinetuningArguments"),
    "ms-swift": ("swift/arguments/sft_args.py", "SftArguments"),
    "FastLanguageModel.from_pretrained": ("unsloth/models/loader.py", "FastLanguageModel.from_pretrained"),
    "FastLanguageModel.get_peft_model": ("unsloth/models/llama.py", "FastLlamaModel.get_peft_model"),
    "accelerate": ("accelerate/commands/config/config_args.py", "ClusterConfig"),
    "accelerate, options": ("accelerate/commands/launch.py", "launch_command_parser:options"),
    "DeepSpeed, ZeRO": ("deepspeed/runtime/zero/config.py", "DeepSpeedZeroConfig"),
    "DeepSpeed": ("deepspeed/runtime/constants.py", ":constants"),
    "DeepSpeed, sections": ("deepspeed/runtime/zero/config.py", ":constants"),
    "torchtitan": ("torchtitan/config/job_config.py", "JobConfig"),
}

# Sections of torchtitan's file are classes of the same module.
SECTIONS = {"torchtitan": "torchtitan/config/job_config.py"}

NAMES = {"swift": "ms-swift"}


def parse(path):
    return ast.parse(path.read_text())


def find(sites, place):
    return next((site / place for site in sites if (site / place).is_file()), None)


def own_fields(node):
    """Annotated names of a class body, as dataclasses and pydantic models have them."""
    names = (each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name))
    return [name for name in names if not name.startswith("_")]


CLASS = re.compile(r"^class (\w+)", re.MULTILINE)


class Classes:
    """Classes by name over whole packages. Their files are searched as text, and parsed when one of them is asked for."""

    def __init__(self, sites):
        self.sites = sites
        self.indexes = {}

    def index(self, package):
        if package not in self.indexes:
            found = {}
            root = next((site / package for site in self.sites if (site / package).is_dir()), None)
            for path in sorted(root.rglob("*.py")) if root else []:
                for name in CLASS.findall(path.read_text(errors="replace")):
                    found.setdefault(name, path)
            self.indexes[package] = found
        return self.indexes[package]

    def base(self, package, name):
        for each in (package, "transformers", "trl", "peft"):
            path = self.index(each).get(name)
            if path is not None:
                return each, path, name
        return None

    def fields(self, package, path, name):
        """Fields of a class and of its bases; a base that was imported under another name is found by its own."""
        tree = parse(path)
        node = function(tree, name)
        imports = (each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom))
        known_as = {each.asname: each.name for found in imports for each in found.names if each.asname}
        names = own_fields(node)
        for base in node.bases:
            called = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", None)
            own = known_as.get(called, called)
            # A base with the class's own name is another package's.
            found = None if own is None else self.base("transformers" if own == name else package, own)
            if found is not None and found[1:] != (path, name):
                names += self.fields(*found)
        return names


def strings_after(tree, method):
    """First arguments of calls of a method: options of a parser, keys that are taken out of kwargs."""
    calls = (each for each in ast.walk(tree) if isinstance(each, ast.Call) and getattr(each.func, "attr", "") == method)
    first = (argument.value for each in calls for argument in each.args[:1] if isinstance(argument, ast.Constant))
    return [each for each in first if isinstance(each, str)]


def constants(tree):
    """Strings that a module gives a name."""
    values = (each.value for each in tree.body if isinstance(each, ast.Assign))
    texts = [each.value for each in values if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return [each for each in texts if each.isidentifier()]


def function(tree, path):
    scope = tree
    for name in path.split("."):
        scope = next(each for each in scope.body if getattr(each, "name", None) == name)
    return scope


def walk_function(tree, name):
    return next(each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == name)


def keys_of(classes, path, place, what):
    tree = parse(path)
    name, _, special = what.partition(":")
    if special == "constants":
        return constants(tree)
    if special == "options":
        return [each.lstrip("-") for each in strings_after(walk_function(tree, name), "add_argument")]
    if special == "kwargs":
        node = walk_function(tree, name)
        return arguments_of(node) + strings_after(node, "pop")
    node = function(tree, name)
    if isinstance(node, ast.FunctionDef):
        return arguments_of(node)
    return classes.fields(place.split("/")[0], path, name)


def sections_of(path, fields):
    """Fields of the sections of a file: `training.seq_len`."""
    tree = parse(path)
    job = next(each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == "JobConfig")
    kinds = {each.target.id: getattr(each.annotation, "id", "") for each in job.body if isinstance(each, ast.AnnAssign)}
    found = {each.name: own_fields(each) for each in tree.body if isinstance(each, ast.ClassDef)}
    return [f"{field}.{name}" for field in fields for name in found.get(kinds.get(field, ""), [])]


def flat(value, path=""):
    if not isinstance(value, dict):
        return [path]
    return [each for name, inside in value.items() for each in flat(inside, f"{path}.{name}" if path else name)]


def torchtune_keys(sites):
    """Fields of its own configs, and arguments of the builders that take adapters."""
    site = next(site for site in sites if (site / "torchtune").is_dir())
    configs = sorted((site / "recipes" / "configs").glob("*/*_*.yaml"))
    names = {name for each in configs for name in flat(yaml.safe_load(each.read_text()))}
    for path in sorted((site / "torchtune" / "models").glob("*/_model_builders.py")):
        builders = (each for each in parse(path).body if isinstance(each, ast.FunctionDef) and each.name.startswith("lora_"))
        names |= {f"model.{name}" for each in builders for name in arguments_of(each)}
    for path in sorted((site / "recipes").glob("*finetune*.py")):
        names |= set(strings_after(parse(path), "get"))
    return names


# Where a checkout says its version, which no installer has written down.
VERSION_FILES = ("models/_utils.py", "_version.py", "__init__.py")


def written_version(root):
    for path in (root / each for each in VERSION_FILES):
        found = re.search(r'^__version__ = "([^"]+)"', path.read_text(), re.MULTILINE) if path.is_file() else None
        if found:
            return found.group(1)
    plain = root.parent.parent / "VERSION"
    return plain.read_text().strip() if plain.is_file() else None


def version_of(sites, package):
    name = NAMES.get(package, package).lower()
    for found in distributions(path=[str(site) for site in sites]):
        if found.metadata["Name"].lower().replace("_", "-") == name:
            return found.version
    return written_version(next(site / package for site in sites if (site / package).is_dir()))


def component_lists(sites):
    """A list for each component of torchtune's files."""
    lists = {}
    for name in component_names():
        found = component(sites, name)
        if found is None:
            print(f"{name} is in none of the folders", file=sys.stderr)
            continue
        path, arguments = found
        package = name.split(".")[0]
        lists[name] = {"source": str(path), "package": package, "version": version_of(sites, package), "keys": sorted(set(arguments))}
    return lists


def main():
    sites = [Path(each) for each in sys.argv[1:]]
    classes = Classes(sites)
    lists = {}
    for title, (place, what) in CLASSES.items():
        path = find(sites, place)
        if path is None:
            print(f"{title}: {place} is in none of the folders", file=sys.stderr)
            continue
        fields = keys_of(classes, path, place, what)
        if title in SECTIONS:
            fields = sections_of(path, fields)
        package = place.split("/")[0]
        lists[title] = {"source": f"{place}, {what}", "package": package, "version": version_of(sites, package), "keys": sorted(set(fields))}
    lists["torchtune"] = {
        "source": "recipes/configs/, recipes/, torchtune/models/",
        "package": "torchtune",
        "version": version_of(sites, "torchtune"),
        "keys": sorted(torchtune_keys(sites)),
    }
    lists.update(component_lists(sites))
    json.dump(lists, sys.stdout, indent=1)
    print()


main()
