import { expect, test } from "vitest";
import { modulesOf } from "#calc/families/model-layout.ts";
import { moduleTensors } from "#calc/parameters/parameter-tensors.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { FAMILIES } from "../workings.ts";

/** Names of Python, with points between. */
const PATH = /^\w+(?:\.\w+)+$/;

const MODELS = Object.entries(FULL_CATALOG.models);

test.each(MODELS)("%s: every parameter has a path, and sizes above 0", (_, { architecture }) => {
  const layout = FAMILIES.layoutOf(architecture);
  const tensors = [...modulesOf(layout).map(({ module }) => module), layout.head.module].flatMap(moduleTensors);
  expect(tensors.filter(({ name }) => !PATH.test(name))).toEqual([]);
  expect(tensors.filter(({ shape }) => !shape.every((size) => Number.isInteger(size) && size > 0))).toEqual([]);
});

test.each(MODELS)("%s: no two modules of a layer have the same name", (_, { architecture }) => {
  for (const { modules } of FAMILIES.layoutOf(architecture).layers) {
    const names = modules.flatMap(moduleTensors).map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  }
});
