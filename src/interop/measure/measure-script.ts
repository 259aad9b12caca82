import type { Catalog } from "#catalog/catalog.ts";
import { allocatorVariable } from "#interop/config-lines/allocator-variable.ts";
import { estimateWords } from "#interop/export/estimate-words.ts";
import { plainLetters } from "#interop/export/plain-letters.ts";
import { importLine, pythonComment } from "#interop/export/python/python-call.ts";
import { isPadded } from "#calc/model/padding.ts";
import { VERSIONS } from "#interop/export/versions.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { notKnownOf, notKnownSentence } from "#scenario/choices/not-known.ts";
import type { Asked } from "./asked.ts";
import { askedOf } from "./asked-of.ts";
import { cannotMeasure } from "./cannot-measure.ts";
import type { MeasuredText } from "./measured-text.ts";
import { adapterClass, isPrepared, loadedFunction } from "./python/adapter-lines.ts";
import { batchFunction } from "./python/batch-lines.ts";
import { baseFunction, modelConstants } from "./python/model-lines.ts";
import { isOfTransformers, optimizerNeeds } from "./python/optimizer-lines.ts";
import { isQuantised, QUANTISED_TEXT } from "./python/quantised-lines.ts";
import { ROW_IMPORTS, ROW_TEXT } from "./python/row-text.ts";
import { trainFunction } from "./python/step-lines.ts";

const FILE = "measure.py";

/** What is installed beside PyTorch. */
const packages = (asked: Asked): readonly string[] => [
  `transformers==${VERSIONS.transformers}`,
  ...(adapterClass(asked) === undefined ? [] : [`peft==${VERSIONS.peft}`]),
  ...(isQuantised(asked) || optimizerNeeds(asked.scenario.optim).length > 0 ? ["bitsandbytes"] : []),
  ...(isQuantised(asked) || adapterClass(asked) !== undefined ? ["accelerate"] : []),
  ...(asked.run.resolved.attn === "flash" ? ["flash-attn"] : []),
];

const head = (asked: Asked, instead: readonly string[]): readonly string[] =>
  pythonComment(
    [
      estimateWords(asked.answer),
      `Counted by Headroom: ${asked.link}`,
      "Measures on your own GPU what three steps of it take. Weights and tokens are random, nothing is fetched and nothing is sent.",
      "Prints one line of JSON: paste it into Headroom, and it stands beside what was counted. Without a GPU figures are null.",
      `Install beside PyTorch: pip install ${packages(asked).join(" ")}`,
      `Start: python ${FILE} > row.json`,
      ...(instead.length === 0 ? [] : ["Chosen, and measured otherwise:", ...instead.map((each) => `- ${each}`)]),
    ].map(plainLetters),
  );

/** What is set of PyTorch's allocator, before it is imported; the shell may say otherwise. */
const allocator = ({ answer: { choices } }: Asked): readonly string[] => {
  const { statement } = allocatorVariable(choices);
  const [, name, value] = /^export (\w+)=(.*)$/.exec(statement ?? "") ?? [];
  return name === undefined ? [] : ["import os", "", `os.environ.setdefault("${name}", "${value}")`, ""];
};

const imports = (asked: Asked): readonly string[] => {
  const { scenario, run } = asked;
  const adapters = adapterClass(asked);
  const names = [
    "AutoConfig",
    "AutoModelForCausalLM",
    ...(isQuantised(asked) ? ["BitsAndBytesConfig"] : []),
    ...(isOfTransformers(scenario.optim) ? ["Adafactor"] : []),
  ];
  const standard = [...ROW_IMPORTS, "import gc", "import json", ...(isPadded(scenario) ? ["import random"] : [])];
  return [
    ...allocator(asked),
    ...standard.sort(),
    "",
    ...optimizerNeeds(scenario.optim).map((name) => `import ${name}`),
    "import torch",
    ...importLine("peft", [
      ...(adapters === undefined ? [] : [adapters, "get_peft_model"]),
      ...(isPrepared(asked) ? ["prepare_model_for_kbit_training"] : []),
    ]),
    ...(run.resolved.attn === "math" ? importLine("torch.nn.attention", ["SDPBackend", "sdpa_kernel"]) : []),
    ...importLine("transformers", names),
  ];
};

const constants = (asked: Asked): readonly string[] => [
  `LINK = ${JSON.stringify(asked.link)}`,
  'DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")',
  ...modelConstants(asked),
  // AdaLoRA asks for a number of steps, which moves no byte of one.
  ...(asked.run.tuner === "adalora" && asked.scenario.method.kind !== "full" ? ["max_steps = 1000"] : []),
];

const MAIN = `def main():
    meter = Meter()
    try:
        model = loaded()
        gc.collect()
        meter.end("load", then="forward")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        train(model, meter)
        print(json.dumps(meter.row()))
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        print(json.dumps(meter.row(str(error))))


if __name__ == "__main__":
    main()`;

/** The whole script, functions two lines apart. */
const scriptOf = (asked: Asked, instead: readonly string[]): string =>
  [
    [...head(asked, instead), "", ...imports(asked), "", ...constants(asked)].join("\n"),
    ...(isQuantised(asked) ? [QUANTISED_TEXT] : []),
    ...[baseFunction, loadedFunction, batchFunction, trainFunction].map((lines) => lines(asked).join("\n")),
    ROW_TEXT.trimEnd(),
    `${MAIN}\n`,
  ].join("\n\n\n");

/**
 * A self-contained Python script that runs three optimizer steps of the method in focus, with random weights and tokens, and prints what PyTorch held at each
 * moment as one JSON row; or why there is none. It runs what the engine counts: the models of transformers 5, PEFT and bitsandbytes on one GPU.
 *
 * @see docs/measuring.md
 */
export const measureScript = (choices: Choices, catalog: Catalog): MeasuredText => {
  const unknown = notKnownOf(choices, catalog);
  if (unknown.length > 0) return { name: FILE, text: null, refused: [notKnownSentence(unknown)], instead: [] };
  const asked = askedOf(choices, catalog);
  const refused = cannotMeasure(asked);
  const instead = answerIssues(asked.answer).map(({ message }) => message);
  return { name: FILE, text: refused.length > 0 ? null : scriptOf(asked, instead), refused, instead };
};
