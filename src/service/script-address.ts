type TrustedTypePolicies = Readonly<{
  createPolicy: (
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ) => { createScriptURL: (address: string) => unknown };
}>;

let policy: ReturnType<TrustedTypePolicies["createPolicy"]> | undefined;

/**
 * The address of a script of our own that `require-trusted-types-for 'script'` lets through; the plain one where the browser knows no trusted types. One
 * policy for all: a page may forbid two of a name.
 */
export const scriptAddress = (address: string): string => {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypePolicies };
  if (trustedTypes === undefined) return address;
  policy ??= trustedTypes.createPolicy("headroom", { createScriptURL: (own) => own });
  return policy.createScriptURL(address) as string;
};
