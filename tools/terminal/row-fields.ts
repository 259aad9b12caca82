import {
  boolean,
  finite,
  type GenericSchema,
  gtValue,
  integer,
  maxValue,
  minValue,
  number,
  picklist,
  pipe,
  string,
} from "valibot";

const COUNT = "a whole number above zero";
const WHOLE = "a whole number of zero or more";
const FIGURE = "a number of zero or more";
const ABOVE_ZERO = "a number above zero";
const SHARE = "a number from 0 to 1";

/** What fields of rows can be; a message is what a field has to be. */
export const text = string("text");
export const yesOrNo = boolean("true or false");
/** How many there are of what there has to be one of. */
export const count = pipe(number(COUNT), finite(COUNT), integer(COUNT), minValue(1, COUNT));
/** How many, or how many bytes. */
export const whole = pipe(number(WHOLE), finite(WHOLE), integer(WHOLE), minValue(0, WHOLE));
/** What was measured, or is a factor. */
export const figure = pipe(number(FIGURE), finite(FIGURE), minValue(0, FIGURE));
/** What is divided by. */
export const aboveZero = pipe(number(ABOVE_ZERO), finite(ABOVE_ZERO), gtValue(0, ABOVE_ZERO));
export const share = pipe(number(SHARE), minValue(0, SHARE), maxValue(1, SHARE));

/** One of some names, which the message has. */
export const oneOf = <const Name extends string>(names: readonly Name[]): GenericSchema<unknown, Name> =>
  picklist(
    names,
    names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names[names.length - 1] ?? ""}`,
  );
