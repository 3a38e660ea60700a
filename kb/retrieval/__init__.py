"""Search: passages, the word index and the vector index over them, and one fused ranking."""
