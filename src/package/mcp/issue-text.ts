import { findGpus, nearestGpus } from "#catalog/find-gpus.ts";
import { findModels, nearestModels } from "#catalog/find-models.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { listed } from "#format/listed.ts";
import type { Issue } from "#scenario/choices/issue.ts";

/** So many names stand for one that is not found. */
const MOST_NEAREST = 3;

type Found = readonly Readonly<{ id: string }>[];

const nearest = ({ code, key, value }: Issue): Found => {
  if (code !== "unknown-value") return [];
  if (key === "model") return [...findModels(FULL_CATALOG, value), ...nearestModels(FULL_CATALOG, value)];
  return key === "gpu" ? [...findGpus(FULL_CATALOG, value), ...nearestGpus(FULL_CATALOG, value)] : [];
};

/** What was taken otherwise than it was given; of a model or a card that the catalog has not, which it has. */
export const issueText = (issue: Issue): string => {
  const ids = [...new Set(nearest(issue).map(({ id }) => id))].slice(0, MOST_NEAREST);
  return `Note: ${issue.message}${ids.length === 0 ? "" : ` Near ${issue.value} are ${listed(ids)}.`}`;
};
