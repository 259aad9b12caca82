import { ENGINE } from "#calc/whole-engine.ts";
import { answerIssues } from "./answer-issues.ts";
import { cannotRunWords } from "./cannot-run.ts";
import { dividingRanks } from "#calc/model/dividing-ranks.ts";
import type { Answer, AnswerGpu, MethodAnswer } from "./answer.ts";
import type { Issue } from "./issue.ts";
import { encodeLink } from "./url.ts";
import { type LinkValue, linkValues } from "./link-values.ts";

/** How GPUs divide one model, and of a pipeline what each stage takes at its peak; layers are counted from 1. */
const divisionJson = ({ scenario }: MethodAnswer) => {
  if (scenario.division === undefined) return {};
  const { tp_size: tp, sequence_parallel: sp, cp_size: cp, pp_size: pp } = scenario.division;
  const { ulysses_size: ulysses = 1, loss_parallel: lossParallel = false, ep_size: ep = 1 } = scenario.division;
  const stages = ENGINE.stagePeaks(scenario).map(({ from, to, inFlight, peakBytes }) => ({
    layers: [from + 1, to] as const,
    microBatches: inFlight,
    peakBytes,
  }));
  return {
    division: {
      tp,
      sp,
      cp,
      pp,
      ulysses,
      ep,
      lossParallel,
      data: scenario.gpus / dividingRanks(scenario.division),
      stages,
    },
  };
};

/** The whole run of a method, moment by moment; nothing where no moment outside the step is asked for. */
const runJson = ({ run }: MethodAnswer) => {
  if (run === undefined) return {};
  const { peakBytes, peakMoment, fit, headroomBytes } = run;
  const moments = run.moments.map((moment) => ({
    id: moment.id,
    liveBytes: moment.liveBytes,
    peakBytes: moment.peakBytes,
    hostBytes: moment.hostBytes,
    basis: moment.basis,
    ...(moment.perBatchBytes !== undefined && { perBatchBytes: moment.perBatchBytes }),
    ...(moment.warmUpBytes !== undefined && { warmUpBytes: moment.warmUpBytes }),
    onCardBytes: moment.onCardBytes,
    fit: moment.fit,
    headroomBytes: moment.headroomBytes,
  }));
  return { run: { peakBytes, peakMoment, worstMoment: run.worst.id, fit, headroomBytes, moments } };
};

/** One method of `estimate --json`. Bytes are whole numbers, per GPU. */
const methodJson = (answer: MethodAnswer, gpu: AnswerGpu) => {
  const { method, scenario, estimate, card } = answer;
  return {
    method,
    params: estimate.params,
    trainableParams: estimate.trainableParams,
    peakBytes: estimate.peakBytes,
    peakMoment: estimate.peakMoment,
    basis: estimate.basis,
    neededBytes: estimate.neededBytes,
    reservedBytes: estimate.reservedBytes,
    onCardBytes: estimate.onCardBytes,
    onCardRangeBytes: estimate.onCardRangeBytes,
    terms: estimate.terms.map(({ id, bytes }) => ({ id, bytes })),
    moments: estimate.moments.map(({ id, liveBytes, peakBytes }) => ({ id, liveBytes, peakBytes })),
    fit: card.fit,
    headroomBytes: card.headroomBytes,
    cannotRun: card.cannotRun === null ? null : cannotRunWords(card.cannotRun, gpu, scenario.gpus),
    // What is in host memory, where anything is.
    ...(estimate.hostBytes > 0 && { hostBytes: estimate.hostBytes }),
    ...divisionJson(answer),
    ...runJson(answer),
  };
};

/** The object that `estimate --json` prints for a link and that the page gives away; public interface, so that fields are only ever added. */
export type EstimateJson = Readonly<{
  version: 1;
  link: string;
  scenario: Readonly<Record<string, LinkValue>>;
  issues: readonly Issue[];
  gpu: Readonly<{ id: string; name: string; usableBytes: number; estimated: boolean }>;
  methods: readonly ReturnType<typeof methodJson>[];
}>;

/**
 * @param issues those of the link; the answer's own are added
 * @returns `link` is the canonical one, whatever the input looked like
 */
export const estimateJson = (answer: Answer, issues: readonly Issue[]): EstimateJson => ({
  version: 1,
  link: encodeLink(answer.choices),
  scenario: linkValues(answer.choices, answer.resolved),
  issues: [...issues, ...answerIssues(answer)],
  gpu: {
    id: answer.gpu.id,
    name: answer.gpu.name,
    usableBytes: answer.gpu.usableBytes,
    estimated: answer.gpu.estimated,
  },
  methods: answer.methods.map((method) => methodJson(method, answer.gpu)),
});
