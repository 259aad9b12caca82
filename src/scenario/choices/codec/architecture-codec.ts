import type { Architecture } from "#calc/model/architecture.ts";
import { assert } from "#calc/base/assert.ts";
import type { Codec } from "./codec.ts";

const LOADED: Codec<Architecture>[] = [];

/** Makes the codec of `arch` known. */
export const addArchitectureCodec = (codec: Codec<Architecture>): void => void LOADED.push(codec);

/**
 * The codec of `arch`. It comes with `architecture.ts`, which the page loads before it takes over a link or a config that brings an architecture: most links
 * name a model, and need not wait for it.
 *
 * @throws Error when nothing has loaded it
 */
export const architectureCodec = (): Codec<Architecture> => {
  const [codec] = LOADED;
  assert(codec !== undefined, "architecture.ts is loaded before an architecture is read or written");
  return codec;
};
