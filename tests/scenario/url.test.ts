import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { DEFAULT_CHOICES } from "#scenario/defaults.ts";
import { decodeLink, encodeLink, LINK_KEYS, linkTexts } from "#scenario/url.ts";
import { quoted } from "#scenario/quoted.ts";
import { anyChoices } from "./arbitrary-choices.ts";

const CONTRACT_ORDER =
  "v model params arch method show stack weights grads states adapters autocast quant dq kbit r alpha dropout targets dora save batch seq accum packing ckpt attn loss optim gpu vram used gpus shard offload embed theme only hide lock".split(
    " ",
  );

const decode = (search: string) => decodeLink(search, FULL_CATALOG);
const messages = (search: string): readonly string[] => decode(search).issues.map(({ message }) => message);

describe("a written link", { timeout: 60_000 }, () => {
  it("has the keys of the contract in its order", () => expect(LINK_KEYS).toEqual(CONTRACT_ORDER));

  it("leaves out defaults, and always begins with the version", () => {
    expect(encodeLink(DEFAULT_CHOICES)).toBe("?v=1");
    expect(encodeLink({ ...DEFAULT_CHOICES, r: 32, targets: ["q_proj", "v_proj"] })).toBe(
      "?v=1&r=32&targets=q_proj,v_proj",
    );
    expect(encodeLink({ ...DEFAULT_CHOICES, model: { kind: "size", params: 7e9 } })).toBe(
      "?v=1&model=custom&params=7B",
    );
  });

  it("gives back exactly the choices that it was made of", () => {
    fc.assert(
      fc.property(anyChoices, (choices) => {
        expect(decodeLink(encodeLink(choices), null)).toEqual({ value: choices, issues: [] });
      }),
      { numRuns: 500 },
    );
  });

  it("is readable: only what must be is percent-encoded, and no key is out of order", () => {
    fc.assert(
      fc.property(anyChoices, (choices) => {
        const link = encodeLink(choices);
        expect(link).toMatch(/^\?v=1(?:&[a-z]+=[\w.,:*~-]+)*$/);
        const keys = [...new URLSearchParams(link).keys()];
        expect(keys).toEqual(CONTRACT_ORDER.filter((key) => keys.includes(key)));
      }),
    );
  });

  it("stays under 2,000 characters for the widest architecture with every other key given", () => {
    fc.assert(
      fc.property(anyChoices, (choices) => {
        for (const { architecture } of Object.values(FULL_CATALOG.models).slice(0, 20))
          expect(encodeLink({ ...choices, model: { kind: "architecture", architecture } }).length).toBeLessThan(2000);
      }),
    );
    const lengths = Object.values(FULL_CATALOG.models).map(
      ({ architecture }) => encodeLink({ ...DEFAULT_CHOICES, model: { kind: "architecture", architecture } }).length,
    );
    expect(Math.max(...lengths)).toBeLessThan(1000);
  });
});

/** Texts that look like links: real keys and values, broken here and there, and plain noise. */
const anyLink = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc
    .array(
      fc.tuple(
        fc.oneof(fc.constantFrom(...CONTRACT_ORDER), fc.string({ maxLength: 8 })),
        fc.oneof(
          fc.constantFrom(
            "1",
            "0",
            "-1",
            "1e999",
            "NaN",
            "",
            "custom",
            "7B",
            "24GiB",
            "q-v",
            "q_proj,nothing",
            "fp32",
            "none",
            "%",
            "%ff",
            "llama.h1.l1.a1.v1",
            "llama.h4096.l32.a0.v9.lk:x:a99999",
            "q_proj,,",
            "__proto__",
            "constructor",
          ),
          fc.double().map(String),
          fc.string({ unit: "binary", maxLength: 40 }),
        ),
      ),
      { maxLength: 12 },
    )
    .map((pairs) => `?${pairs.map(([key, value]) => `${key}=${value}`).join("&")}`),
  fc
    .tuple(anyChoices.map(encodeLink), fc.nat(), fc.string({ maxLength: 3 }))
    .map(
      ([link, at, noise]) => link.slice(0, at % link.length) + noise + link.slice((at % link.length) + noise.length),
    ),
);

const ALIASES: Readonly<Record<string, string>> = { true: "1", false: "0", fsdp: "fsdp2" };

const wordsOf = (text: string): readonly string[] =>
  [...new Set(text.split(",").map((word) => word.trim().toLowerCase()))]
    .filter((word) => word !== "" && word !== "none")
    .sort();

/** Whether a text was taken at its word: the same word, number or list, however it was spelled. */
const saysTheSame = (given: string, used = ""): boolean => {
  const text = given.trim().toLowerCase();
  if (text === used || ALIASES[text] === used || (text !== "" && Number(text) === Number(used))) return true;
  const isSize = /^[\d.e+-]+(?:k|m|b|t|gb|gib)$/.test(text) || text.includes(".h");
  return (isSize && used !== "") || wordsOf(given).join() === wordsOf(used).join();
};

/** `custom` is taken at the word of the key beside it, which is the one to name. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = { model: ["params", "arch"], gpu: ["vram"] };

// Thousands of links each: a busy machine needs longer than the usual five seconds.
describe("any text as a link", { timeout: 60_000 }, () => {
  it("gives choices and never an exception, and what it gives is written and read again without an issue", () => {
    fc.assert(
      fc.property(anyLink, (search) => {
        const { value } = decode(search);
        const link = encodeLink(value);
        expect(decode(link)).toEqual({ value, issues: [] });
        expect(encodeLink(decode(link).value)).toBe(link);
      }),
      { numRuns: 2000 },
    );
  });

  it("names every key whose value it did not take as it was", () => {
    fc.assert(
      fc.property(anyLink, (search) => {
        const { value, issues } = decode(search);
        const used = linkTexts(value);
        const named = new Set(issues.map(({ key }) => key));
        for (const [key, text] of new URLSearchParams(search.slice(0, 8192))) {
          const isNamed =
            named.has(quoted(key)) ||
            (text.trim().toLowerCase() === "custom" && (COMPANIONS[key] ?? []).some((other) => named.has(other)));
          expect(isNamed || saysTheSame(text, used[key])).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("says what was wrong in whole sentences that are fit to print", () => {
    fc.assert(
      fc.property(anyLink, (search) => {
        for (const { message, value, key } of decode(search).issues) {
          expect(message).toMatch(/\.$/);
          expect(message + value + key).not.toMatch(/[\p{Cc}\p{Cs}]/u);
          expect(value.length).toBeLessThanOrEqual(80);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("what a link says that cannot be taken", () => {
  it.each([
    ["?v=1&r=5000", "r=5000 is above 1024; r=1024 is used."],
    ["?v=1&r=16.4", "r=16.4 is not a whole number; r=16 is used."],
    ["?v=1&r=ten", "r=ten is not a number; r=16 is used."],
    ["?v=1&gpu=rtx-9999", "gpu=rtx-9999 is not a GPU of the catalog; gpu=rtx-4090 is used."],
    ["?v=1&attn=slow", "attn=slow is none of flash, sdpa, eager; what the stack does is used."],
    ["?v=1&foo=1", "foo=1 is left out: links have no key foo."],
    ["?v=1&r=8&r=9", "r is given 2 times (8 & 9); the first, r=8, is used."],
    ["?v=3", "v=3 is a version that this page does not know; v=1 is used."],
    ["?v=1&quant=int8", "quant=int8 belongs to method=qlora, and the method is lora; quant=nf4 is used."],
    ["?v=1&params=7B", "params=7B belongs to model=custom alone; model=llama-3.1-8b is used."],
    ["?v=1&model=custom&params=2T", "params=2T is above 700B; params=700B is used."],
    ["?v=1&model=custom&params=7B&vram=24", "vram=24 belongs to gpu=custom alone; gpu=rtx-4090 is used."],
    ["?v=1&model=custom", "model=custom needs params (such as 7B) or arch beside it; model=llama-3.1-8b is used."],
    [
      "?v=1&save=nothing_such",
      "save=nothing_such names nothing_such, a module that the model does not have; none is used.",
    ],
    ["?v=1&show=full,lora,dora", "show=full,lora,dora names dora, which is not a method; show=full,lora is used."],
    ["?v=1&dq=yes", "dq=yes is neither 0 nor 1; dq=1 is used."],
    [
      "?v=1&weights=fp8",
      "weights=fp8 is neither a number of bytes nor one of fp32, bf16, fp16, int8; what the stack does is used.",
    ],
    ["?v=1&alpha=x", "alpha=x is not a number; twice the rank is used."],
  ])("%s: %s", (search, message) => expect(messages(search)).toEqual([message]));

  it("an architecture says which part it lacks, and what was taken instead", () => {
    expect(messages("?v=1&model=custom&arch=llama.h4096.l32.v32000")).toEqual([
      "arch=llama.h4096.l32.v32000 lacks a (num_attention_heads); model=llama-3.1-8b is used.",
    ]);
    expect(decode("?v=1&model=custom&arch=llama.h4096.f11008.l32.a32.v32000").issues.map(({ code }) => code)).toEqual([
      "assumed-field",
      "assumed-field",
      "assumed-field",
    ]);
  });

  it("a link beyond 8,192 characters is read as far as that, and says so", () => {
    const { value, issues } = decode(`?v=1&r=8&hide=${"x".repeat(10_000)}`);
    expect(value.r).toBe(8);
    expect(issues.map(({ code }) => code)).toContain("too-large");
  });

  it("signs that a terminal would obey do not reach the message", () => {
    const [issue] = decode("?v=1&theme=%1b%5B31mred%07").issues;
    expect(issue?.message).toBe("theme=\uFFFD[31mred\uFFFD is none of light, dark, auto; theme=auto is used.");
  });
});

describe("without a catalog", () => {
  it("ids and module names are taken unchecked, to be read again when the rows are here", () => {
    const { value, issues } = decodeLink("?v=1&model=some-model&gpu=some-card&targets=c_attn", null);
    expect(value).toMatchObject({
      model: { kind: "catalog", id: "some-model" },
      gpu: { kind: "catalog", id: "some-card" },
      targets: ["c_attn"],
    });
    expect(issues).toEqual([]);
  });
});
