import fc from "fast-check";
import { describe, test } from "vitest";
import type { ModellingId, Scenario } from "#calc/model/scenario.ts";
import { MODELLINGS } from "#calc/model/scenario.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { tried } from "../../tried.ts";
import { LLAMA_2_7B } from "../architectures.ts";
import { ledgerOf } from "../ledger-of.ts";
import { inWords } from "../on-paper.ts";
import { lora } from "../lora.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { alone, arbitraryScenario } from "./arbitrary-scenario.ts";

/** Storages that are freed while they are not there, or made while they are: what nobody holds any more came back. */
const comeBack = (asked: Scenario): readonly string[] => {
  const { log, signs } = ledgerOf(asked);
  const alive = new Map<Storage, number>();
  const wrong = new Set<string>();
  log.forEach((storage, index) => {
    const count = (alive.get(storage) ?? 0) + (signs[index] ?? 0);
    alive.set(storage, count);
    if (count < 0 || count > 1) wrong.add(`${storage.module} ${storage.op}: ${inWords(storage)}`);
  });
  return [...wrong];
};

const expectFreedOnce = (asked: Scenario): void => {
  const wrong = comeBack(asked);
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
};

const METHODS = [
  { kind: "full" } as const,
  loraMethod({ r: 8, lora_dropout: 0.1 }),
  qloraMethod(),
  qloraMethod({ lora: lora({ r: 8, lora_dropout: 0.1 }) }),
];

/** Ways of keeping what backward needs: made again, reentrant or not; kept on the card; sent to the host. */
const WAYS: readonly Partial<Scenario>[] = [
  { reentrant: true },
  { reentrant: false },
  { reentrant: false, savedTensorsOffloaded: true },
  { gradient_checkpointing: false },
  { gradient_checkpointing: false, savedTensorsOffloaded: true },
];

describe("No checkpoint holds what its recomputation makes anew: a storage is freed once", () => {
  test.each(MODELLINGS)("with the modelling code %s, however checkpoints run", (modelling: ModellingId) => {
    const architecture = { ...LLAMA_2_7B, num_hidden_layers: 3, vocab_size: 512 };
    for (const method of METHODS)
      for (const way of WAYS)
        for (const kernels of [{}, { kernels: { lora: true, liger: true } } as const])
          expectFreedOnce(scenario({ architecture, modelling, method, ...way, ...kernels }));
  });

  tried("whatever the scenario", { quick: 12, thorough: 600 }, (runs) =>
    fc.assert(
      fc.property(arbitraryScenario.map(alone), fc.boolean(), (asked, reentrant) =>
        expectFreedOnce({
          ...asked,
          architecture: { ...asked.architecture, num_hidden_layers: 3 },
          reentrant,
          gradient_checkpointing: true,
        }),
      ),
      runs,
    ),
  );
});
