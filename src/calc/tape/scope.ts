import { assert } from "#calc/base/assert.ts";
import { withinModule } from "./recorder.ts";
import type { GradNode, Gradients, Names, Tape, Tensor } from "./tape.ts";
import { drop } from "./tensor.ts";
import type { Writable } from "./writable.ts";

export const createNames = (): Names => ({ all: [], first: 0, holding: false });

/** Takes the last names away, down to so many. */
export const forgetNames = ({ all }: Names, left: number): void => {
  while (all.length > left) all.pop();
};

/**
 * Runs something whose temporaries live to the end of the scope, or die when used; afterwards, whatever happens, it is
 * as it was.
 */
export const withHolding = <T>(names: Names, holding: boolean, body: () => T): T => {
  const told: Writable<Names> = names;
  const outer = names.holding;
  told.holding = holding;
  try {
    return body();
  } finally {
    told.holding = outer;
  }
};

/** Runs a node's function: what it makes lives to its end. */
export const runHolding = (names: Names, node: GradNode): Gradients => {
  const told: Writable<Names> = names;
  const outer = names.holding;
  told.holding = true;
  try {
    return node.backward(node.buffers, node);
  } finally {
    told.holding = outer;
  }
};

const beginAt = (names: Names, first: number): void => {
  const told: Writable<Names> = names;
  told.first = first;
};

/** Which names there are, and which are the running function's. */
export type NamesThen = Readonly<{ count: number; first: number }>;

export const namesNow = ({ all, first }: Names): NamesThen => ({ count: all.length, first });

/**
 * After something stopped in the middle of functions: what they had named is forgotten, and the caller's names are the
 * running function's again.
 */
export const returnTo = (names: Names, { count, first }: NamesThen): void => {
  forgetNames(names, count);
  beginAt(names, first);
};

/** Names a tensor: it lives until the running function returns, or until `rebind` takes the name for another. */
export const bind = (tensor: Tensor): Tensor => {
  assert(tensor.alive, "a tensor that is gone cannot be named");
  tensor.bindings++;
  tensor.tape.names.all.push(tensor);
  return tensor;
};

/** `a, b = f(x)` */
export const bindAll = <T extends readonly (Tensor | null)[]>(tensors: T): T => {
  for (const tensor of tensors) if (tensor !== null) bind(tensor);
  return tensors;
};

const unbind = (tensor: Tensor): void => {
  tensor.bindings--;
  if (tensor.bindings === 0) drop(tensor);
};

/** `del name`. */
export const unname = (tensor: Tensor): void => {
  const { all, first } = tensor.tape.names;
  const index = all.lastIndexOf(tensor);
  assert(index >= first, "only a name of the running function can be taken back");
  for (let later = index + 1; later < all.length; later++) all[later - 1] = all[later] as Tensor;
  all.pop();
  unbind(tensor);
};

/** `name = value`, where the name held `old`: it goes after the value is there. */
export const rebind = (old: Tensor, value: Tensor): Tensor => {
  bind(value);
  unname(old);
  return value;
};

/** What a function returns. */
export type Returned = Tensor | null | readonly (Tensor | null)[];

const keepReturned = (value: Returned, step: 1 | -1): void => {
  if (value === null) return;
  if ("storage" in value) value.bindings += step;
  else for (const tensor of value) if (tensor !== null) tensor.bindings += step;
};

/** The running function returns: its names go, but for what it returns, and those of its caller are the running function's again. */
const leave = <T extends Returned>(names: Names, value: T, firstOfCaller: number): T => {
  const { all, first } = names;
  keepReturned(value, 1);
  for (let index = first; index < all.length; index++) unbind(all[index] as Tensor);
  keepReturned(value, -1);
  forgetNames(names, first);
  beginAt(names, firstOfCaller);
  return value;
};

/** Runs a function: its names go when it returns, but for what it returns. */
export const scoped = <T extends Returned>({ names }: Tape, body: () => T): T => {
  const { first } = names;
  beginAt(names, names.all.length);
  return leave(names, body(), first);
};

/** What holds modules that have names of their own: a model, a layer, nothing. */
const isWhole = (module: string): boolean => module === "" || module === "model" || module.startsWith("layers.");

/**
 * Calls a module as `nn.Module.__call__` does: its inputs are held until it RETURNS, even where `forward` takes their name for something else.
 * (Without this rule a LoRA layer's peak is 2 % too low.)
 */
export const call = <T extends Returned, A extends readonly Tensor[]>(
  name: string,
  forward: (...inputs: A) => T,
  ...inputs: A
): T => {
  const tape = inputs[0]?.tape;
  assert(tape !== undefined, "a module has an input");
  const { recorder, names, hooks } = tape;
  const outer = recorder.module;
  // Inside a layer a name alone is its module's: `self_attn.q_proj` calls `lora_A`.
  const module = name.includes(".") || isWhole(outer) ? name : `${outer}.${name}`;
  const run = (hooks.ranks?.around?.(module, outer, forward as never) ?? forward) as typeof forward;
  const { first } = names;
  beginAt(names, names.all.length);
  for (const input of inputs) bind(input);
  return leave(names, withinModule(recorder, module, { forward: run, inputs }), first);
};
