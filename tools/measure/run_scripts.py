#!/usr/bin/env python3
"""run_scripts.py SCRIPT.py ...: runs each script as it would run by itself, and prints a line of JSON for it: how it ended and what it printed.

Python and its packages are started once; each script has a process of its own."""
import importlib
import json
import os
import runpy
import sys
import tempfile
import traceback

PACKAGES = ("torch", "transformers", "peft")


def run(path, out, err):
    """The script in this process, which then ends."""
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    code = 0
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def outcome(path):
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if child == 0:
            run(path, out, err)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return {"code": os.waitstatus_to_exitcode(status), "printed": out.read(), "complained": err.read()[-2000:]}


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    os.environ["HF_HUB_OFFLINE"] = "1"
    for package in PACKAGES:
        importlib.import_module(package)
    sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[1])))
    for each in sys.argv[1:]:
        print(json.dumps(outcome(each)), flush=True)
