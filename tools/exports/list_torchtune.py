"""Lists the models that torchtune ships configs for, with what a config has to name of them.

    python tools/exports/list_torchtune.py SITE > src/interop/export/torchtune-models.json

SITE: a folder with torchtune's package `recipes` (what `pip install --target SITE --no-deps torchtune` makes). Files are read as text; nothing of
torchtune is run. A row is one model: its repository, as `tune download` of the file's comment names it; the builders of the whole model and of the
one with adapters; its tokenizer; its checkpointer.
"""

import json
import re
import sys
from importlib.metadata import distributions
from pathlib import Path

import yaml

RECIPES = ("full", "lora")

# Where torchtune's own configs have checkpoints; a file that is taken away has them beside it.
DOWNLOADED, BESIDE = "/tmp/", "models/"
DOWNLOAD = re.compile(r"tune download (\S+)")


def config_rows(site):
    """Configs of full fine-tuning and LoRA, each with the repository that it downloads."""
    for path in sorted((site / "recipes" / "configs").glob("*/*.yaml")):
        kind = next((each for each in RECIPES if f"_{each}" in path.stem), None)
        text = path.read_text()
        found = DOWNLOAD.search(text)
        others = ("dpo", "qat", "ppo", "vision", "kd", "knowledge", "reward", "grpo")
        if kind is None or found is None or any(word in str(path) for word in others):
            continue
        yield kind, found.group(1), yaml.safe_load(text)


def beside(value):
    return value.replace(DOWNLOADED, BESIDE, 1) if isinstance(value, str) and value.startswith(DOWNLOADED) else value


def as_row(repo, config):
    tokenizer = {name: beside(value) for name, value in config["tokenizer"].items() if name != "max_seq_len"}
    kept = ("_component_", "checkpoint_dir", "checkpoint_files", "model_type")
    checkpointer = {name: beside(config["checkpointer"][name]) for name in kept if name in config["checkpointer"]}
    return {"repo": repo, "builders": {}, "tokenizer": tokenizer, "checkpointer": checkpointer}


def main():
    site = Path(sys.argv[1])
    version = next(each.version for each in distributions(path=[str(site)]) if each.metadata["Name"] == "torchtune")
    rows = {}
    for kind, repo, config in config_rows(site):
        row = rows.setdefault(repo, as_row(repo, config))
        row["builders"].setdefault(kind, config["model"]["_component_"])
    whole = [row for row in rows.values() if len(row["builders"]) == len(RECIPES)]
    json.dump({"version": version, "models": whole}, sys.stdout, indent=1)
    print()


main()
