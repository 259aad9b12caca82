import type { Source } from "./actions.ts";

/** One tab of one browser, with storage of its own: all that the list needs of an engine. A frame is named by a selector, through open shadow roots. */
export type Tab = Readonly<{
  go: (url: string) => Promise<void>;
  reload: () => Promise<void>;
  back: () => Promise<void>;
  forward: () => Promise<void>;
  /** Runs a function in the page, or in one of its frames. It sees nothing of ours but its argument. */
  run: <Argument, Result>(
    script: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
    frame?: string,
  ) => Promise<Result>;
  /** Does what a hand does: real input of the browser, no events of a script's making. Places are relative to the frame's window. */
  act: (sources: readonly Source[], frame?: string) => Promise<void>;
  /** Gives the page a window of this size. */
  resize: (width: number, height: number) => Promise<void>;
  /** A PNG of what the window shows. */
  picture: () => Promise<Buffer>;
  /** The folder into which files are downloaded. */
  downloads: string;
  /** What this engine cannot be made to do here, and why. */
  lacks: Readonly<Partial<Record<Skill, string>>>;
  close: () => Promise<void>;
}>;

/** What not every engine can be made to do. */
export type Skill = "touch" | "narrow" | "downloads" | "clipboard" | "offline";

/** A browser that runs, from which tabs are had. */
export type Engine = Readonly<{ name: string; tab: () => Promise<Tab>; close: () => Promise<void> }>;

export const WIDTH = 1440;
export const HEIGHT = 900;
