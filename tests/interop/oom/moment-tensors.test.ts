import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { OomSubject, TensorName } from "#interop/oom/candidates/candidate.ts";
import { errorReport, errorReportForChoices } from "#interop/oom/error-report.ts";
import { explainOom, oomSubject } from "#interop/oom/oom-explanation.ts";
import { oomWords } from "#interop/oom/oom-words.ts";
import { type OomMessage, readOom } from "#interop/oom/oom-message.ts";
import { choicesOf } from "../../answered.ts";
import { tried } from "../../tried.ts";
import { tracebackText, TRACEBACKS, type Where } from "./oom-tracebacks.ts";

const MIB = 2 ** 20;

const subjects = new Map<string, OomSubject>();
const subjectOf = (link: string): OomSubject => {
  const subject = subjects.get(link) ?? oomSubject(choicesOf(link), FULL_CATALOG);
  subjects.set(link, subject);
  return subject;
};

const messageOf = (where: Where, tried: string): OomMessage => {
  const message = readOom(tracebackText(where, tried));
  if (message.kind !== "message") throw new Error(message.kind);
  return message;
};

const asked = (link: string, where: Where, tried: string) => {
  const message = messageOf(where, tried);
  const explained = explainOom(message, subjectOf(link));
  return { message, ...explained, words: oomWords(message, subjectOf(link), explained) };
};

const LLAMA = "?v=1&model=llama-3.1-8b&gpu=h100-sxm";
const MOE = "?v=1&model=qwen3-30b-a3b&method=full&gpu=h100-sxm";

/** Tensors that can be made at each place, written down apart from the code that offers them. */
const POSSIBLE: Readonly<Record<Where, readonly TensorName[]>> = {
  load: ["weight", "quantised-weight", "fsdp-unit", "fsdp-shard", "zero-partition"],
  attention: ["attention-scores", "activation"],
  forward: ["logits", "attention-scores", "activation", "weight", "dequantised-weight", "fsdp-unit"],
  loss: ["logits"],
  backward: [
    ...(["logits", "attention-scores", "activation", "weight", "dequantised-weight"] as const),
    ...(["weight-gradient", "fsdp-unit", "fsdp-shard"] as const),
  ],
  recompute: [
    ...(["logits", "attention-scores", "activation", "weight", "dequantised-weight"] as const),
    ...(["weight-gradient", "fsdp-unit", "fsdp-shard"] as const),
  ],
  adamw: ["optimizer-state", "zero-partition", "fsdp-shard"],
  foreach: ["optimizer-state", "optimizer-temporary", "zero-partition", "fsdp-shard"],
  zero2: ["optimizer-state", "zero-partition", "fsdp-shard"],
  zero3: ["optimizer-state", "zero-partition", "fsdp-shard"],
  evaluate: ["logits", "attention-scores", "activation", "weight", "dequantised-weight", "fsdp-unit"],
  save: ["weight", "fsdp-unit", "fsdp-shard"],
  merge: ["weight", "dequantised-weight"],
};

const SMALL = "?v=1&model=llama-3.2-1b&gpu=h100-sxm";
const LINKS = [
  `${SMALL}&method=full`,
  `${SMALL}&method=lora&batch=8`,
  `${SMALL}&method=qlora&attn=eager`,
  `${SMALL}&method=full&optim=adamw_torch&gpus=8&shard=zero2`,
  `${SMALL}&method=full&gpus=8&shard=zero3`,
  `${SMALL}&method=full&gpus=8&shard=fsdp2`,
  `${SMALL}&method=lora&gpus=8&shard=fsdp1`,
] as const;

/** Two a scenario: sizes at which each scenario has a tensor at some moment: matrices, logits, a batch's, partitions. */
const SIZES = ["64.00 MiB", "1002.00 MiB", "32.00 MiB", "590.00 MiB", "502.00 MiB", "7.83 GiB", "1.96 GiB"] as const;

describe("the named tensor belongs to the moment that the traceback names", () => {
  const wheres = Object.keys(TRACEBACKS) as Where[];

  test.each(wheres)(
    "in %s, whatever tensor of the scenario has the size",
    (where) => {
      let named = 0;
      for (const [index, link] of LINKS.entries())
        for (const size of SIZES.filter((_, at) => at === index || at === (index + 3) % SIZES.length)) {
          const { candidates, closest } = asked(link, where, size);
          for (const { tensor } of candidates) expect(POSSIBLE[where], `${link} ${size}`).toContain(tensor);
          if (closest !== null) expect(POSSIBLE[where], `${link} ${size}`).toContain(closest.tensor);
          named += candidates.length + (closest === null ? 0 : 1);
        }
      expect(named).toBeGreaterThan(0);
    },
    120_000,
  );

  tried("whatever size is asked for", { quick: 25, thorough: 1000 }, (runs) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...wheres),
        fc.constantFrom(...LINKS),
        fc.integer({ min: 11, max: 4000 }),
        (where, link, half) => {
          const { candidates, closest } = asked(link, where, `${half * 2}.00 MiB`);
          for (const each of [...candidates, ...(closest === null ? [] : [closest])])
            expect(POSSIBLE[where]).toContain(each.tensor);
        },
      ),
      runs,
    );
  });
});

describe("an optimizer's state", () => {
  test.each(["adamw", "zero2"] as const)(
    "of one 32nd of 30.5 billion parameters is found in %s, a projector trained along",
    (where) => {
      const { candidates, words } = asked(`${MOE}&gpus=32&shard=zero2`, where, "3.56 GiB");
      expect(candidates[0]).toMatchObject({ tensor: "zero-partition", bytes: Math.ceil(30_532_122_624 / 32) * 4 });
      expect(words[1]).toMatch(
        /^That is most likely what AdamW keeps per state for 1\/32 of 30\.5\sB parameters: 4 B × 30,532/,
      );
      expect(words.join(" ")).not.toContain("logits");
    },
  );

  test("is found where the scenario has no such number of GPUs, which is then no more than possible and can be set", () => {
    const { words } = asked(MOE, "zero2", "3.56 GiB");
    expect(words[1]).toMatch(/^By its size that may be what AdamW keeps per state for 1\/32 of 30\.5\sB parameters/);
    expect(words[2]).toContain("This size needs ZeRO on 32 GPUs; the scenario is set otherwise.");
    const { title, found } = errorReportForChoices(messageOf("zero2", "3.56 GiB"), choicesOf(MOE), FULL_CATALOG);
    expect(title).toMatch(/^3\.56 GiB may be what AdamW keeps per state for 1\/32 of/);
    expect(found?.setTo).toEqual({
      words: "Set the scenario to ZeRO 2 on 32 GPUs",
      patch: { gpus: 32, shard: "zero2" },
    });
    expect(found?.closeness).toMatch(/less than was asked for$/);
  });

  test("of all parameters says that a scenario with adapters is another run", () => {
    const link = `${MOE.replace("method=full", "method=lora")}&gpus=32&shard=zero3`;
    const { found } = errorReportForChoices(messageOf("zero3", "3.56 GiB"), choicesOf(link), FULL_CATALOG);
    expect(found?.setTo).toEqual({
      words: "Set the scenario to full fine-tuning with ZeRO 3 on 32 GPUs",
      patch: { gpus: 32, shard: "zero3", method: "full" },
    });
  });

  // 8,030,261,248 x 4 / 8 B are 3,829.2 MiB; 14,336 x 4,096 x 4 B are 224 MiB, an eighth of its rows 28.
  test.each([
    [`${LLAMA}&method=full&gpus=8&shard=zero1`, "zero2", "3.74 GiB", "zero-partition"],
    [`${LLAMA}&method=full&gpus=8&shard=zero2`, "zero2", "3.74 GiB", "zero-partition"],
    [`${LLAMA}&method=full&gpus=8&shard=zero3`, "zero3", "3.74 GiB", "zero-partition"],
    [`${LLAMA}&method=full`, "adamw", "224.00 MiB", "optimizer-state"],
    [`${LLAMA}&method=full&optim=adamw_torch`, "foreach", "224.00 MiB", "optimizer-temporary"],
    [`${LLAMA}&method=full&optim=adamw_bnb_8bit`, "adamw", "56.00 MiB", "optimizer-state"],
    [`${LLAMA}&method=full&gpus=8&shard=fsdp2`, "adamw", "28.00 MiB", "optimizer-state"],
    [`${LLAMA}&method=lora&r=256`, "adamw", "14.00 MiB", "optimizer-state"],
  ] as const)("of %s in %s with %s is found", (...[link, where, size, tensor]) => {
    expect(asked(link, where, size).candidates[0]?.tensor).toBe(tensor);
  });

  test("of ZeRO 3 is one sub-group's where a GPU's part is larger than one", () => {
    // 70.6 billion parameters on 8 GPUs: 8.8 billion on each, in nine sub-groups of a little more than 1e9 each.
    const link = "?v=1&model=llama-3.1-70b&method=full&gpu=h100-sxm&gpus=8&shard=zero3";
    const [first] = asked(link, "zero3", "3.80 GiB").candidates;
    expect(first?.name).toMatch(/^one of the 9 sub-groups/);
    expect(first?.bytes).toBeGreaterThanOrEqual(4e9);
  });
});

describe("where no tensor of the moment has the size", () => {
  test("the closest of that moment is named with its size, and none of another", () => {
    const { candidates, words } = asked(`${LLAMA}&method=full`, "adamw", "700.00 MiB");
    expect(candidates).toEqual([]);
    expect(words[1]).toMatch(
      /^No tensor of this scenario has 700\.00 MiB where the optimizer makes its states\. The closest at that moment is an optimizer state of \S+ in 16 bit with 1002\.00 MiB \(2 B × 128,256 × 4,096 = 1,050,673,152 B\)\. Most likely it is another number of GPUs/,
    );
  });

  test("attention is not the loss, whose logits have it", () => {
    // 2 x 4,096 x 128,256 x 4 B are 4,008 MiB.
    const link = `${LLAMA}&method=lora&batch=2&seq=4096`;
    expect(asked(link, "loss", "3.91 GiB").candidates[0]?.tensor).toBe("logits");
    const { candidates, closest } = asked(link, "attention", "3.91 GiB");
    expect(candidates.map(({ tensor }) => tensor)).not.toContain("logits");
    expect(closest?.tensor ?? candidates[0]?.tensor).toMatch(/^(?:activation|attention-scores)$/);
  });

  test("backward has gradients, and no states", () => {
    const { candidates } = asked(`${LLAMA}&method=full`, "backward", "224.00 MiB");
    expect(candidates[0]?.tensor).toBe("weight-gradient");
    expect(candidates.map(({ tensor }) => tensor)).not.toContain("optimizer-state");
  });

  test("the page says the same", () => {
    const link = `${LLAMA}&method=full`;
    const { title, instead } = errorReport({
      message: messageOf("adamw", "700.00 MiB"),
      subject: subjectOf(link),
      choices: choicesOf(link),
      card: { shortName: "H100", usableBytes: 79_000 * MIB },
    });
    expect(title).toBe("No tensor of this scenario has 700.00 MiB where the optimizer makes its states.");
    expect(instead?.closest).toMatch(/^The closest at that moment is an optimizer state of /);
    expect(instead?.likeliest).toMatch(/^Most likely it is another number of GPUs/);
  });

  test("a moment that the scenario has no tensor of is said to have none", () => {
    const { candidates, words } = asked(`${LLAMA}&method=lora`, "save", "1.50 GiB");
    expect(candidates).toEqual([]);
    expect(words[1]).toContain("Headroom knows no tensor of this scenario at that moment.");
  });
});
