import type { PassId } from "#calc/model/objective.ts";

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
export const shortRoleName = (role: string): string => ROLES[role]?.[1] ?? "Forward";

/** Which part of a role's forward a pass is: "logps" of "reference logps"; null where it is all of it. */
export const partOf = (pass: PassId | null): string | null => {
  const part = (pass ?? "").slice(roleOf(pass).length + 1);
  return part === "" ? null : part;
};
