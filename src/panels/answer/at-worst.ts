import { type Answer, wholeCard } from "#scenario/choices/answer.ts";

/** The answer with each method as it is in the worst moment of its run, where that is outside the step: what pictures beside the first screen draw. */
export const atWorst = (answer: Answer): Answer => ({
  ...answer,
  methods: answer.methods.map((one) =>
    one.run?.worstEstimate === undefined ? one : { ...one, estimate: one.run.worstEstimate, card: wholeCard(one) },
  ),
});
