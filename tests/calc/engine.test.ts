import { describe, expect, test } from "vitest";
import { createEngine, type Knowledge } from "#calc/engine.ts";
import { gptNeox } from "#calc/families/gpt-neox.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import { MODELLINGS, type Scenario, TUNERS } from "#calc/model/scenario.ts";
import { EVERYTHING } from "#calc/everything.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { LLAMA_2_7B } from "./architectures.ts";
import { loraMethod, scenario } from "./scenario.ts";
import { lora as loraConfig } from "./lora.ts";
import { LITTLE } from "./small-engine.ts";

const without = <Id extends string, Value>(
  record: Readonly<Partial<Record<Id, Value>>>,
  id: Id,
): Readonly<Partial<Record<Id, Value>>> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== id)) as Partial<Record<Id, Value>>;

const lora = (use_dora = false): Scenario["method"] => loraMethod({ use_dora });

describe("A scenario that names what an engine was made without is refused in a sentence", () => {
  test.each<
    readonly [what: string, knowledge: Partial<Knowledge>, of: Readonly<{ asked: Partial<Scenario>; refusal: object }>]
  >([
    [
      "an optimizer",
      { optimizers: without(EVERYTHING.optimizers, "muon") },
      {
        asked: { optim: "muon" },
        refusal: {
          code: "unknown-optimizer",
          subject: "muon",
          sentence: "This engine does not know the optimizer muon.",
        },
      },
    ],
    [
      "modelling code",
      { modellings: without(EVERYTHING.modellings, "unsloth") },
      {
        asked: { modelling: "unsloth", method: lora() },
        refusal: {
          code: "unknown-modelling",
          subject: "unsloth",
          sentence: "This engine does not know the modelling code of unsloth.",
        },
      },
    ],
    [
      "a tuner",
      { tuners: without(EVERYTHING.tuners, "dora") },
      {
        asked: { method: lora(true) },
        refusal: { code: "unknown-tuner", subject: "dora", sentence: "This engine does not know the tuner dora." },
      },
    ],
    [
      "a model type, where none runs in its place",
      { families: EVERYTHING.families.filter(({ model_types }) => !("unknown" in model_types)) },
      {
        asked: { architecture: { ...LLAMA_2_7B, model_type: "nobody" } },
        refusal: {
          code: "unknown-model",
          subject: "nobody",
          sentence: "This engine knows no code that runs a model of type nobody.",
        },
      },
    ],
    [
      "several GPUs",
      { strategies: null },
      {
        asked: { gpus: 4, sharding: "fsdp2" },
        refusal: {
          code: "unknown-strategy",
          subject: "fsdp2",
          sentence: "This engine does not know how 4 GPUs share by fsdp2.",
        },
      },
    ],
    [
      "checkpoints that keep outputs",
      { activations: null },
      {
        asked: { selective: "op" },
        refusal: {
          code: "unknown-activations",
          subject: "checkpoints by operation",
          sentence: "This engine does not know checkpoints by operation.",
        },
      },
    ],
    [
      "checkpoints in host memory",
      { activations: null },
      {
        asked: { checkpointsOffloaded: true },
        refusal: { code: "unknown-activations", subject: "checkpoints in host memory" },
      },
    ],
    [
      "saved tensors in host memory",
      { activations: null },
      {
        asked: { savedTensorsOffloaded: true },
        refusal: { code: "unknown-activations", subject: "saved tensors in host memory" },
      },
    ],
  ])("%s", (_what, knowledge, { asked, refusal }) => {
    const engine = createEngine({ ...EVERYTHING, ...knowledge });
    expect(engine.estimate(scenario(asked))).toMatchObject({ refused: true, ...refusal });
    expect(ENGINE.estimate(scenario(asked))).toHaveProperty("peakBytes");
  });

  test("and so is a name that no list has, even one that every object has", () => {
    for (const optim of ["adamw_of_tomorrow", "constructor"])
      expect(ENGINE.estimate(scenario({ optim: optim as Scenario["optim"] }))).toMatchObject({
        code: "unknown-optimizer",
        subject: optim,
      });
    expect(ENGINE.estimate(scenario({ modelling: "constructor" as Scenario["modelling"] }))).toMatchObject({
      code: "unknown-modelling",
    });
    expect(ENGINE.estimate(scenario({ gpus: 2, sharding: "zero9" as Scenario["sharding"] }))).toMatchObject({
      code: "unknown-strategy",
      subject: "zero9",
    });
  });

  test.each<readonly [what: string, asked: Partial<Scenario>, sentence: string]>([
    [
      "a matrix that ranks divide",
      { gpus: 2, division: { tp_size: 2, sequence_parallel: false, cp_size: 1, pp_size: 1 } },
      "The tuner vera cannot be divided with the matrices that tp divides.",
    ],
    [
      "adapters of a library",
      { modelling: "unsloth" },
      "The tuner vera is not in this library, which has LoRA of its own.",
    ],
    [
      "an embedding",
      { method: loraMethod({ tuner: "vera", target_modules: ["q_proj", "embed_tokens"] }) },
      "The tuner vera has no adapter for embed_tokens: it adapts linears alone.",
    ],
    [
      "a GPTQ base",
      {
        method: {
          kind: "qlora",
          lora: loraConfig({ tuner: "vera" }),
          quantization: { kind: "gptq" },
          kbitPreparation: "none",
        },
      },
      "The tuner vera is not in PEFT for a base of gptq.",
    ],
  ])("and so is a tuner that PEFT does not run beside %s", (_what, asked, sentence) => {
    const whole = scenario({ method: loraMethod({ tuner: "vera" }), ...asked });
    expect(ENGINE.estimate(whole)).toEqual({ refused: true, code: "unsuited-tuner", subject: "vera", sentence });
  });

  test("but one that PEFT does run, alone on a GPU, is not", () => {
    for (const tuner of TUNERS)
      expect(ENGINE.estimate(scenario({ method: loraMethod({ tuner, target_modules: ["q_proj"] }) }))).toHaveProperty(
        "peakBytes",
      );
  });

  test("but not under the flat rule of thumb, which asks for the model alone", () => {
    const asked = scenario({ accounting: "bytes-per-parameter", optim: "muon", gpus: 4, sharding: "zero3" });
    expect(createEngine(LITTLE).estimate(asked)).toEqual(ENGINE.estimate(asked));
    const nobodys = { ...asked, architecture: { ...LLAMA_2_7B, model_type: "nobody" } };
    expect(createEngine(LITTLE).estimate(nobodys)).toMatchObject({ code: "unknown-model" });
  });
});

test("A caller that only has names that are known is told of one that is not", () => {
  const refusal = createEngine(LITTLE).estimate(scenario({ optim: "sgd" }));
  expect(() => estimated(refusal)).toThrow("This engine does not know the optimizer sgd.");
});

test.each(MODELLINGS)("The whole engine runs what %s makes of a Llama", (modelling) => {
  const architecture = ENGINE.modelled(LLAMA_2_7B, modelling);
  expect(ENGINE.estimate(scenario({ architecture, modelling }))).toHaveProperty("peakBytes");
});

test("Of several unknown names the first to be asked for is said", () => {
  expect(createEngine(LITTLE).estimate(scenario({ optim: "sgd", modelling: "unsloth" }))).toMatchObject({
    code: "unknown-modelling",
  });
});

describe("An engine made of parts", () => {
  const small = createEngine(LITTLE);

  test.each([
    ["full", {}],
    ["LoRA", { method: lora() }],
    ["without checkpointing", { gradient_checkpointing: false, sequence_length: 777 }],
  ] as const)("answers what it knows as the whole engine does: %s", (_name, asked) => {
    expect(small.estimate(scenario(asked))).toEqual(ENGINE.estimate(scenario(asked)));
  });

  test("knows the models that it was given", () => {
    expect(small.isKnown("llama")).toBe(true);
    expect(small.isKnown("gpt_neox")).toBe(false);
    expect(ENGINE.isKnown("gpt_neox")).toBe(true);
  });

  test("has no library's model code, and leaves an architecture as it is", () => {
    expect(small.modelled(LLAMA_2_7B, "litgpt")).toBe(LLAMA_2_7B);
    expect(ENGINE.modelled(LLAMA_2_7B, "litgpt").model_type).toBe("litgpt/llama");
  });
});

test("An engine runs a model type that nobody knows as a Llama of its fields, and says so", () => {
  const nobodys = scenario({ architecture: { ...LLAMA_2_7B, model_type: "nobody" } });
  expect(ENGINE.estimate(nobodys)).toHaveProperty("peakBytes");
  expect(ENGINE.approximations(nobodys).join()).toContain("Nobody knows the code of nobody");
});

describe("Two engines share nothing", () => {
  test("each remembers its own layouts: the same architecture object has one in each", () => {
    const [one, other] = [createEngine(EVERYTHING), createEngine(EVERYTHING)];
    expect(one.layoutOf(LLAMA_2_7B)).toBe(one.layoutOf(LLAMA_2_7B));
    expect(one.layoutOf(LLAMA_2_7B)).not.toBe(other.layoutOf(LLAMA_2_7B));
    expect(one.layoutOf(LLAMA_2_7B)).toEqual(other.layoutOf(LLAMA_2_7B));
  });

  test("each remembers its own compiled steps", () => {
    const asked = scenario();
    const compiledBy = (engine: typeof ENGINE): unknown =>
      engine.explainedStep({ scenario: asked, estimate: estimated(engine.estimate(asked)) })?.compiled;
    const [one, other] = [createEngine(EVERYTHING), createEngine(EVERYTHING)];
    expect(compiledBy(one)).toBe(compiledBy(one));
    expect(compiledBy(one)).not.toBe(compiledBy(other));
  });

  test("another optimizer under the same name in one changes nothing in the other", () => {
    const { sgd, adamw_torch_fused } = EVERYTHING.optimizers;
    if (sgd === undefined || adamw_torch_fused === undefined) throw new Error("the whole engine has both");
    const odd = createEngine({ ...EVERYTHING, optimizers: { adamw_torch_fused: sgd } });
    const asked = scenario();
    const optimizerBytes = (engine: typeof ENGINE): number | undefined =>
      estimated(engine.estimate(asked)).moments.find(({ id }) => id === "step")?.terms.optimizer;
    const before = optimizerBytes(ENGINE);
    expect(optimizerBytes(odd)).not.toBe(before);
    expect(optimizerBytes(ENGINE)).toBe(before);
  });

  test("another model code under the same type in one changes nothing in the other", () => {
    const [model_type] = Object.values(gptNeox.model_types);
    if (model_type === undefined) throw new Error("GPT-NeoX has a type");
    const odd = createEngine({ ...EVERYTHING, families: [{ ...gptNeox, model_types: { llama: model_type } }] });
    const before = ENGINE.countParameters(LLAMA_2_7B);
    expect(odd.countParameters(LLAMA_2_7B)).not.toBe(before);
    expect(ENGINE.countParameters(LLAMA_2_7B)).toBe(before);
  });
});

describe("The same scenario gives the same bytes before another was asked and after", () => {
  const OTHERS: readonly Partial<Scenario>[] = [
    { optim: "muon" },
    { method: lora(true) },
    { modelling: "unsloth", method: lora() },
    { selective: "op" },
    { savedTensorsOffloaded: true },
    { gpus: 4, sharding: "fsdp2" },
    {
      gpus: 4,
      division: { tp_size: 2, sequence_parallel: false, cp_size: 1, pp_size: 2 },
      gradient_accumulation_steps: 4,
    },
  ];

  test.each(OTHERS.map((asked) => [JSON.stringify(asked), asked] as const))("%s", (_name, asked) => {
    const engine = createEngine(EVERYTHING);
    const alone = createEngine(EVERYTHING).estimate(scenario(asked));
    const before = engine.estimate(scenario(asked));
    for (const other of [{}, ...OTHERS]) engine.estimate(scenario(other));
    expect(engine.estimate(scenario(asked))).toEqual(before);
    expect(before).toEqual(alone);
  });
});
