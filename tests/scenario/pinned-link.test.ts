import { decodePinned } from "#scenario/choices/decode-pinned.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { asScenario } from "#scenario/choices/settle.ts";
import { DEFAULT_CHOICES, MOST_PINNED } from "#scenario/keys/choices.ts";
import { openLink } from "#scenario/page/open-link.ts";
import { pageLink } from "#scenario/page/page-address.ts";
import { encodePinned, encodeLink } from "#scenario/choices/encode-link.ts";
import { pin, swapPinned, unpin } from "#scenario/page/comparison.ts";
import { useScenario } from "#scenario/page/store.ts";
import { anyChoices } from "./arbitrary-choices.ts";
import { tried } from "../tried.ts";

// @vitest-environment jsdom

describe("the further scenarios of a link", () => {
  it("are written as what differs from the first", () => {
    const other = { ...DEFAULT_CHOICES, seq: 4096, gpu: { kind: "catalog" as const, id: "h100-sxm" } };
    const small = { ...DEFAULT_CHOICES, model: { kind: "size" as const, params: 7e9 } };
    expect(encodePinned(DEFAULT_CHOICES, [other, small, DEFAULT_CHOICES])).toBe(
      "&b=seq:4096;gpu:h100-sxm&c=model:custom;params:7B&d=",
    );
    expect(encodePinned(small, [DEFAULT_CHOICES])).toBe("&b=model:llama-3.1-8b;params:");
    expect(encodePinned(DEFAULT_CHOICES, [])).toBe("");
  });

  it("come back exactly, whatever they are and whatever the first is", () => {
    const some = fc.array(anyChoices.map(asScenario), { maxLength: MOST_PINNED });
    fc.assert(
      fc.property(anyChoices, some, (first, pinned) => {
        const search = encodeLink(first) + encodePinned(first, pinned);
        expect(decodeLink(search, null)).toEqual({ value: first, issues: [] });
        expect(decodePinned(search, first, null)).toEqual({ value: pinned, issues: [] });
      }),
    );
  });

  it("stay within a link: four custom models with all else different are under 2,000 characters", () => {
    const architectures = Object.values(FULL_CATALOG.models).map(({ architecture }) => architecture);
    const longest = architectures.toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length).slice(0, 4);
    const [first = DEFAULT_CHOICES, ...pinned] = longest.map((architecture, index) => ({
      ...DEFAULT_CHOICES,
      model: { kind: "architecture" as const, architecture },
      method: "qlora" as const,
      r: 8 + index,
      batch: 2 + index,
      seq: 4096 + index,
      used: 0.5 + index,
      optim: "paged_adamw_8bit" as const,
      loss: (["inplace", "chunked", "fused", "full"] as const)[index] ?? "full",
      gpu: { kind: "custom" as const, memoryBytes: (20 + index) * 2 ** 30, unit: "GiB" as const },
    }));
    expect((encodeLink(first) + encodePinned(first, pinned)).length).toBeLessThan(2000);
  });

  tried(
    "are read from any text, each problem named under its letter, and what was read is a fixed point",
    { quick: 200, thorough: 2000 },
    (runs) => {
      const noise = fc.oneof(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc
          .array(
            fc.tuple(
              fc.constantFrom("r", "seq", "model", "embed", "b", "quant", "method", "params", "__proto__", "x"),
              fc.constantFrom("", "8", "qlora", "custom", "7B", "int8", "1e999", "constructor", "llama-2-7b"),
            ),
            { maxLength: 6 },
          )
          .map((pairs) => pairs.map((pair) => pair.join(":")).join(";")),
      );
      fc.assert(
        fc.property(anyChoices, noise, noise, (first, b, c) => {
          const search = `?${new URLSearchParams({ b, c })}`;
          const { value, issues } = decodePinned(search, first, FULL_CATALOG);
          expect(value).toHaveLength(2);
          for (const { key, message } of issues) {
            expect(key).toMatch(/^[bc]\./);
            expect(message).toMatch(/^[bc]: .*\.$/s);
          }
          expect(decodePinned(encodePinned(first, value), first, FULL_CATALOG)).toMatchObject({ value });
        }),
        runs,
      );
    },
  );

  it("have the default where a key stands alone, with a colon or without", () => {
    const first = { ...DEFAULT_CHOICES, r: 32, batch: 4 };
    const { value, issues } = decodePinned("?b=r;batch:&c= r ", first, FULL_CATALOG);
    expect(issues).toEqual([]);
    expect(value.map(({ r, batch }) => [r, batch])).toEqual([
      [16, 1],
      [16, 4],
    ]);
  });

  it.each(["v", "embed", "theme", "only", "hide", "lock", "b", "c", "d"])("leave %s to the page", (key) => {
    expect(encodePinned(DEFAULT_CHOICES, [{ ...DEFAULT_CHOICES, embed: true, theme: "dark", lock: ["r"] }])).toBe(
      "&b=",
    );
    expect(decodePinned(`?b=${key}:1`, DEFAULT_CHOICES, null)).toEqual({
      value: [DEFAULT_CHOICES],
      issues: [expect.objectContaining({ code: "ignored-here", key: `b.${key}` })],
    });
  });

  it("are told of a value without a key", () => {
    const { value, issues } = decodePinned("?b=:8", DEFAULT_CHOICES, FULL_CATALOG);
    expect(value).toEqual([DEFAULT_CHOICES]);
    expect(issues).toMatchObject([{ code: "unknown-key", key: "b." }]);
  });

  it("say what was wrong with them", () => {
    const { value, issues } = decodePinned("?b=r:5000;foo:1;embed:1&c=quant:int8", DEFAULT_CHOICES, FULL_CATALOG);
    expect(value.map(({ r }) => r)).toEqual([1024, 16]);
    expect(issues.map(({ message }) => message)).toEqual([
      "b: embed=1 belongs to the page, not to one of its scenarios; it is left out.",
      "b: foo=1 is left out: links have no key foo.",
      "b: r=5000 is above 1024; r=1024 is used.",
      "c: quant=int8 belongs to method=qlora, and the method is lora; quant=nf4 is used.",
    ]);
  });
});

describe("a scenario held beside the page's own", () => {
  beforeEach(() =>
    useScenario.setState({ choices: DEFAULT_CHOICES, issues: [], pinned: [], past: [], catalog: POPULAR_CATALOG }),
  );
  const state = () => useScenario.getState();

  it("is read from a link, written to it, brought to the controls and let go", async () => {
    await openLink("?v=1&method=qlora&b=batch:4&c=model:llama-1-65b;r:9999");
    expect(state().pinned.map(({ batch, method }) => [batch, method])).toEqual([
      [4, "qlora"],
      [1, "qlora"],
    ]);
    expect(state().issues.map(({ key }) => key)).toEqual(["c.r"]);
    expect(pageLink(state())).toBe("?v=1&method=qlora&b=batch:4&c=model:llama-1-65b;r:1024");
    swapPinned(0);
    expect(pageLink(state())).toBe("?v=1&method=qlora&batch=4&b=batch:1&c=model:llama-1-65b;r:1024;batch:1");
    unpin(0);
    expect(pageLink(state())).toBe("?v=1&method=qlora&batch=4&b=model:llama-1-65b;r:1024;batch:1");
    await openLink("?v=1");
    expect(state().pinned).toEqual([]);
  });

  it("is one of three at most, and never the looks of the page", () => {
    useScenario.setState({ choices: { ...DEFAULT_CHOICES, theme: "dark", lock: ["r"] } });
    for (let times = 0; times < 5; times++) pin();
    expect(state().pinned).toEqual([DEFAULT_CHOICES, DEFAULT_CHOICES, DEFAULT_CHOICES]);
    swapPinned(7);
    swapPinned(1);
    expect(state().choices.theme).toBe("dark");
  });
});
