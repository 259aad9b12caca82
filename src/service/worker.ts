import type { ToEngine } from "./message.ts";
import { serve } from "./serve.ts";

/** The engine in a thread of its own: takes questions as messages and posts what comes of them. */
const answer = serve((message) => postMessage(message));

addEventListener("message", ({ data }: MessageEvent<ToEngine>) => answer(data));
