import { fitOnCard, frameworkTerm, onCardByReplay, onCardByRule } from "#calc/card/fit.ts";
import { bytes } from "#calc/base/bytes.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";

/** What a replay may end with: needed and reserved, over the peak. */
const NEEDED = 1.04;
const RESERVED = 1.2;

type Basis = MemoryEstimate["basis"];

const onCard = (peakBytes: MemoryEstimate["peakBytes"], basis: Basis, gpus: number) =>
  basis === "rule"
    ? onCardByRule(peakBytes, gpus)
    : onCardByReplay(
        { neededBytes: Math.round(NEEDED * peakBytes), reservedBytes: Math.round(RESERVED * peakBytes) },
        gpus,
      );

const ofMethod = (one: MethodAnswer, basis: Basis, { gpu, usedBytes }: Answer): MethodAnswer => {
  const { peakBytes, terms } = one.estimate;
  const { gpus } = one.scenario;
  const taken = onCard(peakBytes, basis, gpus);
  const estimate = { ...one.estimate, ...taken, terms: [...terms.slice(0, -1), frameworkTerm(peakBytes, taken, gpus)] };
  return { ...one, estimate, card: fitOnCard(estimate, bytes(gpu.usableBytes - usedBytes)) };
};

/** An answer whose methods come to what they take on the card in these ways. */
export const withBasis = <Given extends Answer>(answer: Given, basisOf: (one: MethodAnswer) => Basis): Given => ({
  ...answer,
  methods: answer.methods.map((one) => ofMethod(one, basisOf(one), answer)),
});
