import type { Source } from "./source.ts";
import type { ToolReader } from "./tool-reader.ts";

/** A file, and the tool whose it is. */
export type Recognised = Readonly<{ source: Source; tool: ToolReader }>;
