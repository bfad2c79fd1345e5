// Has nothing to do with batches, and ends.
export {};
