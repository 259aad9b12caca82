import type { Module } from "#calc/model/layout.ts";

/** One layer of a model: its modules, and what tells it apart from other layers as far as memory goes. */
export type ChainLayer = Readonly<{
  kind: string;
  modules: readonly Module[];
  /** Keeps all that it saves, where others are checkpointed. */
  keepsAll?: boolean;
}>;
