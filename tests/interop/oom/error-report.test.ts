import { describe, expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { totalOf } from "#calc/model/terms.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { errorReportForChoices } from "#interop/oom/error-report.ts";
import { closeness, requestOf } from "#interop/oom/request-range.ts";
import { peakWords } from "#interop/oom/peak-words.ts";
import { readOoms } from "#interop/oom/oom-message.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { oomText, type Said } from "./oom-texts.ts";

const MIB = 2 ** 20;

const reportOf = (link: string, said: Said | string) => {
  const [message] = readOoms(typeof said === "string" ? said : oomText(said), 1);
  if (message === undefined) throw new Error("There is no error in it.");
  return errorReportForChoices(message, decodeLink(link, FULL_CATALOG).value, FULL_CATALOG);
};

const LORA = "?v=1&method=lora&batch=2&seq=4096";
const LOSS = { tried: "3.91 GiB", functions: ["training_step", "ForCausalLMLoss", "float"] };

describe("what an error was", () => {
  // 4 B x 2 x 4,096 x 128,256: 4,008 MiB, a whole number of segments.
  test("is the tensor with its product, its component, and where and why it is made", () => {
    const { title, found, instead } = reportOf(LORA, LOSS);
    expect(title).toBe("3.91 GiB is the logits in fp32, or their log-probabilities or gradient.");
    expect(instead).toBeNull();
    expect(found).toMatchObject({
      term: "logits",
      product: "4 B × 2 × 4,096 tokens × 128,256 = 4,202,692,608 B",
      closeness: "exact",
      phase: "train",
      evaluated: null,
      isOfRows: true,
      setTo: null,
    });
    expect(found?.where).toMatch(/^It was in a training step, in the loss\. In this scenario’s step \w+ of \w+ makes/);
  });

  test("is of the pass that the traceback was in", () => {
    expect(reportOf(LORA, LOSS).found?.where).not.toContain("backward");
    const back = { ...LOSS, functions: ["training_step", "backward", "run_backward"] };
    expect(reportOf(LORA, back).found?.where).toContain("log_softmax backward");
  });

  test("is no more than possible where the size alone speaks for it, and the scenario can be set to its rows", () => {
    const { title, found } = reportOf("?v=1&method=lora", { tried: "3.91 GiB" });
    expect(title).toMatch(/^3\.91 GiB may be the logits/);
    expect(found?.setTo).toEqual({
      words: "Set the scenario to 4 rows of 2,048 tokens",
      patch: { batch: 4, seq: 2048 },
    });
  });

  test("is an evaluation with its default batch, which the scenario can count", () => {
    const { title, found } = reportOf("?v=1&model=gemma-2-2b&method=lora&seq=2000", {
      tried: "15.26 GiB",
      functions: ["evaluate", "prediction_step"],
    });
    expect(title).toMatch(/^15\.26 GiB is the logits/);
    expect(found).toMatchObject({ phase: "evaluate", evaluated: 8 });
    expect(found?.setTo).toEqual({
      words: "Count an evaluation with 8 rows of 2,000 tokens",
      patch: { eval: 8, evalseq: null },
    });
    const counted = "?v=1&model=gemma-2-2b&method=lora&seq=2000&eval=8";
    expect(reportOf(counted, { tried: "15.26 GiB", functions: ["evaluate"] }).found?.setTo).toBeNull();
  });

  test("is nothing of a scenario that has no such tensor: what it is most often is said, and what the scenario has", () => {
    const { title, found, instead, others } = reportOf(LORA, { tried: "341.70 GiB" });
    expect(title).toBe("No tensor of this scenario has 341.70 GiB.");
    expect([found, others]).toEqual([null, []]);
    expect(instead?.likeliest).toMatch(/^Most likely it is rows longer than the scenario's/);
    expect(instead && peakWords(instead.highest)).toMatch(/^At its highest the scenario has [\d.]+ GiB of tensors/);
  });

  test("is not named by a segment that all small tensors have", () => {
    expect(reportOf(LORA, { tried: "20.00 MiB" }).title).toBe("20.00 MiB says nothing about the tensor.");
  });
});

test.each([
  [4008 * MIB, "exact"],
  [4008 * MIB - 511, "within 512 B"],
  [4008 * MIB - 512, "within 2 MiB, to which PyTorch rounds up"],
  [3985 * MIB, "0.53 % less than was asked for"],
])("%d B are %s of what PyTorch asks for", (bytes, words) =>
  expect(closeness(bytes, requestOf({ low: 4008 * MIB, high: 4008 * MIB }))).toBe(words),
);

describe("what stood beside it", () => {
  test("is the scenario's, component by component, where the message agrees", () => {
    const { atError, found, card } = reportOf(LORA, LOSS);
    expect(found?.agreement).toMatch(
      /^The 19\.3 GiB that tensors had agree with this scenario, which counts 19\.\d to/,
    );
    expect(atError.counted.logits).toBeGreaterThan(GIB);
    expect(totalOf(atError.counted) + atError.uncountedBytes).toBeCloseTo(19.27 * GIB, -8);
    // 23.52 of which 3.59 are free: 0.66 more than tensors had.
    expect(atError.besideBytes / GIB).toBeCloseTo(23.52 - 3.59 - 19.27, 1);
    expect(atError.capacityBytes / GIB).toBeCloseTo(23.52, 2);
    expect(card).toBe("RTX 4090");
  });

  test("is told apart from what other processes had", () => {
    // 79.15 of which 3.59 are free: 75.56 are taken, 19.92 of them by this process.
    const { atError } = reportOf(LORA, { ...LOSS, total: "79.15 GiB" });
    expect(atError.besideBytes / GIB).toBeCloseTo(19.92 - 19.27, 1);
    expect(atError.othersBytes / GIB).toBeCloseTo(75.56 - 19.92, 1);
  });

  test("is what is loaded and no more where it does not", () => {
    const { atError, found } = reportOf(LORA, { ...LOSS, allocated: "30.00 GiB" });
    expect(found?.agreement).toMatch(/^Tensors had 30\.0 GiB, and this scenario counts .* something else, too\.$/);
    expect(atError.counted.logits).toBe(0);
    expect(atError.counted.weights / GIB).toBeCloseTo(14.96, 1);
    expect(atError.uncountedBytes).toBeGreaterThan(14 * GIB);
  });

  test("is never more than there was", () => {
    const { atError } = reportOf(LORA, { tried: "112.00 MiB", allocated: "5.00 GiB", functions: ["from_pretrained"] });
    expect(atError.counted.weights / GIB).toBeCloseTo(5, 2);
    expect(atError.uncountedBytes).toBe(0);
  });

  test("has no optimizer states in the first step", () => {
    const link = "?v=1&model=llama-3.2-1b&method=full&seq=512&gpu=h100-sxm";
    const said = (allocated: string): Said => ({
      tried: "32.00 MiB",
      allocated,
      total: "79.11 GiB",
      free: "0.01 GiB",
      functions: ["training_step", "backward"],
    });
    const first = reportOf(link, said("2.90 GiB"));
    const later = reportOf(link, said("7.50 GiB"));
    expect(first.found?.term).toBe("gradients");
    expect(first.found?.agreement).toMatch(/^The 2\.9 GiB that tensors had agree/);
    expect(first.atError.counted.optimizer).toBe(0);
    expect(later.atError.counted.optimizer).toBeGreaterThan(4 * GIB);
  });

  test("is held against the scenario's card where the message does not say what its own has", () => {
    const { atError } = reportOf(
      "?v=1&method=lora&gpu=a100-80gb-sxm",
      "CUDA out of memory. Tried to allocate 3.91 GiB.",
    );
    expect(atError.capacityBytes / GIB).toBeGreaterThan(78);
    expect(atError.besideBytes).toBeGreaterThan(0);
  });

  test("is on another card where the message says so", () => {
    const { notes, card } = reportOf(LORA, { ...LOSS, total: "79.15 GiB" });
    expect(card).toBe("The message’s card");
    expect(notes[0]).toMatch(/^The message is of a card with 79\.2 GiB, and the scenario’s RTX 4090 has 23\.5: choose/);
  });
});
