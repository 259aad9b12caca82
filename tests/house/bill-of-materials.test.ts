import { expect, test } from "vitest";
import { billOfMaterials, shippedIn } from "../../tools/house/bill-of-materials.mjs";

const component = (name: string, version: string, scope?: string) => ({
  "bom-ref": `${name}@${version}`,
  name,
  version,
  ...(scope !== undefined && { scope }),
});

const NOTICES = "# Licenses\n\n## @a/b - 1.0.0 (MIT)\n\nMIT\n\n## react - 19.0.0 (MIT AND ISC)\n\n## not a heading\n";

const INSTALLED = {
  metadata: { component: { "bom-ref": "folder@1.0.0", name: "folder" } },
  components: [
    component("@a/b", "1.0.0", "required"),
    component("react", "19.0.0", "excluded"),
    component("react", "18.0.0"),
    component("a-tool", "1.0.0", "required"),
  ],
  dependencies: [
    { ref: "folder@1.0.0", dependsOn: ["@a/b@1.0.0", "a-tool@1.0.0"] },
    { ref: "@a/b@1.0.0", dependsOn: ["react@19.0.0"] },
    { ref: "a-tool@1.0.0", dependsOn: [] },
  ],
};

test("the bill has what the build lists, whatever npm takes for a tool", () => {
  expect([...shippedIn(NOTICES)]).toEqual(["@a/b@1.0.0", "react@19.0.0"]);
  const { metadata, components, dependencies } = billOfMaterials(INSTALLED, NOTICES, "headroom");
  expect(metadata.component).toEqual({ "bom-ref": "folder@1.0.0", name: "headroom" });
  expect(components).toEqual([component("@a/b", "1.0.0", "required"), component("react", "19.0.0", "required")]);
  expect(dependencies).toEqual([
    { ref: "folder@1.0.0", dependsOn: ["@a/b@1.0.0"] },
    { ref: "@a/b@1.0.0", dependsOn: ["react@19.0.0"] },
  ]);
});

test("a package of the page that npm does not list is not passed over", () => {
  expect(() => billOfMaterials(INSTALLED, `${NOTICES}\n## gone - 2.0.0 (MIT)\n`, "headroom")).toThrow(
    "The page has gone@2.0.0, which npm does not list.",
  );
});
