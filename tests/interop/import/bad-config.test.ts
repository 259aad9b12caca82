import { describe, expect, test } from "vitest";
import { LLAMA_CONFIG as LLAMA } from "../llama-config.ts";
import { importText, linesOf } from "./import-text.ts";

/** A config.json of a field a line; the first field stands in line 2. */
const textOf = (config: object): string => JSON.stringify(config, null, 1);

/** What is said of a file: why it is refused, or what of it is assumed or not taken. */
const said = (text: string): readonly string[] => {
  const imported = importText(text);
  if (imported.kind === "refused") return imported.refusals.map(({ line, sentence }) => `${line}: ${sentence}`);
  const { notModelled, assumed, read } = imported.lists;
  return [...notModelled, ...assumed, ...read].map(
    ({ at, key, text: became, sentence }) => `${at?.line ?? "-"}: ${sentence ?? `${key}=${became}`}`,
  );
};

const isRefused = (config: object): boolean => importText(textOf(config)).kind === "refused";

const BOTH = "is an encoder-decoder, whose encoder and cross-attention are not modelled here";
const ENCODER = "is an encoder, which is trained on masked tokens and is not modelled here";

describe("a config.json of no decoder is refused with what it is:", () => {
  test.each([
    ...["t5", "mt5", "bart", "pegasus", "marian", "m2m_100", "led"].map((type) => [type, BOTH]),
    ...["bert", "roberta", "xlm-roberta", "deberta-v2", "modernbert", "albert"].map((type) => [type, ENCODER]),
    ["whisper", "is a model of speech or sound, which is not modelled here"],
    ["vit", "is a model of images, which is not modelled here"],
  ])("model_type %s", (model_type, what = "") => {
    const sentence = `2: Column 16: model_type "${model_type}" ${what}: only decoders that predict the next token are.`;
    expect(said(textOf({ ...LLAMA, model_type }))).toEqual([sentence]);
    expect(said(textOf({ model_type }))).toEqual([sentence]);
  });

  test("what says so itself", () => {
    const type = { ...LLAMA, model_type: "unheard" };
    expect(said(textOf({ is_encoder_decoder: true, ...type }))).toEqual([
      "2: Column 24: is_encoder_decoder true says that it is an encoder-decoder, whose encoder and cross-attention are not modelled here: only decoders that predict the next token are.",
    ]);
    expect(said(textOf({ architectures: ["UnheardForMaskedLM"], ...type }))[0]).toContain(
      `architectures "UnheardForMaskedLM" ${ENCODER}`,
    );
    for (const name of ["JinaBertModel", "UnheardForCTC", "UnheardForConditionalGeneration", "XForImageClassification"])
      expect(isRefused({ ...type, architectures: [name] })).toBe(true);
    expect(said(textOf({ _class_name: "UNet2DConditionModel", cross_attention_dim: 768 }))[0]).toContain(
      '_class_name "UNet2DConditionModel" is a part of a diffusion model',
    );
  });

  test("the text part of a model that sees, where that is one", () => {
    expect(isRefused({ model_type: "blip-2", text_config: { ...LLAMA, model_type: "t5" } })).toBe(true);
    expect(isRefused({ model_type: "clip", text_config: LLAMA, vision_config: { hidden_size: 8 } })).toBe(false);
  });

  test("and no decoder with it", () => {
    const seeing = { architectures: ["UnheardForConditionalGeneration"], vision_config: { hidden_size: 8 } };
    expect(isRefused({ ...LLAMA, model_type: "unheard", ...seeing })).toBe(false);
    expect(isRefused({ ...LLAMA, is_encoder_decoder: false, architectures: ["LlamaModel"] })).toBe(false);
    expect(isRefused({ ...LLAMA, architectures: ["LlamaForSequenceClassification"] })).toBe(false);
  });
});

describe("a value of a config.json that cannot be is said with its line, as it is written:", () => {
  test.each([
    ["a list", "[4096]", "a whole number was expected for hidden_size, not [4096]; it is left out."],
    ["none", "0", "a number from 1 to 1,048,576 was expected for hidden_size, not 0; it is left out."],
    ["past all numbers", "1e400", "a whole number was expected for hidden_size, not Infinity; it is left out."],
  ])("%s", (_, value, sentence) => {
    expect(said(textOf(LLAMA).replace('"hidden_size": 4096', `"hidden_size": ${value}`))).toEqual([
      `3: Column 17: ${sentence}`,
    ]);
  });

  test("what is no JSON", () => {
    expect(said(textOf(LLAMA).replace(": 4096", ": NaN"))).toEqual([
      "3: config.json is not JSON. Column 17: a value was expected, not NaN.",
    ]);
  });

  test("but for what Python writes of a number without end, where it counts nothing", () => {
    const text = textOf(LLAMA).replace("{", '{"time_step_limit": [0.0, Infinity], ');
    expect(importText(text).kind).toBe("imported");
    expect(said(textOf(LLAMA).replace(": 4096", ": Infinity"))[0]).toContain("expected for hidden_size, not Infinity");
  });

  test("more experts for a token than there are", () => {
    const sparse = { num_local_experts: 8, num_experts_per_tok: 9, ...LLAMA, model_type: "mixtral" };
    expect(said(textOf(sparse))).toContain(
      "3: Column 25: num_experts_per_tok 9 is more than there are experts; 8 is used.",
    );
    expect(JSON.stringify(importText(textOf(sparse)))).toContain('"num_experts_per_tok":8');
  });

  test("numbers that make no model together", () => {
    expect(said(textOf({ ...LLAMA, model_type: "mixtral", num_experts_per_tok: 2 }))).toEqual([
      "2: Its numbers do not make a model that can run: do they belong together?",
    ]);
  });
});

describe("how a checkpoint is packed is said:", () => {
  const of = (quantization_config: unknown): string => said(textOf({ quantization_config, ...LLAMA })).join("\n");

  test.each([
    ["GPTQ", { quant_method: "gptq", bits: 4 }, "quant=gptq"],
    ["GPTQ of 8 bits", { quant_method: "gptq", bits: 8 }, "Weights in gptq are not known here."],
    ["AWQ", { quant_method: "awq", bits: 4 }, "A checkpoint of AWQ, counted as one of GPTQ"],
    ["fp8", { quant_method: "fp8" }, "Weights in fp8 are not known here."],
    ["bitsandbytes", { load_in_4bit: true, bnb_4bit_quant_type: "nf4" }, "quant=nf4"],
    ["no method", { bits: 4 }, "3: The section names no quant_method"],
    ["a word", "gptq", "2: This quantization is not known here."],
    ["a list", [1], "2: This quantization is not known here."],
  ])("%s", (_, config, words) => expect(of(config)).toContain(words));

  test("nothing at all", () => expect(of(null)).not.toMatch(/16 bits|not known here/));
});

describe("how a config.json is written:", () => {
  test("a byte-order mark is taken off", () => {
    expect(importText(`\uFEFF${textOf(LLAMA)}`).kind).toBe("imported");
  });

  test.each(["utf16le", "utf16be"])("%s is said", (encoding) => {
    const bytes = Buffer.from(textOf(LLAMA), "utf16le");
    const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), bytes]);
    for (const each of [bytes, marked]) {
      const text = (encoding === "utf16be" ? Buffer.from(each).swap16() : each).toString("utf8");
      expect(said(text)).toEqual([
        "null: The file is written in UTF-16: what is read is UTF-8, which editors save, too.",
      ]);
    }
  });

  test("sizes have their commas", () => {
    expect(said(textOf({ ...LLAMA, more: "x".repeat(10_260_000) }))[0]).toMatch(
      /has 10,260,\d{3} characters, more than 4,194,304\.$/,
    );
    expect(said(textOf({ ...LLAMA, more: "x".repeat(1_300_000) }))[0]).toMatch(
      /has 1,300,\d{3} characters, .* at most 524,288\.$/,
    );
  });
});

test("the text decoder of a model that thinks is found in it, and what hears is said", () => {
  const thinker_config = { text_config: { ...LLAMA, model_type: "qwen2" }, audio_config: { d_model: 1280 } };
  const imported = importText(
    textOf({ model_type: "qwen2_5_omni", thinker_config, talker_config: { hidden_size: 1 } }),
  );
  expect(JSON.stringify(imported)).toContain('"architecture":{"model_type":"qwen2",');
  const sentences = linesOf(imported).map(({ sentence }) => sentence);
  expect(sentences).toContain(
    "Of thinker_config.audio_config nothing is counted: the model is taken as its text decoder alone.",
  );
  expect(sentences).toContain("Of talker_config nothing is counted: the model is taken as its text decoder alone.");
});
