/**
 * A bill of materials as npm writes it (CycloneDX).
 *
 * @typedef {Readonly<{ "bom-ref": string, name: string, version: string, scope?: string }>} Component
 * @typedef {Readonly<{ ref: string, dependsOn?: readonly string[] }>} Dependency
 * @typedef {Readonly<{ metadata: Readonly<{ component: Readonly<Record<string, unknown>> }>, components: readonly Component[], dependencies: readonly Dependency[] }>} Materials
 */

/** A heading of the notices that the build writes: `## react-dom - 19.3.1 (MIT)`. */
const HEADING = /^## (?<name>\S+) - (?<version>\S+) \(/gm;

/** Each package that is in the page, as `name@version`. @param {string} notices `dist/licences.md` */
export const shippedIn = (notices) =>
  new Set([...notices.matchAll(HEADING)].map(({ groups }) => `${groups?.name}@${groups?.version}`));

/**
 * The part of all that is installed that is in the page. Whether package.json calls a package a dependency or a tool says nothing of that.
 *
 * @param {Materials} installed
 * @param {string} notices `dist/licences.md`
 * @param {string} product its name, for which npm takes that of the folder
 * @returns {Materials}
 * @throws {Error} where a package of the page is not among what is installed
 */
export const billOfMaterials = (installed, notices, product) => {
  const shipped = shippedIn(notices);
  const components = installed.components.filter(({ name, version }) => shipped.has(`${name}@${version}`));
  const found = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const missing = [...shipped].filter((each) => !found.has(each));
  if (missing.length > 0) throw new Error(`The page has ${missing.join(", ")}, which npm does not list.`);
  const root = String(installed.metadata.component["bom-ref"]);
  const refs = new Set([root, ...components.map((component) => component["bom-ref"])]);
  return {
    ...installed,
    metadata: { ...installed.metadata, component: { ...installed.metadata.component, name: product } },
    components: components.map((component) => ({ ...component, scope: "required" })),
    dependencies: installed.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) })),
  };
};
