import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readOom, readOoms } from "#interop/oom/oom-message.ts";
import { tried } from "../../tried.ts";
import { oomText } from "./oom-texts.ts";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

const OLD =
  "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 194.00 MiB (GPU 0; 23.70 GiB total capacity; 22.21 GiB already allocated; 127.56 MiB free; " +
  "22.50 GiB reserved in total by PyTorch) If reserved memory is >> allocated memory try setting max_split_size_mb to avoid fragmentation.";
const NEW =
  "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 9.37 GiB. GPU 7 has a total capacity of 139.72 GiB of which 952.69 MiB is free. Including " +
  "non-PyTorch memory, this process has 138.78 GiB memory in use. 100.00 GiB allowed; Of the allocated memory 130.77 GiB is allocated by PyTorch, with 22.00 MiB " +
  "allocated in private pools (e.g., CUDA Graphs), and 4.76 GiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting " +
  "PYTORCH_ALLOC_CONF=expandable_segments:True to avoid fragmentation.";

const read = (text: string) => {
  const found = readOom(text);
  if (found.kind !== "message") throw new Error(`${found.kind}: ${text.slice(0, 60)}`);
  return found;
};

const around = (bytes: number, unit: number) => ({
  low: Math.ceil(bytes - unit / 200),
  high: Math.floor(bytes + unit / 200),
});

/** Null: the message does not say it. */
const isRange = (range: Readonly<{ low: number; high: number }> | null): boolean =>
  range === null || (Number.isFinite(range.low) && Number.isFinite(range.high) && range.low <= range.high);

describe("readOom", () => {
  test("reads the figures of 1.13 and 2.0", () => {
    const { figures, allocated, moment } = read(OLD);
    expect(figures.tried).toEqual(around(194 * MIB, MIB));
    expect(figures.total).toEqual(around(23.7 * GIB, GIB));
    expect(figures.free).toEqual(around(127.56 * MIB, MIB));
    expect(figures.reserved).toEqual(around(22.5 * GIB, GIB));
    expect(allocated).toEqual(around(22.21 * GIB, GIB));
    expect(moment).toEqual({ phase: null, place: null });
  });

  test.each([
    ["2.1, which misspelled it", NEW.replace("capacity of", "capacty of")],
    ["2.2 and later", NEW],
    ["HIP", NEW.replace("CUDA out", "HIP out")],
    ["a rank's log", NEW.split(" ").join(" \n[rank7]: ")],
    ["a terminal that breaks lines", NEW.replaceAll(" of ", "\nof\n")],
    ["Rich", NEW.replaceAll(" is ", "  │\n│ is ")],
  ])("reads the figures of %s", (_, text) => {
    const { figures } = read(text);
    expect(figures.tried).toEqual(around(9.37 * GIB, GIB));
    expect(figures.total).toEqual(around(139.72 * GIB, GIB));
    expect(figures.free).toEqual(around(952.69 * MIB, MIB));
    expect(figures.inUse).toEqual(around(138.78 * GIB, GIB));
    expect(figures.allowed).toEqual(around(100 * GIB, GIB));
    expect(figures.allocated).toEqual(around(130.77 * GIB, GIB));
    expect(figures.privatePools).toEqual(around(22 * MIB, MIB));
    expect(figures.unallocated).toEqual(around(4.76 * GIB, GIB));
  });

  test("takes what a process of a container has for its own", () => {
    const text = NEW.replace("Including non-PyTorch memory, this process has", "Process 26469 has");
    expect(read(text).figures.inUse).toEqual(around(138.78 * GIB, GIB));
  });

  test("reads Apple's", () => {
    const { figures } = read(
      "MPS backend out of memory (MPS allocated: 17.60 GB, other allocations: 384.00 KB, max allowed: 18.13 GB). Tried to allocate 256.00 MB on private pool.",
    );
    expect(figures.tried).toEqual(around(256 * MIB, MIB));
  });

  test("reads the first error alone: what another rank printed lends no figure", () => {
    const { figures } = read(`CUDA out of memory. Tried to allocate 2.00 GiB. GPU 1\n${OLD}`);
    expect(figures.tried).toEqual(around(2 * GIB, GIB));
    expect(figures.total).toBeNull();
  });

  test("knows the tensor within its segment", () => {
    const { request } = read(OLD);
    expect(request).toEqual({ ranges: [{ low: 192 * MIB + 1, high: 194 * MIB }], isVague: false });
    expect(read(OLD.replace("194.00 MiB", "2.00 MiB")).request).toEqual({
      ranges: [{ low: 1, high: MIB }],
      isVague: true,
    });
    expect(read(OLD.replace("194.00 MiB", "20.00 MiB")).request.ranges[0]).toEqual({
      low: MIB + 1,
      high: 10 * MIB - 1,
    });
    const [range] = read(NEW).request.ranges;
    expect(range?.low).toBeLessThan(9.365 * GIB);
    expect(range?.high).toBeLessThanOrEqual(9.375 * GIB);
  });

  test.each([
    [["train", "evaluate", "evaluation_loop", "torch_pad_and_concatenate"], "evaluate", "concatenate"],
    [["train", "_inner_training_loop", "training_step", "fixed_cross_entropy", "cross_entropy"], "train", "loss"],
    [["from_pretrained", "_load_pretrained_model", "quantize_4bit"], "load", "quantise"],
    [["prepare_model_for_kbit_training"], "prepare", null],
    [["train", "_inner_training_loop", "_save_checkpoint", "save_model"], "save", null],
    [["merge_and_unload", "merge", "get_delta_weight"], "merge", null],
    [["_inner_training_loop", "step", "_multi_tensor_adamw"], "train", "optimizer"],
    [["_init_group"], "train", "optimizer-state"],
    [["training_step", "backward", "step", "_take_model_step", "step"], "train", "optimizer"],
    [["optimizer_step", "step", "closure", "training_step", "forward", "cross_entropy"], "train", "loss"],
    [["training_step", "backward", "run_backward", "forward"], "train", "backward"],
    [["training_step", "forward", "forward"], "train", "forward"],
    [["from_pretrained", "forward", "step"], "load", null],
    [["backward", "checkpoint", "forward", "dequantize_4bit"], null, "dequantise"],
  ])("knows when it was by the functions %j", (functions, phase, place) => {
    const lines = functions.map(
      (name, index) => `  File "/env/lib/python3.10/site-packages/x.py", line ${index + 7}, in ${name}`,
    );
    expect(read(`Traceback (most recent call last):\n${lines.join("\n")}\n${NEW}`).moment).toEqual({ phase, place });
  });

  test.each([
    ["│ /opt/lib/python3.9/torch/optim/adamw.py:171 in step                   │", "step"],
    ["│ torch/optim/adamw.py:171 in    │\n│ _init_group          │", "_init_group"],
    ["File ~/lib/transformers/trainer.py:1633, in Trainer.train(self, resume_from_checkpoint)", "train"],
    [
      "[/usr/local/lib/dist-packages/accelerate/utils/operations.py](https://localhost:8080/#) in _convert_to_fp32(tensor)",
      "_convert_to_fp32",
    ],
    ["/usr/local/lib/python3.11/torch/optim/adam.py in _init_group(self, group)", "_init_group"],
    ["--> 174   state['exp_avg'] = torch.zeros_like(p)", "zeros_like"],
    ["    exp_avg_sq = torch.zeros_like(p, memory_format=torch.preserve_format)", "exp_avg_sq"],
    ['    state["max_exp_avg_sq"] = torch.zeros_like(p)', "max_exp_avg_sq"],
    ["    shift_logits = logits[..., :-1, :].float()", "logits.float"],
  ])("reads functions of %j", (line, name) => {
    expect(read(`${line}\n${OLD}`).functions).toContain(name);
  });

  test.each([
    [
      "RuntimeError: [enforce fail at alloc_cpu.cpp:83] DefaultCPUAllocator: can't allocate memory: you tried to allocate 268435456 bytes.",
      "host memory",
    ],
    ["Error out of memory at line 380 in file /src/csrc/pythonInterface.c", "bitsandbytes"],
    ["RuntimeError: CUDA error: out of memory", "the CUDA driver"],
    ["RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate", "cuBLAS"],
  ])("says of %j that it has no figure of a GPU", (text, of) => {
    expect(readOom(text)).toEqual({ kind: "without-figure", of, sentence: expect.stringMatching(/\.$/) });
  });

  test.each([
    "",
    "learning_rate: 2e-5",
    "Tried to allocate",
    "tried to allocate many GiB",
    "Tried to allocate 1 constructor",
  ])("says of %j that it is none", (text) => {
    expect(readOom(text)).toEqual({ kind: "none" });
  });

  test("reads a log of many megabytes that means harm, in one go", () => {
    const digits = `Tried to allocate ${"9".repeat(200_000)}`;
    const open = "File x.py, line 1, in ".repeat(50_000);
    const spaces = `Tried to allocate${" ".repeat(200_000)}1.00 GiB`;
    const runs = [digits, open, spaces, `${"Tried to allocate x ".repeat(100_000)}`, `${"İ".repeat(50_000)}${OLD}`];
    for (const text of runs) expect(["none", "message"]).toContain(readOom(text).kind);
    expect(readOom(`${open}\n${OLD}`).kind).toBe("message");
  });

  tried("does not throw, whatever the text is", { quick: 100, thorough: 10_000 }, (runs) => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom("Tried to allocate ", "1.00 GiB", " free)", " total capacity", "\n", "[rank0]:", " in ", ".py:3"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(["none", "message", "without-figure"]).toContain(readOom(pieces.join("")).kind);
      }),
      runs,
    );
  });

  tried(
    "has figures of a message that was cut or spoiled, or says that it is none",
    { quick: 100, thorough: 10_000 },
    (runs) => {
      const place = fc.double({ min: 0, max: 1, noNaN: true });
      const put = fc.oneof(
        fc.string(),
        fc.constantFrom("\n[rank3]: ", "9".repeat(400), " 0.00 MiB", " GiB", "-1.00 GiB", "│"),
      );
      fc.assert(
        fc.property(
          fc.constantFrom(OLD, NEW, `${NEW}\n${OLD}`),
          fc.tuple(place, place),
          put,
          (message, places, piece) => {
            const [first, second] = places.map((share) => Math.floor(share * message.length)).toSorted((a, b) => a - b);
            const found = readOom(message.slice(0, first) + piece + message.slice(second));
            expect(["none", "message", "without-figure"]).toContain(found.kind);
            if (found.kind !== "message") return;
            for (const range of Object.values(found.figures)) expect(range).toSatisfy(isRange);
            expect(found.allocated).toSatisfy(isRange);
          },
        ),
        runs,
      );
    },
  );
});

const MANY = 10;

const only = (text: string) => {
  const [first, ...others] = readOoms(text, MANY);
  if (first === undefined || others.length > 0) throw new Error(`${others.length + 1} errors in ${text.slice(0, 60)}`);
  return first;
};

const WITH_TRACEBACK = oomText({ tried: "3.91 GiB", functions: ["training_step", "ForCausalLMLoss"] });

describe("a log that was not written for a reader", () => {
  const escape = String.fromCodePoint(27);
  const coloured = WITH_TRACEBACK.replaceAll("3.91 GiB", `${escape}[1;31m3.91${escape}[0m GiB`).replace(
    '"/opt/lib/trainer.py", line 7, in ForCausalLMLoss',
    `${escape}[0;32m"/opt/lib/trainer.py", line 7${escape}[0m, in ${escape}[36mForCausalLMLoss${escape}[39m`,
  );

  test.each([
    ["colours of a terminal", coloured],
    ["colours whose first sign was lost", coloured.replaceAll(escape, "")],
    ["line ends of Windows", WITH_TRACEBACK.replaceAll("\n", "\r\n")],
    ["a progress bar in one line", `${"12%|███ | 12/100\r".repeat(100)}${WITH_TRACEBACK.replaceAll("\n", "\r")}`],
    ["16-bit letters", `\uFFFD\uFFFD${WITH_TRACEBACK.replaceAll(/[^]/g, "$&\0")}`],
  ])("is read with %s", (_, text) => {
    const { shown, moment, functions } = only(text);
    expect(shown.request).toBe("3.91 GiB");
    expect(shown.after).toMatch(/^\. GPU 0 has a total capacity of 23\.52 GiB/);
    expect(functions).toContain("ForCausalLMLoss");
    expect(moment).toEqual({ phase: "train", place: "loss" });
  });
});

describe("what is shown of an error", () => {
  test("is its line up to the last figure, with the request apart, and none of the advice", () => {
    expect(only(WITH_TRACEBACK).shown).toEqual({
      before: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate ",
      request: "3.91 GiB",
      after:
        ". GPU 0 has a total capacity of 23.52 GiB of which 3.59 GiB is free. Including non-PyTorch memory, this process has 19.92 GiB memory in use. " +
        "Of the allocated memory 19.27 GiB is allocated by PyTorch, and 221.90 MiB is reserved by PyTorch but unallocated.",
    });
  });

  test("is one sentence where no other figure follows, whatever the log goes on with", () => {
    const { shown } = only("CUDA out of memory. Tried to allocate 2.00 GiB. Killing the job\nwandb: Run summary");
    expect(shown.after).toBe(".");
  });

  test("begins later where the line is long", () => {
    const { shown } = only(`${"x".repeat(5000)} CUDA out of memory. Tried to allocate 2.00 GiB.`);
    expect(shown.before).toMatch(/^… x+ CUDA out of memory\. Tried to allocate $/);
    expect(shown.before.length).toBeLessThan(200);
  });
});

describe("a log of several errors", () => {
  test("has each request once, in its order, with its own figures and traceback", () => {
    const log = [
      oomText({ tried: "15.26 GiB", free: "1.00 GiB", functions: ["evaluate"] }),
      WITH_TRACEBACK,
      WITH_TRACEBACK,
      oomText({ tried: "15.26 GiB" }),
    ].join("\n");
    const found = readOoms(log, MANY);
    expect(found.map(({ shown }) => shown.request)).toEqual(["15.26 GiB", "3.91 GiB"]);
    expect(found[0]?.moment.phase).toBe("evaluate");
    expect(found[1]?.figures.free).not.toEqual(found[0]?.figures.free);
    expect(readOoms(log, 1)).toHaveLength(1);
  });

  test("of ten megabytes is read within a second or two", () => {
    const line = "step 12, loss 1.234, CUDA memory allocated 20.00 GiB, tried nothing else\n";
    const log = `${line.repeat(Math.ceil(1e7 / line.length))}${WITH_TRACEBACK}`;
    const start = performance.now();
    expect(readOoms(log, MANY)).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test.each([
  "torch.cuda.OutOfMemoryError: CUDA out of memory.",
  "RuntimeError: CUDA out of memory. Tried to",
  "MPS backend out of memory",
])("%j, which is cut off, is asked for in full", (text) => {
  expect(readOom(text)).toMatchObject({
    kind: "without-figure",
    sentence: expect.stringMatching(/^This is PyTorch's error, and its figures are missing\. Copy all of it/),
  });
});
