import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { ARCHITECTURE_FIELDS } from "#scenario/keys/codec/architecture-fields.ts";
import { decodeField, decodeLayers, encodeLayers } from "#scenario/keys/codec/architecture.ts";
import { moduleNames } from "#scenario/keys/codec/lists.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { quoted } from "#scenario/keys/codec/codec.ts";

const messages = (search: string): readonly string[] =>
  decodeLink(search, FULL_CATALOG).issues.map(({ message }) => message);

describe("a number of a link has its limits:", () => {
  test.each([
    ["r", 1, 1024],
    ["batch", 1, 4096],
    ["seq", 1, 10_485_760],
    ["accum", 1, 4096],
    ["gpus", 1, 4096],
    ["selective", 2, 128],
    ["tp", 1, 64],
    ["cp", 1, 64],
    ["pp", 1, 64],
    ["ulysses", 1, 64],
    ["ep", 1, 64],
    ["alpha", 0, 65_536],
    ["dropout", 0, 0.9],
    ["used", 0, 100_000],
    ["weights", 0, 64],
    ["eval", 0, 4096],
    ["evalseq", 1, 10_485_760],
    ["evalbatches", 1, 65_536],
    ["evalmove", 0, 65_536],
    ["evalgen", 0, 131_072],
  ])("%s is from %d to %d", (key, least, most) => {
    expect(messages(`?v=1&${key}=${least}`)).toEqual([]);
    expect(messages(`?v=1&${key}=${most}`)).toEqual([]);
    expect(messages(`?v=1&${key}=${least - 1}`)).toEqual([
      `${key}=${least - 1} is below ${least}; ${key}=${least} is used.`,
    ]);
    expect(messages(`?v=1&${key}=${most + 1}`)).toEqual([
      `${key}=${most + 1} is above ${most}; ${key}=${most} is used.`,
    ]);
  });

  test.each([
    ["alloc=split", 20, 65_536],
    ["lengths=lognormal", 1, 10_485_760],
  ])("%s: is from %d to %d", (name, least, most) => {
    expect(messages(`?v=1&${name}:${least}`)).toEqual([]);
    expect(messages(`?v=1&${name}:${most}`)).toEqual([]);
    expect(messages(`?v=1&${name}:${least - 1}`)).toEqual([
      `${name}:${least - 1} is below ${least}; ${name}:${least} is used.`,
    ]);
    expect(messages(`?v=1&${name}:${most + 1}`)).toEqual([
      `${name}:${most + 1} is above ${most}; ${name}:${most} is used.`,
    ]);
  });

  test("a model of one's own has 100M to 700B parameters", () => {
    expect(messages("?v=1&model=custom&params=100M")).toEqual([]);
    expect(messages("?v=1&model=custom&params=700B")).toEqual([]);
    expect(messages("?v=1&model=custom&params=99M")).toEqual(["params=99M is below 100M; params=100M is used."]);
    expect(messages("?v=1&model=custom&params=701B")).toEqual(["params=701B is above 700B; params=700B is used."]);
  });

  test("a card of one's own has 1 to 100,000 GB", () => {
    expect(messages("?v=1&gpu=custom&vram=1")).toEqual([]);
    expect(messages("?v=1&gpu=custom&vram=100000")).toEqual([]);
    expect(messages("?v=1&gpu=custom&vram=0.5")).toEqual(["vram=0.5 is below 1; vram=1 is used."]);
    expect(messages("?v=1&gpu=custom&vram=100001GiB")).toEqual([
      "vram=100001GiB is above 100000; vram=100000GiB is used.",
    ]);
  });
});

describe("a field of an architecture in a link has its limits:", () => {
  const read = (tag: string, digits: string): ReturnType<typeof decodeField> => {
    const row = ARCHITECTURE_FIELDS.find((field) => field.tag === tag);
    if (row === undefined) throw new Error(`${tag} is a tag`);
    return decodeField(tag + digits, row);
  };

  test.each([
    [1, 1_048_576, "h"],
    [0, 1_048_576, "f m sm fm"],
    [1, 1024, "l"],
    [1, 4096, "a k"],
    [1, 16_384, "d"],
    [1, 16_777_216, "v"],
    [0, 1024, "e x sp ns kd im fi"],
    [0, 64, "au"],
    [1, 1_073_741_824, "p"],
    [0, 1_073_741_824, "sw"],
    [0, 16, "nl"],
    [0, 16_777_216, "fs as lp we qr kr qd rd vd lv lh ld lw lc mh md ms mg mc cl ks pl pv la gk gd"],
    [0, 1, "pr t ab qb ob mb hb en sg rb rc eb sk og ke dw"],
  ])("from %d to %d: %s", (least, most, tags) => {
    for (const tag of tags.split(" ")) {
      expect(read(tag, String(least)).problems).toEqual([]);
      expect(read(tag, String(most)).problems).toEqual([]);
      expect(read(tag, String(most + 1)).problems).toEqual([
        { code: "out-of-range", why: `has ${tag}${most + 1}, which is above ${most}` },
      ]);
      if (least === 1)
        expect(read(tag, "0").problems).toEqual([{ code: "out-of-range", why: `has ${tag}0, which is below 1` }]);
    }
  });

  test("a fraction is one of a soft cap or of a factor alone", () => {
    const fractions = ARCHITECTURE_FIELDS.filter(({ tag }) => read(tag, "0p5").value === 0.5);
    expect(fractions.map(({ tag }) => tag)).toEqual(["fs", "as", "pr"]);
  });

  test("the words that a text can be", () => {
    const words = Object.fromEntries(
      ARCHITECTURE_FIELDS.flatMap((field) => ("words" in field ? [[field.tag, field.words]] : [])),
    );
    expect(words).toEqual({
      mlp: ["gated", "plain"],
      nt: ["rmsnorm", "layernorm", "layernorm_nobias", "none"],
      qn: ["0", "head", "full", "ln_per_head_nobias", "l2"],
    });
    expect(read("qn", ":0").value).toBe(false);
    expect(read("qn", ":l2").value).toBe("l2");
    expect(read("act", ":0").value).toBe("0");
  });
});

describe("a list of layers in a link", () => {
  test("has 1,024 layers at most", () => {
    expect(decodeLayers("attn:a1024")).toHaveLength(1024);
    expect(decodeLayers("attn:a1025")).toBeNull();
    expect(decodeLayers("attn:a1023a")).toHaveLength(1024);
    expect(decodeLayers("attn:a1024a")).toBeNull();
  });

  test("has 26 kinds at most, by the letters a to z", () => {
    const kinds = Array.from({ length: 26 }, (_, index) => `kind${index}`);
    expect(encodeLayers(kinds)).toMatch(/:abcdefghijklmnopqrstuvwxyz$/);
    expect(decodeLayers(encodeLayers(kinds))).toEqual(kinds);
    expect(encodeLayers([...kinds, "more"])).not.toContain("more");
  });
});

describe("names of modules in a link", () => {
  test("are 16 at most, of 40 characters at most", () => {
    const names = Array.from({ length: 17 }, (_, index) => `m${index}`);
    expect(moduleNames.decode(names.slice(0, 16).join(","))).toEqual({ value: names.slice(0, 16), problems: [] });
    expect(moduleNames.decode(names.join(","))).toEqual({
      value: names.slice(0, 16),
      problems: [{ code: "too-large", why: "names more than 16 modules" }],
    });
    expect(moduleNames.decode("a".repeat(40)).problems).toEqual([]);
    expect(moduleNames.decode("a".repeat(41)).problems).toEqual([
      { code: "unknown-value", why: `names ${"a".repeat(41)}, which is not a module name` },
    ]);
  });
});

describe("a name of the catalog in a link", () => {
  const idOf = (name: string): unknown => decodeLink(`?v=1&model=${name}`, null).value.model;

  test("has 64 characters at most, whatever their case", () => {
    expect(idOf("A".repeat(64))).toEqual({ kind: "catalog", id: "a".repeat(64) });
    expect(idOf("a".repeat(65))).toEqual({ kind: "catalog", id: "llama-3.1-8b" });
  });
});

describe("a bad value in a message", () => {
  test("has 80 characters at most, the last of them a sign that there were more", () => {
    expect(quoted("x".repeat(80))).toBe("x".repeat(80));
    expect(quoted("x".repeat(81))).toBe(`${"x".repeat(79)}…`);
  });
});

describe("a link", () => {
  test("is read up to 8,192 characters", () => {
    const search = `?v=1&hide=${"x".repeat(8192 - 10)}`;
    expect(messages(search)).not.toContain("The link has 8,192 characters; only the first 8,192 are read.");
    expect(messages(`${search}x`)).toContain("The link has 8,193 characters; only the first 8,192 are read.");
  });

  test("may have the names that transformers, TRL, PEFT and torchtitan use", () => {
    const { value, issues } = decodeLink(
      "?v=1&lora_alpha=8&lora_dropout=0.5&target_modules=q_proj&use_dora=1&modules_to_save=lm_head" +
        "&per_device_train_batch_size=3&max_length=77&gradient_accumulation_steps=5&gradient_checkpointing=true" +
        "&selective_ac_option=op&activation_offloading=1&attn_implementation=flash_attention_2",
      FULL_CATALOG,
    );
    expect(issues).toEqual([]);
    expect(value).toMatchObject({
      alpha: 8,
      dropout: 0.5,
      targets: ["q_proj"],
      dora: true,
      save: ["lm_head"],
      batch: 3,
      seq: 77,
      accum: 5,
      ckpt: true,
      selective: "op",
      actoffload: true,
      attn: "flash",
    });
  });

  test.each([
    ["optim=adamw_8bit", { optim: "adamw_bnb_8bit" }],
    ["optim=lion_32bit", { optim: "lion" }],
    ["optim=paged_adamw", { optim: "paged_adamw_32bit" }],
    ["shard=fsdp", { shard: "fsdp2" }],
    ["dq=false", { dq: false }],
    ["theme=DARK", { theme: "dark" }],
    ["model=custom&params=7e9", { model: { kind: "size", params: 7e9 } }],
    ["model=custom&params=350m", { model: { kind: "size", params: 350e6 } }],
    ["model=custom&params=350000K", { model: { kind: "size", params: 350e6 } }],
    ["model=custom&params=0.5T", { model: { kind: "size", params: 5e11 } }],
    ["only=none", { only: [] }],
    ["alloc=Expandable", { alloc: "expandable" }],
    ["alloc=Split:512", { alloc: 512 }],
    ["lengths=lognormal:%20700", { lengths: 700 }],
    ["only=table,%20bars", { only: ["bars", "table"] }],
  ])("says with %s: %j", (text, choices) => {
    const { value, issues } = decodeLink(`?v=1&${text}`, FULL_CATALOG);
    expect(issues).toEqual([]);
    expect(value).toMatchObject(choices);
  });
});
