import { describe, expect, test } from "vitest";
import { hardwareKnobs, otherCards, moreCards, moreOtherCards } from "#advice/knobs/gpus.ts";
import { fewestChosenGpus } from "#advice/verdict.ts";
import { evaluateTrial } from "#advice/trial.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { OBTAINABLE_GPUS } from "#catalog/obtainable-gpus.ts";
import { choicesOf } from "../answered.ts";

const more = (link: string) => moreCards(choicesOf(link), FULL_CATALOG).map(({ knob }) => knob);
const plain = (text: string | null | undefined): string => (text ?? "").replaceAll("\u00a0", " ");

test("cards that advice may name are in the catalog, each with how people come by it and where that was read", () => {
  for (const [id, card] of Object.entries(OBTAINABLE_GPUS)) {
    expect(Object.keys(FULL_CATALOG.gpus)).toContain(id);
    expect(card?.mark).toMatch(/^(popular|rentable)$/);
    expect(card?.source).toMatch(/.{20}/);
    expect(card?.retrieved).toMatch(/^2026-\d\d-\d\d$/);
  }
});

describe("more of the chosen card", () => {
  test("are two, four, eight, or two machines, and more than are chosen", () => {
    expect(more("?v=1").map(({ patch }) => patch.gpus)).toEqual([2, 4, 8, 16]);
    expect(more("?v=1&gpus=4").map(({ patch }) => patch.gpus)).toEqual([8, 16]);
    expect(more("?v=1&gpus=16")).toEqual([]);
  });

  test("share the model by FSDP 2, or by what is chosen that divides all of it", () => {
    const [two] = more("?v=1");
    expect(plain(two?.title)).toBe("2 × RTX 4090 with FSDP 2");
    expect(plain(two?.phrase)).toBe("use 2 × RTX 4090 with FSDP 2 (an update takes 2 rows then)");
    expect(plain(more("?v=1&gpus=2&shard=zero3")[0]?.title)).toBe("4 × RTX 4090 with ZeRO 3");
    expect(more("?v=1&gpus=2&shard=ddp")[0]?.patch.shard).toBeNull();
    expect(plain(more("?v=1&gpu=custom&vram=24")[0]?.title)).toBe("2 of these cards with FSDP 2");
  });

  test("keep the rows of an update where accumulation can, and else say how many they are then", () => {
    const [two, four] = more("?v=1&batch=2&accum=2");
    expect(two).toMatchObject({ patch: { accum: 1 }, detail: "Accumulation 2 to 1." });
    expect(plain(two?.phrase)).toMatch(/ with FSDP 2 and accumulation 1$/);
    expect(four).toMatchObject({ patch: { accum: 2 }, detail: "An update takes 16 rows then." });
  });

  test("are none where cards cannot reach each other, or host and card have one memory", () => {
    for (const gpu of ["apple-m4-pro-48gb", "gb10"]) expect(more(`?v=1&gpu=${gpu}`)).toEqual([]);
    const slice = Object.entries(FULL_CATALOG.gpus).find(([, row]) => row.sliceOf !== undefined)?.[0];
    expect(more(`?v=1&gpu=${slice}`)).toEqual([]);
  });

  test("are as many as divide the model as it is divided", () => {
    expect(more("?v=1&gpus=4&tp=4").map(({ patch }) => patch.gpus)).toEqual([8, 16]);
    expect(more("?v=1&model=qwen3-30b-a3b&method=full&gpus=8&ep=8").map(({ patch }) => patch.gpus)).toEqual([16]);
    expect(more("?v=1&model=qwen3-30b-a3b&method=full&gpus=6&ep=2").map(({ patch }) => patch.gpus)).toEqual([8, 16]);
    expect(more("?v=1&gpus=3&tp=3").map(({ patch }) => patch.gpus)).not.toContain(5);
  });
});

describe("a larger card", () => {
  const larger = otherCards(choicesOf("?v=1&gpus=2"), FULL_CATALOG);

  test("has more memory, and is one that people have or rent", () => {
    const usable = larger.map(({ totalBytes }) => totalBytes);
    expect(usable).toEqual(usable.toSorted((one, other) => one - other));
    expect(usable[0]).toBeGreaterThan(2 * 23.5 * 2 ** 30);
    for (const { knob } of larger) expect(OBTAINABLE_GPUS[knob.id.slice("gpu-".length)]).toBeDefined();
  });

  test("may be a smaller one where that runs it otherwise: a T4 has no flash kernel, an RTX 4060 has", () => {
    const choices = choicesOf("?v=1&model=llama-3.2-1b&gpu=t4&seq=8192&loss=fused");
    const [smallest] = otherCards(choices, FULL_CATALOG);
    expect(smallest?.knob).toMatchObject({ id: "gpu-rtx-4060", price: "otherCard" });
    expect(evaluateTrial({ ...choices, ...smallest?.knob.patch }, FULL_CATALOG).isWayOut).toBe(true);
    // MI300X: the same kernels and types.
    const prices = otherCards(choicesOf("?v=1&gpu=mi300x"), FULL_CATALOG).map(({ knob }) => knob.price);
    expect(prices).toEqual([]);
  });

  test("takes the place of each", () => {
    expect(plain(larger[0]?.knob.phrase)).toMatch(/^use 2 × /);
    const [one] = otherCards(choicesOf("?v=1"), FULL_CATALOG);
    expect(plain(one?.knob.phrase)).toBe("use an RTX 5090, 32 GB");
    expect(plain(one?.knob.title)).toBe("1 × RTX 5090, 32 GB");
  });

  test("comes before or after more cards by the memory of all together; several larger ones come last", () => {
    const choices = choicesOf("?v=1");
    const all = hardwareKnobs(choices, FULL_CATALOG);
    const last = moreOtherCards(choices, FULL_CATALOG);
    expect(all.slice(-last.length)).toEqual(last);
    for (const part of [all.slice(0, -last.length), last]) {
      const bytes = part.map(({ totalBytes }) => totalBytes);
      expect(bytes).toEqual(bytes.toSorted((one, other) => one - other));
    }
    expect(all.map(({ knob }) => knob.id)).toEqual(expect.arrayContaining(["gpus-2", "gpu-rtx-5090", "gpu-b200"]));
    expect(last.find(({ knob }) => knob.id === "gpus-2-h100-sxm")?.knob).toMatchObject({
      title: expect.stringMatching(/^2.×.H100 with FSDP 2$/) as string,
      patch: { gpu: { kind: "catalog", id: "h100-sxm" }, gpus: 2 },
    });
  });
});

describe("how many of the chosen card hold a method", () => {
  const several = (link: string): string => {
    const choices = choicesOf(link);
    const { onCardBytes } = evaluateTrial(choices, FULL_CATALOG);
    return plain(fewestChosenGpus(choices, { method: choices.method, onCardBytes }, FULL_CATALOG));
  };

  test("is the fewest that do", () => {
    const link = "?v=1&model=llama-3.1-70b&method=full&gpu=h100-sxm";
    const words = several(link);
    expect(words).toMatch(/^\d+ × H100 with FSDP 2$/);
    const count = Number.parseInt(words, 10);
    const fits = (gpus: number) => evaluateTrial(choicesOf(`${link}&gpus=${gpus}`), FULL_CATALOG).isWayOut;
    expect([fits(count), fits(count / 2)]).toEqual([true, false]);
  });

  test("is two where one casts experts to fp32 and ranks that share them do not", () => {
    expect(several("?v=1&model=mixtral-8x7b&method=qlora&gpu=h100-sxm")).toBe("2 × H100 with FSDP 2");
  });

  test("is none where what each has whole is too much", () => {
    expect(several("?v=1&model=llama-3.1-405b&method=full&gpu=rtx-4060")).toBe("");
  });
});
