// Python code that reads PyTorch's allocator and prints the measured row.

/**
 * Python that reads PyTorch's allocator moment by moment, and makes the row of what it read: shared by the script and the callback.
 *
 * Live: `torch.cuda.memory_allocated()` at the end of a moment; peak: `max_memory_allocated()` within it. Figures of the moments are those of the second step,
 * of its last micro step, which is what the engine counts. The context is what the driver says is used beyond what PyTorch reserved, less what was used before.
 *
 * @see docs/measuring.md
 */
export const ROW_CODE = `PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate", "trl", "flash_attn", "liger_kernel")


def nvidia_smi():
    """The driver, and the bytes in use on each card by its uuid, before PyTorch is on one; nothing where there is no nvidia-smi."""
    query = ["nvidia-smi", "--query-gpu=uuid,memory.used,driver_version", "--format=csv,noheader,nounits"]
    try:
        lines = subprocess.run(query, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return None, {}
    cards = [line.split(", ") for line in lines]
    used = {uuid: int(mib) * 2**20 for uuid, mib, _ in cards if mib.isdigit()}
    return (cards[0][2] if cards else None), used


def seen():
    """Bytes that tensors have, the most of them and the most that PyTorch took from the card since the last call; on a CPU nobody counts."""
    if not torch.cuda.is_available():
        return None, None, None
    counted = torch.cuda.memory_allocated(), torch.cuda.max_memory_allocated(), torch.cuda.max_memory_reserved()
    torch.cuda.reset_peak_memory_stats()
    return counted


class Meter:
    """What PyTorch holds at each moment of the second step, and the most of all steps."""

    def __init__(self):
        self.driver, self.used_before = nvidia_smi()
        self.moments, self.steps, self.doing = {}, 0, "load"
        self.peak = self.reserved = None

    def end(self, moment, then):
        """A moment ends, and the next begins."""
        live, peak = self.read()
        if moment == "load" or self.steps == 1:
            self.moments[moment] = {"id": moment, "liveBytes": live, "peakBytes": peak}
        self.doing = then

    def read(self):
        """What is there now and was most since the last reading; the highest of all readings after loading is kept."""
        live, peak, reserved = seen()
        if self.doing != "load" and peak is not None:
            self.peak = max(self.peak or 0, peak)
            self.reserved = max(self.reserved or 0, reserved)
        return live, peak

    def row(self, message=None):
        """The row, when the steps are over or, with PyTorch's words, where memory ran out."""
        self.read()
        card = card_now(self.used_before)
        return {
            "headroom": 1,
            "link": LINK,
            "at": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "outcome": "ran" if message is None else "out-of-memory",
            "message": message,
            "failedAt": None if message is None else self.doing,
            "device": card and {"name": card["name"], "totalBytes": card["total"]},
            "driver": self.driver if card else None,
            "versions": versions(),
            "steps": self.steps,
            "moments": list(self.moments.values()),
            "peakBytes": self.peak,
            "reservedBytes": self.reserved,
            "contextBytes": card and card["context"],
        }


def card_now(used_before):
    """The card, and what of it neither PyTorch nor anybody before it has; None on a CPU."""
    if not torch.cuda.is_available():
        return None
    card = torch.cuda.get_device_properties(torch.cuda.current_device())
    free, total = torch.cuda.mem_get_info()
    before = used_before.get("GPU-" + str(getattr(card, "uuid", "")), 0)
    return {
        "name": card.name,
        "total": card.total_memory,
        "context": max(0, total - free - torch.cuda.memory_reserved() - before),
    }


def versions():
    """Of Python, CUDA, and the packages that were imported."""
    found = {"python": platform.python_version()}
    if torch.version.cuda:
        found["cuda"] = torch.version.cuda
    if torch.version.hip:
        found["rocm"] = torch.version.hip
    for name in PACKAGES:
        if name in sys.modules:
            found[name] = getattr(sys.modules[name], "__version__", "unknown")
    return found


def is_out_of_memory(error):
    """Whether there was no memory left, in the words of PyTorch and the libraries below it."""
    words = ("out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "DefaultCPUAllocator: can't allocate memory")
    return any(each in str(error) for each in words)
`;

/** What that text imports. */
export const ROW_IMPORTS: readonly string[] = ["import datetime", "import platform", "import subprocess", "import sys"];
