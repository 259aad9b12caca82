// The engine with all code that Headroom has.

import { createEngine, type Engine } from "./engine.ts";
import { EVERYTHING } from "./everything.ts";

/** The engine that knows everything. Nothing in `calc` imports it. */
export const ENGINE: Engine = createEngine(EVERYTHING);
