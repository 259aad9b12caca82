// The worker's script: passes messages between page and engine.

import { PART_GONE } from "./fetch-part.ts";
import type { FromEngine, ToEngine } from "./messages.ts";
import { serve } from "./serve.ts";

// The engine in a thread of its own: takes questions as messages and posts what comes of them. A page that has to compute by itself loads this script
// too (`serve-here.ts`), so that the worker waits for one and not for two; it does not listen.
if ("WorkerGlobalScope" in globalThis) {
  const post = (message: FromEngine): void => postMessage(message);
  const answer = serve(post);
  addEventListener(PART_GONE, () => post({ partGone: true }));
  addEventListener("message", ({ data }: MessageEvent<ToEngine>) => answer(data));
}
