import { describe, expect, it } from "vitest";
import { formatGib } from "#format/bytes.ts";
import { badgeOf } from "#interop/badge.ts";
import { answerOf, focusOf, settledOf } from "../../answered.ts";

const badge = (link: string) => badgeOf(answerOf(link), "chosen");

/** What the engine says that the method in focus needs. */
const needed = (link: string): string => formatGib(focusOf(link).estimate.onCardBytes);

describe("a badge", () => {
  it.each([
    ["?v=1&method=qlora", "QLoRA of Llama 3.1 8B", "GiB, fits RTX 4090"],
    ["?v=1&method=full", "Full fine-tuning of Llama 3.1 8B", "GiB, does not fit RTX 4090"],
    [
      "?v=1&model=qwen2.5-7b&method=qlora&gpu=a100-80gb-sxm&gpus=2",
      "QLoRA of Qwen2.5 7B",
      "GiB per GPU, fits 2 × A100 80GB",
    ],
    ["?v=1&method=qlora&gpu=custom&vram=48", "QLoRA of Llama 3.1 8B", "GiB, fits a card of 48 GB"],
    ["?v=1&gpu=custom&vram=24&gpus=4", "LoRA of Llama 3.1 8B", "GiB per GPU, fits 4 cards of 24 GB"],
  ])("of %s names the method in focus, what it needs, and whether its card holds it", (link, subject, outcome) => {
    expect(badge(link)).toMatchObject({
      subject,
      outcome: `${needed(link)} ${outcome}`,
      line: `${subject}: ${needed(link)} ${outcome}`,
      link,
    });
  });

  it("says what may not fit, and how much is free", () => {
    const { usableBytes } = settledOf("?v=1&method=qlora").gpu;
    const on = focusOf("?v=1&method=qlora").estimate.onCardBytes;
    const used = ((usableBytes - on) / 2 ** 30 - 0.02).toFixed(2);
    const tight = badge(`?v=1&method=qlora&used=${used}`);
    expect(tight).toMatchObject({
      fit: "tight",
      outcome: expect.stringMatching(/GiB, may not fit RTX 4090: < 0\.1 GiB free$/),
    });
    expect(tight?.detail).toMatch(/, of \d+\.\d GiB free\./);
  });

  it("has no figure of what a card cannot run, and says why", () => {
    const stuck = badge("?v=1&gpu=t4&attn=flash");
    expect(stuck).toMatchObject({ fit: "cannot-run", outcome: "cannot run on T4" });
    expect(stuck?.detail).toMatch(/ It cannot run there: [^.]+\. Counted by Headroom/);
    expect(stuck?.detail).not.toContain("Needed");
  });

  it("says what its figure is of, with adapters where there are some", () => {
    expect(badge("?v=1&method=qlora&batch=2")?.detail).toBe(
      "Llama 3.1 8B, all linear r = 16, batch 2 × 2,048 tokens. Needed on the card, with the gaps of PyTorch's allocator and the CUDA context, of 23.5 GiB usable. Counted by Headroom, not measured.",
    );
    expect(badge("?v=1&method=full")?.detail).toMatch(/^Llama 3\.1 8B, batch 1 × 2,048 tokens\./);
  });

  it("leads to the scenario and not to how a page looked", () => {
    expect(badge("?v=1&method=qlora&embed=1&theme=dark&only=bars&lock=model")?.link).toBe("?v=1&method=qlora");
  });

  it("is of a method that is shown where the one in focus is not, and leads to that", () => {
    const answer = answerOf("?v=1&method=lora&show=full,lora,qlora");
    const shown = { ...answer, methods: answer.methods.filter(({ method }) => method === "full") };
    expect(badgeOf(shown, "chosen")).toMatchObject({
      subject: "Full fine-tuning of Llama 3.1 8B",
      link: "?v=1&method=full",
    });
  });

  it("is none where no method is shown", () => {
    expect(badgeOf(settledOf("?v=1"), "chosen")).toBeNull();
  });
});

describe("a badge of the smallest card", () => {
  it("names the card with its size and says how it was chosen", () => {
    const smallest = badgeOf(answerOf("?v=1&method=qlora&gpu=rtx-4080"), "smallest");
    expect(smallest?.outcome).toBe(`${needed("?v=1&method=qlora&gpu=rtx-4080")} GiB, smallest card RTX 4080 (16 GB)`);
    expect(smallest?.detail).toContain("The smallest of the NVIDIA cards that people have or rent");
  });

  it("says how several share the model, and no size twice", () => {
    const link = "?v=1&model=llama-3.1-70b&method=full&gpu=a100-80gb-sxm&gpus=16";
    expect(badgeOf(answerOf(link), "smallest")?.outcome).toBe(
      `${needed(link)} GiB per GPU, smallest cards 16 × A100 80GB with FSDP 2, may not fit: 3.2 GiB free`,
    );
  });

  it("says nothing of sharing where each has all of it", () => {
    const link = "?v=1&method=qlora&gpu=h100-sxm&gpus=2&shard=none";
    expect(badgeOf(answerOf(link), "smallest")?.outcome).toMatch(/GiB per GPU, smallest cards 2 × H100 \(80 GB\)$/);
  });
});
