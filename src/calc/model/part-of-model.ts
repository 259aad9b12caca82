import type { Architecture } from "./architecture.ts";
import type { ModelLayout } from "./layout.ts";

/**
 * What a rank has of a model whose matrices are divided: an architecture of its own widths, the one that it was cut out of, and its layout where this is
 * not what its family makes of these widths (single matrices are smaller); null where it is.
 */
export type PartOfModel = Architecture & Readonly<{ whole: Architecture; layout: ModelLayout | null }>;

/** Whether an architecture is a rank's part of one. */
export const isPart = (architecture: Architecture): architecture is PartOfModel => "whole" in architecture;

/** The architecture that a rank's part was cut out of; itself where it is whole. */
export const wholeArchitecture = (architecture: Architecture): Architecture =>
  isPart(architecture) ? architecture.whole : architecture;
