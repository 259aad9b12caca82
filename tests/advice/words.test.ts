import { describe, expect, test } from "vitest";
import { candidateWords, gibWords } from "#advice/gpu-words.ts";
import { divisionWords, methodsDivisionWords } from "#advice/run-assumptions.ts";
import { stageWords } from "#format/phrases.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import type { StagePeak } from "#calc/model/memory-estimate.ts";

const spaced = (text: string | null): string | undefined => text?.replaceAll("\u00a0", " ");

describe("in a sentence", () => {
  test("a size has no sign, and none is 0.0", () => {
    expect([6.7 * GIB, -6.7 * GIB, 0].map(gibWords).map(spaced)).toEqual(["6.7 GiB", "6.7 GiB", "0.0 GiB"]);
  });

  test("a card that is a way out has its size, once", () => {
    const card = { id: "", memoryGb: 32, usableBytes: 0 };
    expect(spaced(candidateWords({ ...card, shortName: "RTX 5090" }, 1))).toBe("an RTX 5090, 32 GB");
    expect(candidateWords({ ...card, shortName: "A100 40GB" }, 1)).toBe("an A100 40GB");
  });

  test("full fine-tuning is called so, and the others by their names", () => {
    expect(METHOD_NAMES).toEqual({
      full: { label: "Full", inSentence: "full fine-tuning" },
      lora: { label: "LoRA", inSentence: "LoRA" },
      qlora: { label: "QLoRA", inSentence: "QLoRA" },
    });
  });
});

describe("a model that GPUs divide", () => {
  const one = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 1 };

  test("says how, and how many have a copy of their own", () => {
    const words = (division: Parameters<typeof divisionWords>[0]["division"], gpus: number): string | undefined =>
      spaced(divisionWords({ ...(division && { division }), gpus }));
    expect(words(undefined, 8)).toBeUndefined();
    expect(words({ ...one, tp_size: 2 }, 8)).toBe("2 × tensor, 4 × data");
    expect(words({ ...one, tp_size: 2, sequence_parallel: true }, 2)).toBe("2 × tensor with sequence");
    expect(words({ ...one, cp_size: 2, pp_size: 4 }, 8)).toBe("2 × context, 4 × pipeline");
    expect(words({ ...one, ulysses_size: 2 }, 4)).toBe("2 × Ulysses, 2 × data");
    expect(words({ ...one, ep_size: 4 }, 8)).toBe("8 × data, experts over 4");
    expect(words({ ...one, tp_size: 2, ep_size: 4 }, 8)).toBe("2 × tensor, 4 × data, experts over 4");
  });

  test("names the methods that share out experts where not all do", () => {
    const shared = { ...one, ep_size: 8 };
    const words = (...methods: Parameters<typeof methodsDivisionWords>[0]): string | undefined =>
      spaced(methodsDivisionWords(methods, 8));
    expect(words({ method: "full", division: shared }, { method: "lora" })).toBe(
      "8 × data, experts over 8 with full fine-tuning",
    );
    expect(words({ method: "full", division: shared }, { method: "lora", division: shared }, { method: "qlora" })).toBe(
      "8 × data, experts over 8 with full fine-tuning and LoRA",
    );
    expect(words({ method: "lora", division: shared })).toBe("8 × data, experts over 8");
    expect(
      words(
        { method: "lora", division: { ...one, tp_size: 8 } },
        { method: "qlora", division: { ...one, tp_size: 8 } },
      ),
    ).toBe("8 × tensor");
    expect(words({ method: "lora" })).toBeUndefined();
  });

  test("has stages of layers that people count from one", () => {
    const stage = (part: Partial<StagePeak>): string =>
      stageWords({ from: 16, to: 32, isFirst: false, isLast: false, inFlight: 1, peakBytes: bytes(0), ...part });
    expect(stage({})).toBe("Layers 17 to 32");
    expect(stage({ from: 31 })).toBe("Layer 32");
    expect(stage({ from: 30 })).toBe("Layers 31 to 32");
    expect(stage({ from: 0, isFirst: true })).toBe("Layers 1 to 32, embeddings");
    expect(stage({ isLast: true })).toBe("Layers 17 to 32, head and loss");
  });
});
