//! Photos to faces and embeddings: the networks on Candle, alignment, quality.
