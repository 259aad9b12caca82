import { isStackId, STACKS } from "#catalog/stacks.ts";

/** A stack as the page calls it. */
export const stackName = (stack: string): string => (isStackId(stack) ? STACKS[stack].name : stack);
