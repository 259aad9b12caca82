"""Arguments of the components that exported files of torchtune name: `_component_: torch.optim.SGD` takes what torch's class takes, and nothing of another.

Sources are parsed, not imported. A component is a class or a function of the folder or module that its name begins with, another name of one, or a partial
call of one.
"""

import ast
import json
import re
from pathlib import Path

# What list_torchtune.py lists: builders, tokenizers and checkpointers of each model.
MODELS = Path(__file__).parents[2] / "src" / "interop" / "export" / "torchtune-models.json"

# What exported files name beside: optimizers and losses that a link can choose, and what is the same in every file.
BESIDE = (
    "torch.optim.AdamW",
    "torch.optim.Adafactor",
    "torch.optim.SGD",
    "bitsandbytes.optim.AdamW8bit",
    "bitsandbytes.optim.PagedAdamW8bit",
    "bitsandbytes.optim.PagedAdamW",
    "torch.nn.CrossEntropyLoss",
    "torchtune.modules.loss.CEWithChunkedOutputLoss",
    "torchtune.datasets.alpaca_cleaned_dataset",
    "torchtune.training.lr_schedulers.get_cosine_schedule_with_warmup",
    "torchtune.training.metric_logging.DiskLogger",
)


def arguments_of(node):
    spec = node.args
    return [each.arg for each in spec.posonlyargs + spec.args + spec.kwonlyargs if each.arg not in ("self", "cls")]


def component_names():
    models = json.loads(MODELS.read_text())["models"]
    own = {name for each in models for name in each["builders"].values()}
    own |= {each[part]["_component_"] for each in models for part in ("tokenizer", "checkpointer")}
    return sorted(own | set(BESIDE))


def sources(sites, parts):
    """Files of the module or folder with the longest beginning of a dotted name."""
    for length in range(len(parts), 0, -1):
        for site in sites:
            place = site.joinpath(*parts[:length])
            if place.is_dir():
                return site, sorted(place.rglob("*.py"))
            if place.with_suffix(".py").is_file():
                return site, [place.with_suffix(".py")]
    return None, []


def assigned(node):
    return [each.id for each in getattr(node, "targets", ()) if isinstance(each, ast.Name)]


def definition(tree, name):
    """The class or function of a name, before an assignment to it."""
    classes = [each for each in tree.body if getattr(each, "name", None) == name]
    return next(iter(classes + [each for each in tree.body if name in assigned(each)]), None)


def other_name(value):
    """The function behind another name of it, or behind a partial call: `partial(lora_llama3_8b, quantize_base=True)`."""
    if isinstance(value, ast.Call) and getattr(value.func, "id", None) == "partial":
        value = value.args[0]
    return value.id if isinstance(value, ast.Name) else None


def origin(tree, name):
    """The module that a name is imported from."""
    imports = (each for each in tree.body if isinstance(each, ast.ImportFrom) and each.level == 0)
    return next((each.module for each in imports if name in [found.name for found in each.names]), None)


def initializer(node):
    return next((each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)


def component(sites, name):
    """Where a component stands and what it takes, or None where it is not found."""
    module, _, last = name.rpartition(".")
    site, paths = sources(sites, module.split("."))
    begins = re.compile(rf"^(class|def) {last}\b|^{last} = ", re.MULTILINE)
    for path in paths:
        text = path.read_text(errors="replace")
        tree = ast.parse(text) if begins.search(text) else None
        node = tree and definition(tree, last)
        if isinstance(node, ast.Assign) and (inner := other_name(node.value)):
            return component(sites, f"{origin(tree, inner) or module}.{inner}")
        function = initializer(node) if isinstance(node, ast.ClassDef) else node
        if isinstance(function, ast.FunctionDef):
            return path.relative_to(site), arguments_of(function)
    return None
