import { decodeLink } from "#scenario/choices/decode-link.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { modulesOf } from "#calc/families/model-layout.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { PANEL_IDS } from "#scenario/keys/values.ts";
import { settle } from "#scenario/choices/settle.ts";
import { encodeLink, LINK_KEYS } from "#scenario/choices/encode-link.ts";
import { anyChoices } from "./arbitrary-choices.ts";
import { tried } from "../tried.ts";

const CONTRACT_ORDER =
  "v model params arch method show stack weights grads states adapters autocast quant dq kbit r alpha dropout targets dora save batch seq accum packing ckpt selective actoffload attn loss optim gpu vram used gpus shard offload tp sp cp pp ulysses experts expertread compute alloc liger lorakernels reentrant ep tuner lengths eval evalseq evalkeep evalbatches evalmove evallist evalgen saving merge resume loading objective ref prompt completion fill beta kl engine gensteps generations vllm sleep teacher teacherdtype embed theme only hide lock".split(
    " ",
  );

const decode = (search: string) => decodeLink(search, FULL_CATALOG);
const messages = (search: string): readonly string[] => decode(search).issues.map(({ message }) => message);

/** The 16 longest names by which modules of a model can be targeted, or saved: a link takes no more, and none over 40 characters. */
const longestNames = (architecture: Architecture, can: "canTarget" | "canSave"): readonly string[] => {
  const paths = modulesOf(ENGINE.layoutOf(architecture)).map(({ module }) => module.name.split("."));
  const names = new Set(paths.flatMap((parts) => parts.map((_, index) => parts.slice(index).join("."))));
  return [...names]
    .filter((name) => name.length <= 40 && ENGINE[can](architecture)(name))
    .sort((one, other) => other.length - one.length)
    .slice(0, 16);
};

/** Every field at a long spelling, none at its default, but `evalgen`, beside which there is no `evalkeep`: as SFT and as GRPO, each without what is the other's. */
const LONGEST: Choices = {
  ...DEFAULT_CHOICES,
  method: "qlora",
  show: ["full", "qlora"],
  stack: "llama-factory-0.9.1",
  loss: "chunked",
  weights: 12.345,
  grads: 12.345,
  states: 12.345,
  adapters: 12.345,
  autocast: false,
  quant: "gptq",
  dq: false,
  kbit: "none",
  r: 1000,
  alpha: 12345.678,
  dropout: 0.123456,
  dora: true,
  batch: 4096,
  seq: 10_485_760,
  accum: 4096,
  packing: false,
  ckpt: false,
  selective: 128,
  actoffload: true,
  attn: "eager",
  optim: "paged_adamw_32bit",
  gpu: { kind: "custom", memoryBytes: 26_543_210_987, unit: "GiB" },
  used: 12345.678,
  gpus: 4096,
  shard: "zero3",
  tp: 64,
  sp: true,
  cp: 64,
  pp: 64,
  ulysses: 64,
  experts: "16bit",
  expertread: "rebuilt",
  compute: "fp16",
  alloc: 65_536,
  liger: true,
  lorakernels: false,
  reentrant: false,
  ep: 64,
  tuner: "vera",
  lengths: 10_485_759,
  eval: 4096,
  evalseq: 10_485_759,
  evalkeep: "logits",
  evalbatches: 65_536,
  evalmove: 65_536,
  evallist: true,
  evalgen: 0,
  saving: "sharded",
  merge: "safe",
  resume: true,
  loading: "device",
  objective: "grpo",
  ref: "adapters-off",
  prompt: 10_485_758,
  fill: 0.123456,
  beta: 12.345678,
  engine: "vllm-colocate",
  gensteps: 4096,
  generations: 4095,
  vllm: 0.123456,
  sleep: true,
  teacher: null,
  teacherdtype: "fp32",
  offload: "optimizer",
  embed: true,
  theme: "light",
  only: PANEL_IDS,
  hide: PANEL_IDS,
  lock: CONTRACT_ORDER.slice(1),
};

describe("a written link", () => {
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

  it.each(["8.03B", "1.1B", "0.35B", "8030.261248M", "100.1m"])("takes a size of %s parameters at its word", (params) =>
    expect(decodeLink(`?v=1&model=custom&params=${params}`, null).issues).toEqual([]),
  );

  tried("gives back exactly the choices that it was made of", { quick: 500, thorough: 5000 }, (runs) => {
    fc.assert(
      fc.property(anyChoices, (choices) => {
        expect(decodeLink(encodeLink(choices), null)).toEqual({ value: choices, issues: [] });
      }),
      runs,
    );
  });

  it("names what is left open where more is locked", () => {
    const lock = CONTRACT_ORDER.slice(1).filter((key) => key !== "batch" && key !== "seq");
    expect(encodeLink({ ...DEFAULT_CHOICES, lock })).toBe("?v=1&lock=all,-batch,-seq");
    expect(decodeLink("?v=1&lock=all,-seq,-batch", null).value.lock).toEqual(lock);
    expect(decodeLink("?v=1&lock=all,-seq, r,-batch", null)).toMatchObject({ value: { lock }, issues: [] });
    expect(decodeLink("?v=1&lock=all", null).value.lock).toEqual(CONTRACT_ORDER.slice(1));
    expect(decodeLink("?v=1&lock=model,gpu", null).value.lock).toEqual(["model", "gpu"]);
  });

  it("names what is left out where most panels are shown or hidden", () => {
    const hide = PANEL_IDS.filter((id) => id !== "bars");
    expect(encodeLink({ ...DEFAULT_CHOICES, hide })).toBe("?v=1&hide=all,-bars");
    expect(decodeLink("?v=1&only=all,-bars", null)).toMatchObject({ value: { only: hide }, issues: [] });
    expect(decodeLink("?v=1&only=cards,bars", null).value.only).toEqual(["cards", "bars"]);
  });

  const READABLE = "is readable: only what must be is percent-encoded, and no key is out of order";
  tried(READABLE, { quick: 100, thorough: 5000 }, (runs) => {
    fc.assert(
      fc.property(anyChoices, (choices) => {
        const link = encodeLink(choices);
        expect(link).toMatch(/^\?v=1(?:&[a-z]+=[\w.,:*~-]+)*$/);
        const keys = [...new URLSearchParams(link).keys()];
        expect(keys).toEqual(CONTRACT_ORDER.filter((key) => keys.includes(key)));
      }),
      runs,
    );
  });

  const LINKS_OF_ALL = [LONGEST, { ...LONGEST, objective: "sft" as const }].map(settle);
  it("stays under 2,000 characters for every model as an architecture, with its longest names and all other keys given, whichever are locked", () => {
    const all = LINKS_OF_ALL.map((choices) => {
      // Of so many names, the longest; those that are left out are written where that is shorter.
      const longestOf = (field: "lock" | "only" | "hide"): readonly string[] => {
        const names = choices[field].toSorted((one, other) => other.length - one.length);
        const lengthWith = (some: readonly string[]): number => encodeLink({ ...choices, [field]: some }).length;
        const [longest = []] = names
          .map((_, index) => names.slice(0, index + 1))
          .toSorted((one, other) => lengthWith(other) - lengthWith(one));
        return longest;
      };
      const [lock, only, hide] = [longestOf("lock"), longestOf("only"), longestOf("hide")];
      const links = Object.values(FULL_CATALOG.models).map(({ architecture }) => {
        const [targets, save] = [longestNames(architecture, "canTarget"), longestNames(architecture, "canSave")];
        const model = { kind: "architecture" as const, architecture };
        return encodeLink({ ...choices, model, targets, save, lock, only, hide });
      });
      expect(Math.max(...links.map(({ length }) => length))).toBeLessThan(2000);
      return [...new URLSearchParams(links[0]).keys()];
    });
    expect(CONTRACT_ORDER.filter((key) => !all.some((keys) => keys.includes(key)))).toEqual([
      "params",
      "evalgen",
      "completion",
      // KTO's, beside which there is no beta, and of distillation.
      "kl",
      "teacher",
      "teacherdtype",
    ]);
  });
});

describe("what a link says that cannot be taken", () => {
  it.each([
    ["?v=1&r=5000", "r=5000 is above 1024; r=1024 is used."],
    ["?v=1&r=16.4", "r=16.4 is not a whole number; r=16 is used."],
    ["?v=1&model=custom&params=100000000.4", "params=100000000.4 is not a whole number; params=100M is used."],
    ["?v=1&r=ten", "r=ten is not a number; r=16 is used."],
    ["?v=1&gpu=rtx-9999", "gpu=rtx-9999 is not a GPU of the catalog; nothing is estimated."],
    ["?v=1&attn=slow", "attn=slow is none of flash, sdpa, math, eager; what the stack does on the card is used."],
    ["?v=1&foo=1", "foo=1 is left out: links have no key foo."],
    ["?v=1&r=8&r=9", "r is given 2 times (8 & 9); the first, r=8, is used."],
    ["?v=3", "v=3 is a version that this page does not know; v=1 is used."],
    ["?v=1&quant=int8", "quant=int8 belongs to method=qlora, and the method is lora; quant=nf4 is used."],
    ["?v=1&params=7B", "params=7B belongs to model=custom alone; model=llama-3.1-8b is used."],
    ["?v=1&model=custom&params=2T", "params=2T is above 700B; params=700B is used."],
    ["?v=1&model=custom&params=7B&vram=24", "vram=24 belongs to gpu=custom alone; gpu=rtx-4090 is used."],
    ["?v=1&model=custom", "model=custom needs params (such as 7B) or arch beside it; nothing is estimated."],
    [
      "?v=1&save=nothing_such",
      "save=nothing_such names nothing_such, a module that the model does not have; none is used.",
    ],
    ["?v=1&lock=all,-batch,-", "lock=all,-batch,- names -, which is not a link key; lock=all,-batch is used."],
    ["?v=1&lock=-batch", "lock=-batch names -batch, which is not a link key; none is used."],
    ["?v=1&show=full,lora,dora", "show=full,lora,dora names dora, which is not a method; show=full,lora is used."],
    [
      "?v=1&objective=dpo&stack=unsloth",
      "stack=unsloth has no trainer that is counted for objective=dpo; stack=trl is used.",
    ],
    ["?v=1&objective=dpo&pp=2&gpus=2", "pp=2 divides one model, which is counted for SFT alone; pp=1 is used."],
    [
      "?v=1&objective=dpo&prompt=100&completion=50&seq=200",
      "seq=200 is not the sum of prompt and completion; seq=150 is used.",
    ],
    ["?v=1&prompt=100", "prompt=100 is of prompts and completions, and SFT trains on whole rows; half of seq is used."],
    [
      "?v=1&objective=orpo&ref=copy",
      "ref=copy belongs to objectives with a reference model; what the trainer does by itself is used.",
    ],
    ["?v=1&dq=yes", "dq=yes is neither 0 nor 1; dq=1 is used."],
    [
      "?v=1&weights=fp8",
      "weights=fp8 is neither a number of bytes nor one of fp32, bf16, fp16, int8; what the stack does is used.",
    ],
    ["?v=1&alpha=x", "alpha=x is not a number; twice the rank is used."],
    ["?v=1&lora_alpha=x", "alpha=x is not a number; twice the rank is used."],
    ["?v=1&seq=8&max_length=9", "seq is given 2 times (8 & 9); the first, seq=8, is used."],
  ])("%s: %s", (search, message) => expect(messages(search)).toEqual([message]));

  it("each name that is no key is said on its own", () => {
    const used = "lock=all,-batch is used.";
    expect(messages("?v=1&lock=all,one,-batch,two")).toEqual([
      `lock=all,one,-batch,two names one, which is not a link key; ${used}`,
      `lock=all,one,-batch,two names two, which is not a link key; ${used}`,
    ]);
  });

  it("an architecture says which part it lacks, and what was taken instead", () => {
    expect(messages("?v=1&model=custom&arch=llama.h4096.l32.v32000")).toEqual([
      "arch=llama.h4096.l32.v32000 lacks a (num_attention_heads); nothing is estimated.",
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
