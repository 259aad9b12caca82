import { create } from "zustand";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "./choices.ts";
import type { Issue } from "./issue.ts";

/** What the page remembers: the choices, what was wrong with the link that brought them, and which catalog rows are here. */
export type ScenarioState = Readonly<{
  choices: Choices;
  /** Problems of the link, until dismissed. */
  issues: readonly Issue[];
  catalog: Catalog;
  /** Earlier choices, newest last, for undo. */
  past: readonly Choices[];
}>;

void create;
