/** The engine for a page that has to compute by itself: the worker's own script, by the one name that the page needs of it. */
export { serve } from "./serve.ts";
