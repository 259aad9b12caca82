import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { advise, estimate } from "#package/api.ts";
import { createServer } from "#package/mcp/server.ts";
import { LINK_KEYS } from "#scenario/choices/encode-link.ts";
import { AXOLOTL } from "./training-files.ts";

const LINK = "?v=1&model=qwen2.5-0.5b&method=lora&show=lora,qlora&gpu=rtx-3060-12gb&batch=8&seq=4096";

const server = createServer("1.2.3");
const client = new Client({ name: "a test", version: "0" });

beforeAll(async () => {
  const [here, there] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(there), client.connect(here)]);
});

afterAll(() => client.close());

const ask = async (name: string, given: Record<string, unknown> = {}) => {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: given });
  const [{ text } = { text: "" }] = content as readonly Readonly<{ text: string }>[];
  return { text, data: structuredContent as Readonly<Record<string, unknown>> | undefined, isError };
};

describe("the server", () => {
  it("says what it is, and which questions it has: none writes or asks anybody", async () => {
    expect(client.getServerVersion()).toEqual({ name: "headroom", version: "1.2.3" });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["estimate", "advise", "smallest_gpu", "import_config"]);
    for (const { annotations, description, inputSchema } of tools) {
      expect(annotations).toEqual({ readOnlyHint: true, openWorldHint: false });
      expect(description).not.toBe("");
      expect(inputSchema.properties).toHaveProperty("link");
    }
  });

  it("estimates as the API does: number, range, version and link", async () => {
    const { text, data } = await ask("estimate", { link: LINK });
    expect(data).toEqual(JSON.parse(JSON.stringify(estimate(LINK))));
    expect(text).toMatch(/^LoRA needs \d+\.\d GiB on each GPU \(\d+\.\d to \d+\.\d; PyTorch allocates \d+\.\d\): /m);
    expect(text).toContain(`Link: ${estimate(LINK).link} (version 1)`);
  });

  it("takes keys in the place of a link, and says what it could not take", async () => {
    const { data, text } = await ask("estimate", { keys: { model: "qwen2.5-0.5b", seq: 1024, dora: true, speed: 3 } });
    expect(data).toMatchObject({ scenario: { model: "qwen2.5-0.5b", seq: 1024, dora: 1 } });
    expect(text).toContain("links have no key speed");
  });

  it("says where the default scenario stands for what was not given", async () => {
    const NOTE = /^Note: neither link nor keys say anything: this is the default scenario\.\n/;
    for (const name of ["estimate", "advise", "smallest_gpu"])
      for (const given of [{}, { keys: {} }]) expect((await ask(name, given)).text).toMatch(NOTE);
    expect((await ask("estimate", { keys: { batch: 1 } })).text).not.toMatch(NOTE);
  });

  it("says of a model and a GPU that the catalog lacks which it has, and gives no figure", async () => {
    const { text } = await ask("estimate", { keys: { model: "meta-llama/Llama-3.1-70B", gpu: "h100", show: "lora" } });
    const [said, nearest, link] = text.split("\n");
    expect(said).toMatch(/^Headroom does not know the model “meta-llama.Llama-3\.1-70B”\. .* the GPU “h100”\./);
    expect(nearest).toMatch(/^Nearest: llama-3\.1-70b, /);
    expect(link).toMatch(/^Link: \?v=1&model=meta-llama/);
    expect(text).not.toContain("GiB");
  });

  it("describes the keys that decide most, with values, units and defaults, and names all others", async () => {
    const { tools } = await client.listTools();
    for (const { inputSchema } of tools) {
      const { keys } = inputSchema.properties as { keys: { description: string; properties: Record<string, unknown> } };
      expect(keys.properties).toMatchObject({
        model: { description: expect.stringMatching(/llama-3\.1-8b.* Default: llama-3\.1-8b\.$/) as string },
        gpu: { description: expect.stringContaining("h100-sxm") as string },
        seq: { description: "tokens of a row, 1 to 10485760. Default: 2048." },
        alpha: { description: "scale of the adapters; it changes no memory. Default: twice the rank is used." },
      });
      const page = ["v", "embed", "theme", "only", "hide", "lock"];
      for (const key of LINK_KEYS.filter((each) => !page.includes(each)))
        expect(key in keys.properties || keys.description.split(/[ ,.]+/).includes(key), key).toBe(true);
      for (const key of page) expect(keys.properties).not.toHaveProperty(key);
    }
  });

  it("advises as the API does", async () => {
    const { text, data } = await ask("advise", { link: LINK });
    expect(data).toEqual(JSON.parse(JSON.stringify(advise(LINK))));
    expect(text).toMatch(/^What to change first: .+\.$/m);
    expect(text).toMatch(/^Smallest GPUs: lora: \d+ x .+; qlora: \d+ x .+\.$/m);
  });

  it("names the smallest GPU on which each method fits, with the estimate there", async () => {
    const { data } = await ask("smallest_gpu", { link: LINK });
    const { smallest } = data as { smallest: { method: string; gpu: string; estimate: ReturnType<typeof estimate> }[] };
    expect(smallest.map(({ method }) => method)).toEqual(["lora", "qlora"]);
    for (const { method, gpu, estimate: there } of smallest) {
      expect(there.gpu.id).toBe(gpu);
      expect(there.methods.map((each) => each.method)).toEqual([method]);
      expect(["fits", "tight"]).toContain(there.methods[0]?.fit);
    }
  });

  it("reads training files, over which link or keys go", async () => {
    const files = [{ name: "train.yaml", text: AXOLOTL.replace("adamw_torch", "shampoo") }];
    const { text, data } = await ask("import_config", { files, keys: { gpu: "h100-sxm", gpus: 8 } });
    expect(text).toMatch(/^Read as Axolotl 0\.18\.\nNot modelled, and in no figure: optimizer: shampoo /);
    expect(text).toMatch(/^Assumed, as no file says it: .*\bshard=ddp\b/m);
    expect(data).toMatchObject({ version: 1, estimate: { scenario: { gpus: 8, shard: "ddp", method: "qlora" } } });
  });

  it("says of files that are none why", async () => {
    const { text, data } = await ask("import_config", { files: [{ name: "a.txt", text: "hello" }] });
    expect(text).toMatch(/^a\.txt: /);
    expect(data).toMatchObject({ link: null, estimate: null });
  });

  it.each([
    ["guess", {}, 'There is no tool "guess".'],
    ["toString", {}, 'There is no tool "toString".'],
    ["estimate", { link: "hello" }, '"hello" is not a link: it has no key=value.'],
    ["estimate", { link: 3 }, "link is not a text."],
    ["estimate", { model: "qwen2.5-7b", method: "qlora" }, "There is no argument model: it is a key of the scenario"],
    ["smallest_gpu", { scenario: "?v=1" }, 'There is no argument "scenario": a scenario is given as link or as keys.'],
    ["advise", { link: "?v=1", keys: { gpu: "t4" } }, "Both link and keys are given"],
    ["estimate", { keys: ["qwen2.5-7b"] }, "keys is not an object of texts, numbers and switches."],
    ["import_config", { files: [], path: "train.yaml" }, 'There is no argument "path"'],
    ["estimate", { keys: [[]] }, "keys is not an object of texts, numbers and switches."],
    ["import_config", {}, "files is not a list of files, each with its name and its text."],
    ["import_config", { files: [{ name: "a" }] }, "files is not a list of files, each with its name and its text."],
    ["import_config", { files: [], keys: { gpu: "no-such" } }, "gpu=no-such"],
  ])("refuses %s of %j in a sentence", async (name, given, sentence) => {
    const { text, isError } = await ask(name, given);
    expect(isError).toBe(true);
    expect(text).toContain(sentence);
  });
});
