// Outcomes of published runs for which the answer is "may not fit".

import type { EdgeClass } from "#calc/model/memory-estimate.ts";
import text from "./near-edge.json?raw";

/** Published runs of a class of figures that Headroom says may not fit, and how many of them ran. */
export type NearEdge = Readonly<Record<EdgeClass, Readonly<{ runs: number; ran: number }>>>;

/** Published runs of which Headroom says "may not fit", and their outcome. Made by `npm run accuracy-page`, never by hand. */
export const NEAR_EDGE = JSON.parse(text) as NearEdge;
