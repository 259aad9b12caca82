import { describe, expect, it } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { capacityOfOption, gpuGroups } from "#panels/scenario/GpuList.tsx";
import { modelGroups, sizeOfOption, sourceOfOption } from "#panels/scenario/ModelList.tsx";
import { OWN_MODEL, teacherGroups } from "#panels/scenario/TeacherList.tsx";
import { coincidingPresets, targetNames } from "#panels/scenario/TargetModules.tsx";
import { runToEnd } from "#advice/trial.ts";
import { familyName, type ModelModules, modelModules, modelSizes } from "#service/answers/model-modules.ts";

const idsOf = (groups: ReturnType<typeof modelGroups>): readonly string[] =>
  groups.flatMap(({ options }) => options.map(({ id }) => id));
const modulesOf = (id: string): ModelModules => {
  const row = FULL_CATALOG.models[id];
  if (row === undefined) throw new Error(`${id} is not in the catalog.`);
  return modelModules(row.architecture);
};
const SIZES = runToEnd(modelSizes({}, FULL_CATALOG));

describe("the list of teachers", () => {
  const offered = { catalog: FULL_CATALOG, sizes: SIZES };

  it("has every model of the vocabulary, and the model itself before anything is typed", () => {
    const [own, same] = teacherGroups(offered, 151_936, "");
    expect(own?.options).toEqual([{ id: OWN_MODEL, label: "The model itself" }]);
    const ids = same?.options.map(({ id }) => id) ?? [];
    expect(ids.map((id) => FULL_CATALOG.models[id]?.architecture.vocab_size)).toEqual(ids.map(() => 151_936));
    expect(ids).toContain("qwen2.5-1.5b");
  });

  it("finds by words among these alone", () => {
    const ids = (query: string) => idsOf(teacherGroups(offered, 151_936, query));
    expect(ids("qwen 1.5")).toContain("qwen2.5-1.5b");
    expect(ids("llama")).not.toContain("llama-3.1-8b");
    expect(idsOf(teacherGroups({ catalog: FULL_CATALOG, sizes: {} }, 1, ""))).toEqual([OWN_MODEL]);
  });
});

describe("the model list", () => {
  it("offers every model once before anything is typed, what was chosen lately first", () => {
    const recent = ["llama-2-7b"];
    const ids = idsOf(modelGroups({ catalog: FULL_CATALOG, sizes: SIZES }, "", recent));
    expect(ids[0]).toBe("llama-2-7b");
    expect(ids).toHaveLength(Object.keys(FULL_CATALOG.models).length);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("finds Llama 3.1 8B first by “llama 8”, with its size at the right", () => {
    const [models] = modelGroups({ catalog: FULL_CATALOG, sizes: SIZES }, "llama 8", []);
    expect(models?.options.map(({ id }) => id)).toContain("llama-3.1-8b");
    expect(models?.options.find(({ id }) => id === "llama-3.1-8b")?.detail).toBe("8.03\u00a0B");
  });

  it("is there before the sizes are", () => {
    const [models] = modelGroups({ catalog: FULL_CATALOG, sizes: {} }, "llama 8", []);
    expect(models?.options.find(({ id }) => id === "llama-3.1-8b")).toEqual({
      id: "llama-3.1-8b",
      label: "Llama 3.1 8B",
      detail: undefined,
    });
  });

  it("offers a size alone where the query is one", () => {
    const sizes = idsOf(modelGroups({ catalog: POPULAR_CATALOG, sizes: SIZES }, "13B", [])).map(sizeOfOption);
    expect(sizes.filter((size) => size !== null)).toEqual([13e9]);
    expect(sizeOfOption("llama-3.1-8b")).toBeNull();
  });

  it("has the nearest names and two ways on where nothing is found, with what was typed where that is an id", () => {
    const groupsOf = (query: string, canBring = true) =>
      modelGroups({ catalog: FULL_CATALOG, sizes: SIZES, canBring }, query, []);
    const [nearest, ways] = groupsOf("lamma 8b ");
    expect(nearest).toMatchObject({ label: "Nearest names", note: "No model here is called “lamma 8b”." });
    expect(nearest?.options[0]).toEqual({ id: "llama-3.1-8b", label: "Llama 3.1 8B", detail: "8.03\u00a0B" });
    expect(nearest?.options).toHaveLength(5);
    expect(ways?.options.map(({ label, detail }) => [label, detail])).toEqual([
      ["From Hugging Face", undefined],
      ["Paste or drop a file", undefined],
    ]);
    expect(ways?.options.map(({ id }) => sourceOfOption(id))).toEqual(["", ""]);
    const [, hub] = groupsOf("https://huggingface.co/some-one/abc-7b/tree/main");
    expect(hub?.options[0]).toMatchObject({ label: "From Hugging Face", detail: "some-one/abc-7b" });
    expect(sourceOfOption(hub?.options[0]?.id ?? "")).toEqual("some-one/abc-7b");
    expect(sourceOfOption("llama-3.1-8b")).toBeNull();
    expect(idsOf(groupsOf("lamma 8b", false)).map(sourceOfOption)).toEqual([null, null, null, null, null]);
    expect(groupsOf("llama 8").every(({ note }) => note === undefined)).toBe(true);
  });
});

describe("the GPU list", () => {
  it("offers every card once, and one of any capacity", () => {
    const ids = idsOf(gpuGroups(FULL_CATALOG, "", []));
    expect(ids.filter((id) => capacityOfOption(id) === null)).toHaveLength(Object.keys(FULL_CATALOG.gpus).length);
    expect(ids.filter((id) => capacityOfOption(id) !== null)).toHaveLength(1);
  });

  it.each([
    ["20 GB", 20],
    ["custom 47.5", 47.5],
  ])("takes the capacity in %j", (query, memoryGb) => {
    const capacities = idsOf(gpuGroups(POPULAR_CATALOG, query, [])).map(capacityOfOption);
    expect(capacities.filter((capacity) => capacity !== null)).toEqual([memoryGb]);
  });

  it("has the nearest names and a card by its memory where nothing is found; a card's number is no memory", () => {
    const [nearest, byMemory] = gpuGroups(FULL_CATALOG, "rtx 4099", []);
    expect(nearest).toMatchObject({ label: "Nearest names", note: "No GPU here is called “rtx 4099”." });
    expect(nearest?.options[0]).toMatchObject({ id: "rtx-4090", label: "GeForce RTX 4090", detail: "24 GB" });
    expect(byMemory?.options.map(({ id }) => capacityOfOption(id))).toEqual([24]);
    expect(gpuGroups(FULL_CATALOG, "xyzzy 4099 GB", [])[1]?.options.map(({ id }) => capacityOfOption(id))).toEqual([
      4099,
    ]);
    expect(idsOf(gpuGroups(FULL_CATALOG, "4090", [])).map(capacityOfOption)).not.toContain(4090);
  });

  it("says nothing of a name where a capacity alone was typed", () => {
    for (const query of ["47.5", "333 GB", "333 GiB"])
      expect(gpuGroups(FULL_CATALOG, query, []).every(({ note }) => note === undefined)).toBe(true);
  });
});

describe("target modules", () => {
  it("of attention + MLP and of all linear are the same in Llama", () => {
    expect(coincidingPresets(modulesOf("llama-3.1-8b"))).toBe("all linear is attention + MLP");
    expect(targetNames(modulesOf("llama-3.1-8b"), "all-linear").toSorted()).toEqual([
      "down_proj",
      "gate_proj",
      "k_proj",
      "o_proj",
      "q_proj",
      "up_proj",
      "v_proj",
    ]);
  });

  it("have no q and v where attention is latent", () => {
    expect(modulesOf("deepseek-v3").presets["q-v"]).toBeNull();
    expect(targetNames(modulesOf("deepseek-v3"), "q-v")).toEqual([]);
  });
});

describe("a family's name", () => {
  it.each([
    ["llama", "Llama"],
    ["litgpt/llama", "Llama"],
    ["qwen3_moe", "Qwen 3 MoE"],
    ["gemma2", "Gemma 2"],
    ["gpt_neox", "GPT-NeoX"],
  ])("of %j is %s", (model_type, name) => expect(familyName(model_type)).toBe(name));
});
