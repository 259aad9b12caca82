// Candidates of all trained parameters as one tensor, divided by ranks or in ZeRO sub-groups.

import { formatCount, formatParams } from "#format/numbers.ts";
import { isPossibleSize, type Request } from "#interop/oom/request-range.ts";
import type { Candidate, OomSubject, Origin, AskedOom } from "./candidate.ts";
import { allShapes, productOf } from "./matrices.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { joinWithAnd } from "#format/phrases.ts";

/** Elements of a GPU's part from which on a sub-group is full. @see deepspeed 0.18, runtime/zero/config.py, `sub_group_size` */
const SUB_GROUP_SIZE = 1e9;

/** Elements of each sub-group on one GPU: parameters in order, each divided by itself, until there are enough. */
const partsOf = ({ scenario: { gpus }, layout }: OomSubject): readonly number[] => {
  const parts: number[] = [];
  let part = 0;
  for (const shape of allShapes(layout)) {
    if (shape.length < 2) continue;
    part += Math.ceil(productOf(shape) / gpus);
    if (part < SUB_GROUP_SIZE) continue;
    parts.push(part);
    part = 0;
  }
  return part === 0 ? parts : [...parts, part];
};

/**
 * What ZeRO 3 has as one tensor where a GPU's part is larger than a sub-group: the sub-groups, each size once.
 *
 * @see deepspeed 0.18, runtime/zero/stage3.py, `_create_fp16_sub_groups`, `_create_fp32_partitions`
 */
const subGroups: Origin = ({ subject, request }) => {
  const { sharding, method, gpus } = subject.scenario;
  if (sharding !== "zero3" || method.kind !== "full") return [];
  const parts = partsOf(subject);
  if (parts.length < 2) return [];
  return [...new Set(parts)]
    .filter((elements) => isPossibleSize(request, elements * 4))
    .map((elements): Candidate => ({
      tensor: "zero-partition",
      name: `one of the ${parts.length} sub-groups of one GPU's part of all trained parameters in fp32`,
      bytes: elements * 4,
      formula: `4 B × ${formatCount(elements)} parameters on each of ${gpus} GPUs`,
      fits: "fixed",
      rows: null,
      phases: ["load", "train"],
      places: ["optimizer", "optimizer-state"],
      why: "ZeRO 3 keeps fp32 weights and both states of each sub-group as one tensor each; a sub-group ends at sub_group_size elements, 1e9 unless it is set.",
      change:
        "offload_optimizer puts states on the host; more GPUs divide further. A smaller sub_group_size only makes smaller pieces.",
    }));
};

/** GPUs that are tried where the scenario's own number does not give the size: one machine's, and of several that people rent. */
const OTHER_RANKS = [2, 3, 4, 5, 6, 7, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 128, 256, 512] as const;

/** A vision tower, a projector, new rows of an embedding: what a run trains beyond the text model. More is another model. */
const MOST_BEYOND = 0.025;
/** The same where the number of GPUs is itself only tried. */
const MOST_BEYOND_TRIED = 0.005;

/** Parameters that one flat tensor has, before ranks divide it. */
type Group = Readonly<{ name: string; elements: number }>;

type Divided = Readonly<{ group: Group; size: number; gpus: number; isOwn: boolean; trainsAll: boolean }>;

const isZero = ({ sharding }: Scenario): boolean => sharding.startsWith("zero");

const all = (elements: number): Group => ({ name: "all trained parameters", elements });

/** Groups of the Trainer: all that is trained, and without what has no weight decay (norms, biases), which is a group of its own. */
const groupsOf = ({ scenario, estimate, layout }: OomSubject): readonly Group[] => {
  const trained = all(estimate.trainableParams);
  if (scenario.method.kind !== "full") return [trained];
  const matrices = allShapes(layout)
    .filter((shape) => shape.length > 1)
    .reduce((sum, shape) => sum + productOf(shape), 0);
  return matrices >= trained.elements
    ? [trained]
    : [trained, { name: "all trained matrices, without norms and biases,", elements: matrices }];
};

const ownDivisions = (subject: OomSubject): readonly Divided[] => {
  const { gpus } = subject.scenario;
  if (!isZero(subject.scenario)) return [];
  return groupsOf(subject).flatMap((group) =>
    [4, 2].map((size): Divided => ({ group, size, gpus, isOwn: true, trainsAll: false })),
  );
};

/** The states of the whole model, divided by numbers of GPUs that the scenario does not have; with adapters, by its own too. */
const otherDivisions = ({ scenario, estimate }: OomSubject): readonly Divided[] => {
  const trainsAll = scenario.method.kind !== "full";
  const ranks = new Set([...(scenario.gpus > 1 ? [scenario.gpus] : []), ...OTHER_RANKS]);
  const group = all(trainsAll ? estimate.params : estimate.trainableParams);
  return [...ranks]
    .filter((gpus) => trainsAll || !isZero(scenario) || gpus !== scenario.gpus)
    .map((gpus) => ({ group, size: 4, gpus, isOwn: false, trainsAll }));
};

const bytesOf = ({ group, size, gpus }: Divided): number => Math.ceil(group.elements / gpus) * size;

/** The parameters beyond those of the group that would give the request, at least and at most. */
const beyond = ({ group, size, gpus }: Divided, { ranges }: Request): Readonly<{ low: number; high: number }> => {
  const low = Math.min(...ranges.map((range) => range.low));
  const high = Math.max(...ranges.map((range) => range.high));
  return { low: (low / size) * gpus - group.elements, high: (high / size) * gpus - group.elements };
};

const isNear = (divided: Divided, request: Request): boolean => {
  const { low } = beyond(divided, request);
  return low > 0 && low <= divided.group.elements * (divided.isOwn ? MOST_BEYOND : MOST_BEYOND_TRIED);
};

const fits = (divided: Divided, request: Request): boolean =>
  isPossibleSize(request, bytesOf(divided)) || (divided.size === 4 && isNear(divided, request));

const optimizerName = ({ optim }: Scenario): string => (optim.includes("adam") ? "AdamW" : "the optimizer");

/** "what AdamW keeps per state for 1/32 of 30.5 billion parameters" where states are made; else the part as such. */
const nameOf = ({ group, size, gpus }: Divided, { subject, moment }: AskedOom): string => {
  if (moment.place === "optimizer-state" && size === 4)
    return `what ${optimizerName(subject.scenario)} keeps per state for 1/${gpus} of ${formatParams(group.elements)} parameters`;
  return `one GPU's part of ${group.name} in ${size === 4 ? "fp32" : "16 bit"}`;
};

const beyondWords = (divided: Divided, request: Request): string => {
  if (isPossibleSize(request, bytesOf(divided))) return "";
  const { low, high } = beyond(divided, request);
  const range = [...new Set([formatParams(Math.ceil(low)), formatParams(Math.floor(high))])].join(" to ");
  return ` The request is larger by ${range} parameters, which this scenario does not include: a projector, a vision tower or new tokens would be such.`;
};

const notAsSet = ({ gpus, isOwn, trainsAll }: Divided, { gpus: set, sharding }: Scenario): string => {
  if (isOwn) return "";
  const needs = [
    ...(trainsAll ? ["full fine-tuning"] : []),
    ...(sharding.startsWith("zero") && set === gpus ? [] : [`ZeRO on ${gpus} GPUs`]),
  ];
  return needs.length === 0 ? "" : ` This size needs ${joinWithAnd(needs)}; the scenario is set otherwise.`;
};

const candidateOf = (divided: Divided, asked: AskedOom): Candidate => {
  const { group, size, gpus, isOwn, trainsAll } = divided;
  const { request, moment } = asked;
  const isExact = isPossibleSize(request, bytesOf(divided));
  return {
    tensor: "zero-partition",
    name: nameOf(divided, asked),
    bytes: bytesOf(divided),
    formula: `${size} B × ${formatCount(group.elements)} parameters / ${gpus} GPUs`,
    fits: "fixed",
    rows: null,
    phases: ["load", "train"],
    places: ["optimizer", "optimizer-state"],
    ...(isOwn ? {} : { isUnset: true, ranks: { gpus, trainsAll } }),
    // Where ZeRO makes a state it is that of a partition, whatever its size: only which parameters it has is open then.
    isGuess: !isOwn || (!isExact && moment.place !== "optimizer-state"),
    why: `ZeRO keeps fp32 weights, both states and what the step makes of them as one tensor each of this size; the first step makes them.${beyondWords(divided, request)}${notAsSet(divided, asked.subject.scenario)}`,
    change: "ZeRO 3 divides the weights too; offload_optimizer puts states on the host; more GPUs divide further.",
  };
};

/** The distance of a division from the request, in parameters of all: of several numbers of GPUs the nearest is named. */
const farFrom = (divided: Divided, request: Request): number =>
  isPossibleSize(request, bytesOf(divided)) ? 0 : beyond(divided, request).low / divided.group.elements;

const nearest = (divisions: readonly Divided[], request: Request): readonly Divided[] =>
  divisions.toSorted((one, other) => farFrom(one, request) - farFrom(other, request)).slice(0, 1);

/**
 * All trained parameters as one tensor, divided: as the scenario divides them; where an optimizer's step asked for it and that does not give the size, by the
 * number of GPUs that does. ZeRO 3 has them in sub-groups.
 *
 * @see deepspeed 0.18, runtime/zero/stage_1_and_2.py, `single_partition_of_fp32_groups`; stage3.py, `_create_fp32_partitions`
 */
export const partitions: Origin = (asked) => {
  const { subject, request, moment } = asked;
  const own = ownDivisions(subject).filter((each) => fits(each, request));
  const inParts = subGroups(asked);
  const isOfStep = moment.place === "optimizer" || moment.place === "optimizer-state";
  const others =
    isOfStep && own.length === 0 && inParts.length === 0
      ? nearest(
          otherDivisions(subject).filter((each) => fits(each, request)),
          request,
        )
      : [];
  return [...inParts, ...[...own, ...others].map((each) => candidateOf(each, asked))];
};
