/** Turns texts into vectors of length 1 whose inner product says how near their meanings are. */
export interface Embedder {
  /** Names the model and its version: vectors of two names are never compared. */
  readonly name: string;
  readonly dimensions: number;
  /** How much its voice counts beside that of words, 0 to 1, as measured on the tuning half of our questions. */
  readonly voice: number;
  passages(texts: readonly string[]): Promise<Float32Array[]>;
  question(text: string): Promise<Float32Array>;
}

/** Scales to length 1; a vector of nothing stays one of nothing. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((each) => each / length);
}
