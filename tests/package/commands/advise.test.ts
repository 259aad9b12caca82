import { decodeLink } from "#scenario/choices/decode-link.ts";
import { describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import type { AdviseJson } from "#package/advise-json.ts";
import { main } from "#package/commands/advise.ts";
import { runCommand } from "./run-command.ts";

const run = (args: readonly string[], input = "") => runCommand(main, args, input);

const asked = new Map<string, Promise<AdviseJson>>();

/** Each link is asked about once. */
const json = (link: string): Promise<AdviseJson> => {
  const answer =
    asked.get(link) ?? run(["--json", link]).then(({ printed }) => JSON.parse(printed[0] ?? "") as AdviseJson);
  asked.set(link, answer);
  return answer;
};

const focusOf = (link: string) => {
  const { value } = decodeLink(link, FULL_CATALOG);
  return toAnswer({ ...value, show: [value.method] }, FULL_CATALOG).methods[0];
};

it("ends with 1 where the method in focus cannot run on the card", async () => {
  const { code } = await run(["?v=1&model=smollm2-135m&gpu=t4&attn=flash"]);
  expect(code).toBe(1);
});

describe("advise --json", () => {
  it("has the fields of the contract, in its order", async () => {
    const result = await json("?v=1&batch=2&seq=4096");
    expect(Object.keys(result)).toEqual([
      "version",
      "link",
      "issues",
      "notKnown",
      "nearest",
      "knobs",
      "smallestSet",
      "inverse",
      "smallestGpu",
    ]);
    expect(result).toMatchObject({ version: 1, link: "?v=1&batch=2&seq=4096" });
    expect(Object.keys(result.knobs[0] ?? {})).toEqual(["id", "link", "savedBytes", "group", "changes"]);
    expect(Object.keys(result.inverse)).toEqual(["maxBatch", "maxSequence", "maxRank", "maxModelParams"]);
    expect(result.smallestGpu.map(({ method }) => method)).toEqual(["full", "lora", "qlora"]);
  });

  it("each knob's link saves what it says, the largest saving first", async () => {
    const link = "?v=1&batch=2&seq=4096&ckpt=0&attn=eager&model=llama-3.2-1b";
    const { knobs } = await json(link);
    const before = focusOf(link)?.estimate.onCardBytes ?? 0;
    expect(knobs.map(({ id }) => id)).toEqual(expect.arrayContaining(["ckpt", "attn-flash", "loss-fused", "batch"]));
    for (const knob of knobs)
      expect(knob.savedBytes).toBe(before - (focusOf(knob.link)?.estimate.onCardBytes ?? Number.NaN));
    expect(knobs.map(({ savedBytes }) => savedBytes)).toEqual(
      knobs.map(({ savedBytes }) => savedBytes).toSorted((one, other) => other - one),
    );
  });

  it("says what a knob is paid with, and each key of the link that it changes", async () => {
    const { knobs } = await json("?v=1&model=llama-3.2-1b&gpu=rtx-3060-12gb&batch=4&seq=4096&accum=2");
    expect(knobs.find(({ id }) => id === "batch")).toMatchObject({
      group: "slower",
      changes: [
        { key: "batch", from: 4, to: 1 },
        { key: "accum", from: 2, to: 8 },
      ],
    });
    expect(knobs.find(({ id }) => id === "loss-fused")).toMatchObject({
      group: "free",
      changes: [{ key: "loss", from: "full", to: "fused" }],
    });
    const larger = knobs.find(({ group, id }) => group === "hardware" && id.startsWith("gpu-"));
    expect(larger?.changes).toEqual([{ key: "gpu", from: "rtx-3060-12gb", to: larger?.id.slice(4) }]);
  });

  it("has the issues of the link, as estimate has", async () => {
    const { issues } = await json("?v=1&model=llama-3.2-1b&method=qlora&batch=-1");
    expect(issues).toMatchObject([{ key: "batch", value: "-1", used: "1" }]);
    expect((await json("?v=1&batch=2&seq=4096")).issues).toEqual([]);
  });

  it("the smallest set makes it fit; none is needed where it does; null where none does", async () => {
    const { smallestSet } = await json("?v=1&batch=2&seq=4096");
    expect(smallestSet?.ids).toEqual(["loss-fused"]);
    expect(focusOf(smallestSet?.link ?? "")?.card.fit).toBe("fits");
    expect((await json("?v=1&model=llama-3.2-1b")).smallestSet).toEqual({ ids: [], link: "?v=1&model=llama-3.2-1b" });
    expect((await json("?v=1&model=llama-3.1-405b&gpu=rtx-4060&method=full")).smallestSet).toBeNull();
  });

  it("says which limit of a control ends an answer, and where not even the smallest fits", async () => {
    const { inverse } = await json("?v=1&model=llama-3.2-1b&method=full&gpu=b200");
    expect(inverse.maxRank).toEqual({ value: 1024, capped: true });
    expect((await json("?v=1&method=full")).inverse.maxBatch).toEqual({ value: null, capped: false });
  });

  it("the smallest card holds it, the next smaller does not; several share what no card holds", async () => {
    const [full] = (await json("?v=1&method=full&model=llama-3.1-405b&show=full")).smallestGpu;
    expect(full?.gpus).toBeGreaterThan(8);
    const { smallestGpu } = await json("?v=1");
    expect(smallestGpu.map(({ method, gpus }) => `${method} on ${gpus}`)).toEqual([
      "full on 1",
      "lora on 1",
      "qlora on 1",
    ]);
    for (const { method, gpu, fit } of smallestGpu)
      expect([fit, focusOf(`?v=1&method=${method}&gpu=${gpu}`)?.card.fit]).toEqual(["fits", "fits"]);
  });
});

describe("advise ends", () => {
  it("as estimate does: 0 for what fits, 1 for what does not, the worst of several, 2 for what is no link", async () => {
    const two = await run(
      ["--json", "-"],
      "?model=llama-3.2-1b&method=qlora\n\n?v=1&model=llama-3.2-1b&method=full&gpu=rtx-4060\r\n",
    );
    expect([two.code, two.printed.length]).toEqual([1, 2]);
    expect((await run(["--json", "?v=1&model=llama-3.2-1b&method=qlora"])).code).toBe(0);
    expect(await run(["-"], "\nhello")).toEqual({
      code: 2,
      printed: [],
      complaints: [
        'Line 2: "hello" is not a link: it has no key=value. npm run -s advise -- --help says what it takes.',
      ],
    });
    expect((await run([])).complaints).toEqual(["There is no link. npm run -s advise -- --help says what it takes."]);
    expect((await run(["--wide"])).code).toBe(2);
  });
});

describe("advise for people", () => {
  it("prints what to change, what it costs, the fewest changes, and the smallest cards", async () => {
    const text = (await run(["?v=1&model=llama-3.2-1b&gpu=rtx-3060-12gb&batch=2&seq=4096&used=-1"])).printed.join("\n");
    expect(text).toContain("! used=-1 is below 0; used=0 is used.");
    expect(text).toMatch(/Fused loss +\d/);
    expect(text).toContain("~ Same result: head and loss in one kernel, logits never materialised in full.");
    expect(text).toMatch(/Longest sequence +[\d,]+/);
    expect(text).toMatch(/QLoRA: 1 x /);
    expect(text).not.toContain("\u00A0");
    expect((await run(["--help"])).printed[0]).toMatch(/^Usage: npm run -s advise/);
  });
});

it("an option that only other commands have is none of its own", async () => {
  const { code, complaints } = await run(["--explain", "?v=1"]);
  expect(code).toBe(2);
  expect(complaints.join()).toContain('advise has no option "--explain"');
});
