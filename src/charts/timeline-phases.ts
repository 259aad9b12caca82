import type { PassId } from "#calc/model/objective.ts";
import type { TimelinePoint } from "#calc/model/timeline.ts";

/** What the forwards of an objective are called, in full and where several share the axis. */
const ROLES: Readonly<Record<string, readonly [name: string, short: string]>> = {
  kl: ["KL", "KL"],
  policy: ["Policy", "Policy"],
  reference_kl: ["Reference KL", "Ref. KL"],
  reference: ["Reference", "Ref."],
  teacher: ["Teacher", "Teacher"],
};

/** Whose forward a pass is, or a part of: "reference" of "reference logps". */
export const roleOf = (pass: PassId | null): string => (pass ?? "").split(" ", 1)[0] ?? "";

/** "Reference KL"; a pass that is the only one has no role of its own. */
export const roleName = (role: string): string => ROLES[role]?.[0] ?? "Forward";

/** "Ref. KL" */
const shortRoleName = (role: string): string => ROLES[role]?.[1] ?? "Forward";

/** Which part of a role's forward a pass is: "logps" of "reference logps"; null where it is all of it. */
export const partOf = (pass: PassId | null): string | null => {
  const part = (pass ?? "").slice(roleOf(pass).length + 1);
  return part === "" ? null : part;
};

/** A stretch of the axis with a name of its own, in fractions of its length. */
export type SeriesPhase = Readonly<{ label: string; hint: string; fromX: number; toX: number }>;

/** What the phases of a step follow from. */
type Step = Readonly<{ points: readonly TimelinePoint[]; layers: number; gradient_checkpointing: boolean }>;

/** Shares of the axis: the loss is one moment among dozens of layers, and must be seen. With forwards of several models all of these have more, and what follows less. */
const ONE = { forward: 0.33, loss: 0.14, backward: 0.33, step: 0.11, zero: 0.09 } as const;
const TWO = { forward: 0.42, loss: 0.12, backward: 0.26, step: 0.11, zero: 0.09 } as const;
const MANY = { forward: 0.52, loss: 0.11, backward: 0.19, step: 0.1, zero: 0.08 } as const;

/** A phase of the step, and which of its points lie in it. */
type Phase = SeriesPhase & Readonly<{ id: string }>;

export type StepPhases = Readonly<{
  phases: readonly Phase[];
  /** The phase of each point. */
  idOf: readonly string[];
  /** The roles whose forwards go through layers, in order. */
  roles: readonly string[];
  /** The last point of a forward that lies in a layer, or before the layers. */
  lastLayer: number;
}>;

/** Roles whose forwards go through the model, in order; of a pass that a run leaves out there is only what comes after the layers. */
const rolesOf = (points: readonly TimelinePoint[], layers: number): readonly string[] => {
  const through = points.filter(({ phase, layer }) => phase === "forward" && layer < layers);
  const found = new Set(through.map(({ pass }) => roleOf(pass)));
  return found.size === 0 ? [""] : [...found];
};

/** For each point the role that it is drawn in: its own, or of what a run leaves out the next one that is there. */
const drawnRoles = (points: readonly TimelinePoint[], roles: readonly string[]): readonly string[] => {
  let next = roles.at(-1) ?? "";
  return points
    .toReversed()
    .map(({ phase, pass }) => {
      const role = roleOf(pass);
      if (phase === "forward" && roles.includes(role)) next = role;
      return next;
    })
    .toReversed();
};

const sharesFor = (roles: number): Readonly<Record<keyof typeof ONE, number>> => {
  if (roles <= 1) return ONE;
  return roles === 2 ? TWO : MANY;
};

/** The phases of a step in order: a forward for each model that runs, the loss, backward, the optimizer's step, and the freeing of gradients. */
export const stepPhases = ({ points, layers, gradient_checkpointing }: Step): StepPhases => {
  const roles = rolesOf(points, layers);
  const lastLayer = points.findLastIndex(({ phase, layer }) => phase === "forward" && layer < layers);
  const drawn = drawnRoles(points, roles);
  const idOf = points.map(({ phase, layer }, index) => {
    if (phase === "finish") return "backward";
    if (layer >= layers && (phase === "backward" || index > lastLayer)) return "loss";
    return phase === "start" || phase === "forward" ? `forward ${drawn[index]}` : phase;
  });
  const count = `${layers} layers`;
  const shares = sharesFor(roles.length);
  const labelOf = roles.length > 2 ? shortRoleName : roleName;
  const forwards = roles.map((role) => ({
    id: `forward ${role}`,
    label: roles.length > 1 ? labelOf(role) : "Forward",
    hint: count,
    share: shares.forward / roles.length,
  }));
  const all = [
    ...forwards,
    { id: "loss", label: "Loss", hint: "and head", share: shares.loss },
    {
      id: "backward",
      label: "Backward",
      hint: gradient_checkpointing ? `${count}, recomputed` : count,
      share: shares.backward,
    },
    { id: "step", label: "Step", hint: "optimizer", share: shares.step },
    { id: "zero", label: "Zero", hint: "", share: shares.zero },
  ];
  let x = 0;
  const phases = all.map(({ share, ...phase }): Phase => {
    const fromX = x;
    x += share;
    return { ...phase, fromX, toX: x };
  });
  return { phases, idOf, roles, lastLayer };
};
