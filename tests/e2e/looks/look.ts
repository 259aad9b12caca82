import type { Page } from "@playwright/test";

/** One way to look at what is open. It fails where it finds a fault. */
export type Look = Readonly<{ name: string; at: (page: Page) => Promise<unknown> }>;

/** A state of a view, and how it is looked at. */
export type Stage = Readonly<{
  name: string;
  /** How many pixels wide the window is, if not as wide as the view's. */
  width?: number;
  /** Opens it, from where the stage before ended. */
  reach?: (page: Page) => Promise<unknown>;
  looks: readonly Look[];
}>;

/** One load of the page. Its stages follow each other. */
export type View = Readonly<{
  name: string;
  link: string;
  /** 1440 if it is not given. */
  width?: number;
  stages: readonly Stage[];
}>;
