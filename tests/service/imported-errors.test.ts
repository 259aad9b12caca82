import { describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { GivenFile } from "#interop/import/source-fields.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { offeredWays } from "#service/answers/advice-answers.ts";
import { explainedError, importedFiles } from "#service/answers/files.ts";
import { oomText } from "../interop/oom/oom-texts.ts";

const ERROR = oomText({ tried: "3.91 GiB", functions: ["training_step", "ForCausalLMLoss"] });

const RUN = [
  "model_name_or_path: meta-llama/Llama-3.1-8B",
  "finetuning_type: lora",
  "stage: sft",
  "",
  "cutoff_len: 4096",
  "per_device_train_batch_size: 2",
].join("\n");

const imported = (files: Readonly<Record<string, string>>, own: Partial<Choices> = {}) =>
  importedFiles(
    {
      files: Object.entries(files).map(([name, text]): GivenFile => ({ name, text })),
      choices: { ...DEFAULT_CHOICES, ...own },
    },
    FULL_CATALOG,
  );

const errorIn = async (...given: Parameters<typeof imported>) => {
  const found = await imported(...given);
  if (found.kind !== "error") throw new Error(`It is read as ${found.kind}.`);
  return found;
};

describe("an out-of-memory message on the page", () => {
  it("is an error, alone and among other lines", async () => {
    expect(await errorIn({ log: ERROR })).toMatchObject({ beside: null, unread: [] });
    const { messages } = await errorIn({ log: `loading\nlearning_rate: 2e-5\n${ERROR}` });
    expect(messages.map(({ shown }) => shown.request)).toEqual(["3.91 GiB"]);
  });

  it("brings the whole run that stands above it, paragraphs and all, and leaves card and looks", async () => {
    const own = { gpu: { kind: "catalog", id: "t4" }, theme: "dark" } as const;
    for (const text of [`${RUN}\n\n${ERROR}`, `${RUN}\n\n${ERROR}`.replaceAll("\n", "\r\n")]) {
      const { beside } = await errorIn({ log: text }, own);
      expect(beside?.choices).toMatchObject({ ...own, method: "lora", seq: 4096, batch: 2 });
    }
  });

  it("brings the run around a message that stands in a comment of it", async () => {
    const [model = "", ...rest] = RUN.split("\n");
    const { beside } = await errorIn({
      log: [model, `# ${ERROR.trim()}`, ...rest].join("\n").replaceAll("\n  ", "\n#  "),
    });
    expect(beside?.choices).toMatchObject({ seq: 4096, batch: 2 });
  });

  it("brings the run of a file that was given with it, and names those that are none", async () => {
    expect((await errorIn({ "run.yaml": RUN, "log.txt": ERROR })).beside?.choices).toMatchObject({ seq: 4096 });
    expect(await errorIn({ "log.txt": ERROR, "notes.txt": "nothing" })).toMatchObject({
      beside: null,
      unread: ["notes.txt"],
    });
  });

  it("does not change what a link locks", async () => {
    const { beside } = await errorIn({ log: `${RUN}\n\n${ERROR}` }, { lock: ["model"] });
    expect(beside?.lists.read.some(({ key }) => key === "model")).toBe(false);
  });

  it("is not looked for in a notebook, a config.json or a measured row", async () => {
    const notebook = JSON.stringify({ nbformat: 4, cells: [{ outputs: [{ text: [ERROR] }] }] });
    expect((await imported({ "run.ipynb": notebook })).kind).not.toBe("error");
    const row = JSON.stringify({ headroom: 1, outcome: "out-of-memory", message: ERROR });
    expect((await imported({ "row.json": row })).kind).not.toBe("error");
  });

  it.each([
    ["RuntimeError: CUDA error: out of memory", /^The driver had no memory/],
    ["torch.cuda.OutOfMemoryError: CUDA out of memory.", /its figures are missing/],
    ["DefaultCPUAllocator: can't allocate memory: you tried to allocate 268435456 bytes.", /memory of the host/],
  ])("that does not say how much, %j, is refused with what it is", async (text, sentence) => {
    expect(await imported({ log: text })).toEqual({
      kind: "refused",
      refusals: [{ file: "log", line: null, sentence: expect.stringMatching(sentence) }],
    });
  });

  it("whose words stand in a comment of a config is no error", async () => {
    const found = await imported({ "run.yaml": `# 4 rows: CUDA out of memory\n${RUN}` });
    expect(found.kind).toBe("imported");
  });
});

describe("what is asked of it then", () => {
  const choices: Choices = { ...DEFAULT_CHOICES, method: "lora", batch: 2, seq: 4096 };

  it("is held against the choices, and ways out come as changes with their lines", async () => {
    const { messages } = await errorIn({ log: ERROR });
    const [message] = messages;
    if (message === undefined) throw new Error("There is no error in it.");
    const { title, found } = await explainedError({ message, choices }, FULL_CATALOG);
    expect(title).toMatch(/^3\.91 GiB is the logits/);
    expect(found?.phase).toBe("train");
    const request = { term: "logits", evaluated: null, isOfRows: true, helps: "step" } as const;
    const [first] = [...collected(offeredWays({ choices, request }, FULL_CATALOG))];
    expect(first).toMatchObject({ title: "Fused loss", patch: { loss: "fused", method: "lora" } });
    expect(first?.lines.added.join()).toContain("use_liger_kernel=True");
    // What crosses from the worker is data.
    expect(structuredClone(first)).toEqual(first);
  });
});

const collected = <Value>(work: Generator<void, Value>): Value => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};
