import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { TARGET_PRESETS, type TargetPreset } from "#calc/model/layout.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** What adapters on the modules of a preset train, and what the run takes then. */
export type TargetFigures = Pick<MemoryEstimate, "trainableParams" | "onCardBytes"> &
  Readonly<{ preset: TargetPreset }>;

/**
 * A method with its adapters on each preset that the model's family offers, everything else as it is.
 *
 * @yields after each run of the engine
 */
export function* targetFigures(
  { choices, method }: Readonly<{ choices: Choices; method: MethodId }>,
  catalog: Catalog,
): Generator<void, readonly TargetFigures[]> {
  const architecture = chosenArchitecture(choices, catalog);
  const figures: TargetFigures[] = [];
  for (const preset of TARGET_PRESETS) {
    if (ENGINE.targetModules(architecture, preset) === null) continue;
    const { methods } = toAnswer({ ...choices, targets: preset, show: [method] }, catalog);
    for (const { estimate } of methods) {
      const { trainableParams, onCardBytes } = estimate;
      figures.push({ preset, trainableParams, onCardBytes });
    }
    yield;
  }
  return figures;
}
