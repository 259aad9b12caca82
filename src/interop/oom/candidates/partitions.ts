import type { Scenario } from "#calc/model/scenario.ts";
import { formatCount, formatParams } from "#format/count.ts";
import { listed } from "#format/listed.ts";
import { canBe, type Request } from "#interop/oom/request-range.ts";
import type { AskedOom, Candidate, Origin, OomSubject } from "./candidate.ts";
import { allShapes, productOf } from "./parameter-shapes.ts";
import { subGroups } from "./sub-groups.ts";

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
  canBe(request, bytesOf(divided)) || (divided.size === 4 && isNear(divided, request));

const optimizerName = ({ optim }: Scenario): string => (optim.includes("adam") ? "AdamW" : "the optimizer");

/** "what AdamW keeps per state for 1/32 of 30.5 billion parameters" where states are made; else the part as such. */
const nameOf = ({ group, size, gpus }: Divided, { subject, moment }: AskedOom): string => {
  if (moment.place === "optimizer-state" && size === 4)
    return `what ${optimizerName(subject.scenario)} keeps per state for 1/${gpus} of ${formatParams(group.elements)} parameters`;
  return `one GPU's part of ${group.name} in ${size === 4 ? "fp32" : "16 bit"}`;
};

const beyondWords = (divided: Divided, request: Request): string => {
  if (canBe(request, bytesOf(divided))) return "";
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
  return needs.length === 0 ? "" : ` This size needs ${listed(needs)}; the scenario is set otherwise.`;
};

const candidateOf = (divided: Divided, asked: AskedOom): Candidate => {
  const { group, size, gpus, isOwn, trainsAll } = divided;
  const { request, moment } = asked;
  const isExact = canBe(request, bytesOf(divided));
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
  canBe(request, bytesOf(divided)) ? 0 : beyond(divided, request).low / divided.group.elements;

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
