import type { EmbeddingModule } from "#calc/model/layout.ts";

/** `nn.Embedding(num_embeddings, embedding_dim)`. */
export const embedding = (name: string, num_embeddings: number, embedding_dim: number): EmbeddingModule => ({
  kind: "embedding",
  name,
  num_embeddings,
  embedding_dim,
});
