import { expect, it, describe, test } from "vitest";
import { linkSearch, readLink } from "#package/given-scenario.ts";
import { advise, estimate, exportFiles } from "#package/api.ts";
import { main as adviseMain } from "#package/commands/advise.ts";
import { main as badgeMain } from "#package/commands/badge.ts";
import { main as estimateMain } from "#package/commands/estimate.ts";
import { main as exportMain } from "#package/commands/export.ts";
import { main as measureMain } from "#package/commands/measure.ts";
import { ALL_TOOLS } from "#package/mcp/server.ts";
import { UNKNOWN_NAMES } from "../unknown-names.ts";
import { runCommand } from "./commands/run-command.ts";

it.each([
  ["?v=1&r=8", "?v=1&r=8"],
  ["v=1&r=8", "v=1&r=8"],
  ["?", "?"],
  [" ?v=1 ", "?v=1"],
  ["https://example.org/calculator/?v=1&r=8#bars", "?v=1&r=8"],
  ["HTTP://localhost:4173/?r=8", "?r=8"],
  ["https://example.org/calculator/", ""],
  ["file:///index.html?r=8", "?r=8"],
  ["index.html?r=8", "?r=8"],
  ["r=8&note=what?", "r=8&note=what?"],
])("%s is the link %s", (text, search) => expect(linkSearch(text)).toBe(search));

it.each(["", "  ", "hello", "llama-2-7b", "#v=1"])("%j is no link", (text) => expect(linkSearch(text)).toBeNull());

/** Nothing that reads as a figure of memory, or as a verdict that something fits. */
const FIGURE = /\bfits\b|\d GiB|\bGiB needed/;

describe("a name that is not known has no verdict", () => {
  it.each(UNKNOWN_NAMES.map((keys) => [keys.slice(0, 60), keys] as const))("%s", async (_, keys) => {
    const link = `?v=1&${keys}`;
    const estimated = estimate(link);
    expect(estimated.notKnown).toMatch(/\.$/);
    expect(estimated.nearest.length).toBeLessThanOrEqual(5);
    for (const method of estimated.methods) {
      const { method: name, fit, ...figures } = method;
      expect([name, fit]).toEqual([expect.any(String), "not-known"]);
      expect(new Set(Object.values(figures))).toEqual(new Set([null]));
    }
    expect(estimated.methods.length).toBeGreaterThan(0);

    const { code, printed, complaints } = await runCommand(estimateMain, [link]);
    expect(code).toBe(2);
    expect([...printed, ...complaints].join("\n")).not.toMatch(FIGURE);
    expect(printed.join("\n")).toContain(estimated.notKnown);

    const advised = advise(link);
    expect(advised).toMatchObject({ knobs: [], smallestSet: null, smallestGpu: [], notKnown: estimated.notKnown });
    for (const main of [adviseMain, badgeMain, measureMain]) {
      const ended = await runCommand(main, [link]);
      expect(ended.code).toBe(2);
      expect([...ended.printed, ...ended.complaints].join("\n")).not.toMatch(FIGURE);
    }
    expect((await runCommand(exportMain, ["trl", link])).code).toBe(2);
    expect(exportFiles("trl", link)).toMatchObject({ files: [], notKnown: estimated.notKnown });

    for (const name of ["estimate", "advise", "smallest_gpu"]) {
      const { text, data } = ALL_TOOLS[name]?.answer({ link }) ?? { text: "fits", data: {} };
      expect(text).toContain(estimated.notKnown);
      expect(text).not.toMatch(FIGURE);
      expect(data).toMatchObject({ notKnown: estimated.notKnown });
    }
  });
});

describe("what is said in the place of a verdict", () => {
  it("names what was asked for, keeps it in link and scenario, and gives the nearest names by spelling", () => {
    const { notKnown, nearest, link, scenario, issues } = estimate("?v=1&model=lama-3.1-8b&batch=4");
    expect(notKnown).toBe(
      "Headroom does not know the model “lama-3.1-8b”. Choose a model of the catalog, or paste its config.json.",
    );
    expect(nearest[0]).toBe("llama-3.1-8b");
    expect(link).toBe("?v=1&model=lama-3.1-8b&batch=4");
    expect(scenario).toMatchObject({ model: "lama-3.1-8b", batch: 4 });
    expect(issues).toEqual([
      expect.objectContaining({
        code: "unknown-value",
        key: "model",
        used: "",
        message: "model=lama-3.1-8b is not a model of the catalog; nothing is estimated.",
      }),
    ]);
  });

  it("offers an architecture that nobody knows as a Llama with the same fields", () => {
    const asked = estimate("?v=1&model=custom&arch=foo.h4096.f11008.l32.a32.k32.d128.v32000.t0");
    expect(asked.notKnown).toBe(
      "Headroom does not know the architecture “foo”. You can estimate it as a Llama with the same config fields.",
    );
    expect(asked.nearest).toEqual(["llama"]);
    const pressed = estimate(asked.link.replace("foo.", "llama."));
    expect(pressed.notKnown).toBeNull();
    expect(pressed.methods.map(({ fit }) => fit)).not.toContain("not-known");
  });

  it("has no usable memory of a card that is not known, and that of one that is", () => {
    expect(estimate("?v=1&gpu=h300").gpu).toMatchObject({ id: "h300", name: "h300", usableBytes: null });
    expect(estimate("?v=1&model=gpt-4o").gpu.usableBytes).toBeGreaterThan(0);
  });

  it("prints a gray badge that says so", async () => {
    const { printed } = await runCommand(badgeMain, ["?v=1&model=gpt-4o"]);
    expect(printed.join("\n")).toContain("LoRA of gpt-4o: not known");
  });
});

test("a link with several scenarios is answered for its first, and the others are named", () => {
  const { value, issues } = readLink("?v=1&r=8&b=r:32&c=");
  expect(value.r).toBe(8);
  expect(issues.map(({ message }) => message)).toEqual([
    "b=r:32 is a further scenario, which the page shows beside the first; the terminal answers for the first alone.",
    "c= is a further scenario, which the page shows beside the first; the terminal answers for the first alone.",
  ]);
  expect(readLink("?v=1&r=8").issues).toEqual([]);
});
