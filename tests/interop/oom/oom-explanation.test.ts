import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { OomSubject } from "#interop/oom/candidates/candidate.ts";
import { explainOom, oomSubject } from "#interop/oom/oom-explanation.ts";
import { oomWords } from "#interop/oom/oom-words.ts";
import { readOom } from "#interop/oom/oom-message.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";

const subjects = new Map<string, OomSubject>();

const subjectOf = (link: string): OomSubject => {
  const subject = subjects.get(link) ?? oomSubject(decodeLink(link, FULL_CATALOG).value, FULL_CATALOG);
  subjects.set(link, subject);
  return subject;
};

const asked = (link: string, tried: string, { functions = [] as readonly string[], allocated = "20.00 GiB" } = {}) => {
  const traceback = functions.map((name) => `  File "x.py", line 7, in ${name}`).join("\n");
  const message = readOom(
    `${traceback}\nCUDA out of memory. Tried to allocate ${tried} (GPU 0; 79.15 GiB total capacity; ${allocated} already allocated; 1.00 MiB free; 78.00 GiB reserved in total by PyTorch)`,
  );
  if (message.kind !== "message") throw new Error(message.kind);
  const subject = subjectOf(link);
  const explained = explainOom(message, subject);
  return { first: explained.candidates[0], ...explained, words: oomWords(message, subject, explained) };
};

const LLAMA = "?v=1&model=llama-3.1-8b";

describe("explainOom", () => {
  // 4 B x 8 x 2,000 x 256,000 = 16,384,000,000 B = 15.26 GiB, which people meet "when the model gets saved".
  test("finds the logits of an evaluation with its default batch", () => {
    const { first, words } = asked("?v=1&model=gemma-2-2b&method=lora&seq=2000", "15.26 GiB", {
      functions: ["_maybe_log_save_evaluate", "evaluate", "prediction_step", "forward"],
    });
    expect(first).toMatchObject({ tensor: "logits", rows: { batch: 8, length: 2000 }, fits: "evaluation" });
    expect(words[0]).toBe(
      "PyTorch asked for 15.26 GiB while tensors had 20.00 GiB. It was in an evaluation, in the forward pass.",
    );
    expect(words[1]).toContain("4 B × 8 × 2,000 tokens × 256,000 = 16,384,000,000 B. Such are 8 rows of 2,000 tokens");
    expect(words[3]).toMatch(/^What to change: per_device_eval_batch_size/);
  });

  test("finds the logits that an evaluation keeps, batch by batch", () => {
    // 3 batches of 8 x 512 tokens in fp32: 3 x 4 x 8 x 512 x 128,256 = 6,304,038,912 B.
    const { first } = asked(`${LLAMA}&method=lora&seq=512`, "5.87 GiB", {
      functions: ["evaluate", "evaluation_loop", "torch_pad_and_concatenate"],
    });
    expect(first).toMatchObject({ tensor: "logits", places: ["concatenate"], bytes: 6_304_038_912 });
  });

  // 4 B x 128,256 a token: 1,002 MiB are 2,048 of them, 313.1 MiB 640.
  test.each([
    ["1002.00 MiB", 2048],
    ["314.00 MiB", 640],
  ])("finds the logits of the scenario, and of rows shorter than set: %s", (tried, length) => {
    const { first } = asked(`${LLAMA}&method=lora&seq=2048`, tried, { functions: ["training_step", "cross_entropy"] });
    expect(first).toMatchObject({ tensor: "logits", rows: { batch: 1, length } });
  });

  test("names the module and the operation of the scenario's own step", () => {
    const { first } = asked(`${LLAMA}&method=lora&seq=2048`, "1002.00 MiB", { functions: ["cross_entropy"] });
    expect(first?.onTape?.op).toMatch(/softmax|to|nll/);
  });

  // 14,336 x 4,096 numbers: 112 MiB in 16 bit.
  test.each([
    [{ functions: ["from_pretrained"], allocated: "5.00 GiB" }, "weight"],
    [{ functions: ["training_step", "backward"], allocated: "25.00 GiB" }, "weight-gradient"],
    [{ functions: ["step", "_init_group"], allocated: "45.00 GiB" }, "optimizer-state"],
  ])("tells tensors of one size apart by the moment: %j", (said, tensor) => {
    expect(asked(`${LLAMA}&method=full`, "112.00 MiB", said).first?.tensor).toBe(tensor);
  });

  test("tells them apart by what is allocated, where no traceback does", () => {
    const of = (allocated: string) => asked(`${LLAMA}&method=full`, "112.00 MiB", { allocated }).first?.tensor;
    expect(of("5.00 GiB")).toBe("weight");
    expect(of("77.00 GiB")).not.toBe("weight");
  });

  test.each([
    ["28.00 MiB", ["from_pretrained", "quantize_4bit"], "quantised-weight"],
    ["112.00 MiB", ["forward", "dequantize_4bit"], "dequantised-weight"],
    ["224.00 MiB", ["forward", "dequantize_4bit"], "dequantised-weight"],
    ["1.96 GiB", ["prepare_model_for_kbit_training"], "weight"],
    ["224.00 MiB", ["merge_and_unload", "get_delta_weight"], "weight"],
  ])("finds %s of a 4-bit base in %j", (tried, functions, tensor) => {
    expect(asked(`${LLAMA}&method=qlora`, tried, { functions }).first?.tensor).toBe(tensor);
  });

  test("finds the stacked experts of a MoE that is loaded, saved and prepared", () => {
    // Qwen3-30B-A3B: gate_up_proj is 128 x 1,536 x 2,048: 768 MiB in 16 bit, 1.50 GiB in fp32.
    const link = "?v=1&model=qwen3-30b-a3b&method=qlora";
    expect(asked(link, "768.00 MiB", { functions: ["from_pretrained"] }).first?.name).toContain("gate_up_proj");
    expect(asked(link, "384.00 MiB", { functions: ["save_pretrained"] }).first?.phases).toContain("save");
    expect(asked(link, "1.50 GiB", { functions: ["prepare_model_for_kbit_training"] }).first?.phases).toEqual([
      "prepare",
    ]);
  });

  test("finds attention scores where the kernel makes them, or the traceback says so", () => {
    // 32 heads x 4,096 x 4,096 x 4 B = 2 GiB.
    const link = `${LLAMA}&method=lora&seq=4096`;
    expect(asked(`${link}&attn=eager`, "2.00 GiB").first?.tensor).toBe("attention-scores");
    expect(asked(link, "2.00 GiB", { functions: ["eager_attention_forward"] }).first?.tensor).toBe("attention-scores");
    expect(asked(link, "2.00 GiB").candidates.map(({ tensor }) => tensor)).not.toContain("attention-scores");
  });

  test("says so where nothing of the scenario has the size", () => {
    const { candidates, words } = asked(`${LLAMA}&method=lora`, "341.70 GiB");
    expect(candidates).toEqual([]);
    expect(words[1]).toMatch(/^No tensor of this scenario has 341\.70 GiB\. Most likely it is .*\.$/);
    expect(words[2]).toMatch(/^At its highest the scenario has [\d.]+ GiB of tensors, [\d.]+ GiB of them /);
  });

  test.each(["2.00 MiB", "20.00 MiB"])("names nothing by %s, which all small tensors print", (tried) => {
    const { candidates, words } = asked(`${LLAMA}&method=lora`, tried);
    expect(candidates).toEqual([]);
    expect(words[1]).toContain("says nothing about the tensor");
  });

  test("says what the card had besides", () => {
    const { words } = asked(`${LLAMA}&method=lora`, "112.00 MiB", { allocated: "20.00 GiB" });
    expect(words).toContain(
      "PyTorch had 58.0 GiB of the card that no tensor had, in pieces too small: PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True may be all that it needs.",
    );
  });

  test("prefers a size that follows from the model to one that some length gives", () => {
    const { candidates } = asked(
      "?v=1&model=llama-1-7b&method=full&weights=fp32&batch=2&seq=2048&gpus=4&shard=fsdp1",
      "98.00 MiB",
    );
    expect(candidates[0]?.tensor).toBe("fsdp-shard");
    expect(candidates.map(({ tensor }) => tensor)).toContain("logits");
  });

  test("is no surer than the text lets it be", () => {
    const of = (functions: readonly string[]) =>
      asked(`${LLAMA}&method=lora&seq=2048`, "314.00 MiB", { functions }).words[1];
    expect(of([])).toMatch(/^By its size that may be the logits/);
    expect(of(["training_step", "cross_entropy"])).toMatch(/^That is most likely the logits/);
  });

  test("says the same of the same message", () => {
    const once = () => asked(`${LLAMA}&method=full&gpus=8&shard=zero2`, "3.74 GiB").candidates;
    expect(once()).toEqual(once());
    expect(once()[0]?.tensor).toBe("zero-partition");
  });
});
