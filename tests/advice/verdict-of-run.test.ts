import { describe, expect, it } from "vitest";
import { fitOnCard } from "#calc/card/fit.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { pageAnswer } from "#service/answers/page-answer.ts";
import { answerOf, choicesOf, focusOf, settledOf } from "../answered.ts";

const says = (link: string): readonly string[] =>
  pageAnswer({ choices: choicesOf(link) }, FULL_CATALOG).sentences.map((sentence) =>
    sentence.replaceAll("\u00a0", " "),
  );

/** What a method's worst moment lacks or leaves, in GiB. */
const gib = (link: string, method: MethodId): string => {
  const { run } = focusOf({ ...choicesOf(link), method });
  return (Math.abs(run?.headroomBytes ?? 0) / GIB).toFixed(1);
};

describe("the verdict of a whole run", () => {
  it("names the moment that is too much where the step fits, and a card that holds that moment", () => {
    const link = "?v=1&show=lora&eval=8";
    const [first, second] = says(link);
    expect(first).toBe(
      `On an RTX 4090, LoRA fits while training; evaluation at batch 8 needs ${gib(link, "lora")} GiB more.`,
    );
    const [lora] = answerOf(link).methods;
    const fitOn = (id: string) => {
      const { gpu } = settledOf(`${link}&gpu=${id}`);
      return lora?.run && fitOnCard(lora.run.worst, bytes(gpu.usableBytes)).fit;
    };
    // An evaluation goes by the rule, which says "fits" up to 80 % of a card.
    expect(second).toBe("It fits on an RTX A6000, 48 GB.");
    expect([fitOn("a100-40gb-pcie"), fitOn("rtx-a6000")]).toEqual(["tight", "fits"]);
  });

  it("says that a run may not fit where only a moment outside the step comes so close", () => {
    const link = "?v=1&show=lora&eval=8&gpu=a100-40gb-pcie";
    const [lora] = answerOf(link).methods;
    expect([lora?.card.fit, lora?.run?.fit, lora?.run?.worst.id]).toEqual(["fits", "tight", "evaluate"]);
    expect(says(link)).toEqual([
      `On an A100 40GB PCIe LoRA may not fit: ${gib(link, "lora")} GiB free in evaluation at batch 8.`,
    ]);
  });

  it("names what fits as a whole first, then what only trains, then what does not even train", () => {
    const link = "?v=1&eval=4";
    expect(says(link)).toEqual([
      `On an RTX 4090, QLoRA fits with ${gib(link, "qlora")} GiB to spare in evaluation at batch 4.`,
      `LoRA fits while training; evaluation at batch 4 needs ${gib(link, "lora")} GiB more.`,
      `Full fine-tuning needs ${gib(link, "full")} GiB more.`,
    ]);
  });

  it("names the moment of a method that does not even train, where that takes most", () =>
    expect(says("?v=1&show=full&eval=8")[0]).toBe(
      `On an RTX 4090, full fine-tuning needs ${gib("?v=1&show=full&eval=8", "full")} GiB more in evaluation at batch 8.`,
    ));

  it("says of several that none fits as a whole, and which comes closest", () => {
    const link = "?v=1&show=lora,qlora&eval=32";
    expect(says(link)[0]).toBe(
      `On an RTX 4090, no run fits as a whole: QLoRA fits while training; evaluation at batch 32 needs ${gib(link, "qlora")} GiB more.`,
    );
  });

  it("is that of the step where the step is the worst", () => {
    expect(says("?v=1&eval=1&evalseq=128")).toEqual(says("?v=1"));
    expect(says("?v=1&stack=article&eval=8")).toEqual(says("?v=1&stack=article"));
  });

  it("says of a card that lacks what the step needs what it lacks, and nothing of moments", () => {
    const [link, alone] = ["eval=8&", ""].map((keys) => `?v=1&${keys}show=lora&model=smollm2-135m&gpu=t4&attn=flash`);
    expect(says(link ?? "")).toEqual(says(alone ?? ""));
  });
});
