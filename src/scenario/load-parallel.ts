/** Brings in sharding and offloading, which one GPU alone does without. Rejects when it cannot be loaded. */
export const loadParallel = (): Promise<unknown> => import("#calc/parallel/all-strategies.ts");
