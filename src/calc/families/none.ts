/** A fact that there is none of, and why: a sentence. */
export type None = Readonly<{ none: string }>;

/** Whether a fact is that there is none. */
export const isNone = (fact: unknown): fact is None => typeof fact === "object" && fact !== null && "none" in fact;

/** A fact, or undefined where there is none. */
export const given = <Fact>(fact: Fact | None | undefined): Fact | undefined => (isNone(fact) ? undefined : fact);
