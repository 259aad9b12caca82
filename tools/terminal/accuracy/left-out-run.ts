/** A run that was not held against a prediction, and why. */
export type LeftOutRun = Readonly<{ run: Readonly<{ id: string; source: string }>; why: string }>;
