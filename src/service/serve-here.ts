// Door to the engine for a page that cannot start a worker.

/** The engine for a page that has to compute by itself: the worker's own script, by the one name that the page needs of it. */
export { serve } from "./serve.ts";
