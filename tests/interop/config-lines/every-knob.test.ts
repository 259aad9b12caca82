import { describe, expect, test } from "vitest";
import { allKnobs, allScales } from "#advice/knobs/all-knobs.ts";
import type { Knob } from "#advice/knobs/knob.ts";
import { hardwareKnobs } from "#advice/knobs/gpus.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { STACKS } from "#catalog/stacks.ts";
import { allocatorVariable } from "#interop/config-lines/setting.ts";
import { chosenRun } from "#interop/config-lines/chosen-run.ts";
import { configLines, FURTHER_LIBRARIES, linesBetween } from "#interop/config-lines/config-lines.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { drawnOf, SWEEP } from "../../swept.ts";

/** Scenarios that every knob is offered in, one or another of them. */
const SCENARIOS: Readonly<Record<string, Partial<Choices>>> = {
  "LoRA as it comes": {},
  "full fine-tuning on four GPUs with nothing saved": {
    method: "full",
    gpus: 4,
    batch: 4,
    ckpt: false,
    packing: false,
    attn: "eager",
    shard: "ddp",
    optim: "adamw_torch",
    loss: "full",
    states: "fp32",
  },
  "QLoRA with all that costs": {
    method: "qlora",
    quant: "fp4",
    dq: false,
    dora: true,
    save: ["embed_tokens", "lm_head"],
    r: 32,
    kbit: "fp32",
    adapters: "fp32",
    loss: "inplace",
  },
  "LoRA on int8, layers checkpointed in part": {
    method: "qlora",
    quant: "int8",
    selective: 2,
    targets: ["q_proj", "up_proj"],
  },
  "LoRA of another family": { model: { kind: "catalog", id: "pythia-1b" }, loss: "chunked", offload: "optimizer" },
  "a run that evaluates, saves and merges": {
    eval: 8,
    evalkeep: "logits",
    evalbatches: 4,
    saving: "full",
    merge: "safe",
  },
  "a run of shards that evaluates and saves": { gpus: 4, shard: "fsdp1", eval: 8, evalgen: 16, saving: "full" },
  "LoRA over two GPUs by ZeRO 3": { gpus: 2, shard: "zero3", offload: "optimizer", alpha: 8, actoffload: false },
};

const STACK_IDS = Object.keys(STACKS);

/** Every knob, of every scale a rung, and every change of cards. */
const knobsOf = (choices: Choices): readonly Knob[] => [
  ...allKnobs(choices, FULL_CATALOG),
  ...allScales(choices, FULL_CATALOG).map(({ half, at }) => at(half)),
  ...hardwareKnobs(choices, FULL_CATALOG).map(({ knob }) => knob),
];

/** Another card is not written down, nor other names of the same modules. */
const isWrittenDown = ({ id, price }: Knob): boolean => price !== "largerCard" && id !== "targets-attention-mlp";

describe.each(Object.entries(SCENARIOS))("of %s", (name, patch) => {
  test.each(drawnOf(STACK_IDS, name))("every knob is lines of %s, or what it has no line for", SWEEP, (stack) => {
    const choices = { ...DEFAULT_CHOICES, ...patch, stack };
    const silent = knobsOf(choices)
      .filter(isWrittenDown)
      .filter((knob) => {
        const { removed, added, missing } = configLines(choices, { ...choices, ...knob.patch }, FULL_CATALOG);
        return removed.length + added.length + missing.length === 0;
      });
    expect(silent.map(({ id }) => `${stack}: ${id}`)).toEqual([]);
  });

  test.each(drawnOf(FURTHER_LIBRARIES, name))(
    "every knob is lines of $library.file, or what it has no line for",
    SWEEP,
    (further) => {
      const { stack, library } = further;
      const choices = { ...DEFAULT_CHOICES, ...patch, stack };
      const settingsOf = (each: Choices) => {
        const run = chosenRun(each, FULL_CATALOG);
        return [allocatorVariable(each), ...library.settings(run), ...library.ofRun(run)];
      };
      const silent = knobsOf(choices)
        // Which library is counted is no line of a file that is another's.
        .filter((knob) => isWrittenDown(knob) && knob.patch.stack === undefined)
        .filter((knob) => {
          const after = { ...choices, ...knob.patch };
          const { removed, added, missing } = linesBetween(library, settingsOf(choices), settingsOf(after));
          return removed.length + added.length + missing.length === 0;
        });
      expect(silent.map(({ id }) => `${library.file}: ${id}`)).toEqual([]);
    },
  );

  test.each(drawnOf(STACK_IDS, name))("what stays as it is changes nothing in %s", SWEEP, (stack) => {
    const choices = { ...DEFAULT_CHOICES, ...patch, stack };
    const { removed, added, versions, missing } = configLines(choices, choices, FULL_CATALOG);
    expect([removed, added, versions, missing]).toEqual([[], [], [], []]);
  });
});
